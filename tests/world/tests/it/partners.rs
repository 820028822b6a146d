//! Partners, and the ways in which they fail.

use std::error::Error;
use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt, Limited};
use tokio::time::{Instant, timeout};
use world::{Reply, World};

use crate::support::call_partner;

const LINE: &str = "http://mkk.test/lines/77%2F1?full=yes";

fn world_with(reply: impl Fn() -> Reply + Send + Sync + 'static) -> World {
    let world = World::new();
    world.partner("http://mkk.test", move |_| reply());
    world
}

async fn body(response: HttpResponse) -> Vec<u8> {
    response.into_body().collect().await.expect("the whole body").to_bytes().to_vec()
}

#[tokio::test(start_paused = true)]
async fn a_partner_sees_the_request_and_its_answer_arrives() {
    let world = World::new();
    world.partner("http://mkk.test", |request| {
        let echo = format!("{} {} {:?}", request.method(), request.uri(), request.body());
        Reply::json(201, echo).header("x-one", "1")
    });
    let response = call_partner(&world, "POST", LINE, "hello").await.expect("an answer");
    assert_eq!(response.status().as_u16(), 201);
    assert_eq!(response.headers().get("content-type"), Some("application/json"));
    assert_eq!(response.headers().get("x-one"), Some("1"));
    assert_eq!(body(response).await, format!("POST {LINE} b\"hello\"").as_bytes());
    assert_eq!(world.received("http://mkk.test")[0].uri().path(), "/lines/77%2F1");
    assert_eq!(world.effects(), [format!("POST {LINE} -> 201")]);
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_told_from_one_that_broke() {
    let kind = async |reply: fn() -> Reply| {
        let error = call_partner(&world_with(reply), "GET", LINE, "").await.expect_err("no answer");
        assert!(error.is_io());
        error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind)
    };
    assert_eq!(kind(Reply::refused).await, Some(io::ErrorKind::ConnectionRefused));
    assert_eq!(kind(Reply::reset).await, Some(io::ErrorKind::ConnectionReset));
}

#[tokio::test(start_paused = true)]
async fn a_partner_that_hangs_is_left_by_the_callers_time_out() {
    let world = world_with(Reply::hang);
    let call = timeout(Duration::from_secs(3), call_partner(&world, "GET", LINE, ""));
    let now = world.time().now();
    assert!(call.await.is_err());
    assert_eq!(world.time().now().duration_since(now).as_secs(), 3, "the wait took time");
    assert_eq!(world.effects(), [format!("GET {LINE} -> no answer")]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_takes_time_on_both_clocks() {
    let world = world_with(|| Reply::new(200, "late").delayed(Duration::from_secs(2)));
    let (start, now) = (Instant::now(), world.time().now());
    call_partner(&world, "GET", LINE, "").await.expect("an answer");
    assert_eq!(start.elapsed(), Duration::from_secs(2));
    assert_eq!(world.time().now().duration_since(now).as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_body_may_drip() {
    let world = world_with(|| Reply::new(200, "0123456789").dripped(4, Duration::from_secs(1)));
    let response = call_partner(&world, "GET", LINE, "").await.expect("the head comes at once");
    let start = Instant::now();
    assert_eq!(body(response).await, b"0123456789");
    assert_eq!(start.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn a_body_may_break_off() {
    let world = world_with(|| Reply::new(200, "0123456789").broken_off(4));
    let mut body: SdkBody = call_partner(&world, "GET", LINE, "").await.expect("the head").into_body();
    let first = body.frame().await.expect("a part").expect("of the body").into_data().expect("its bytes");
    assert_eq!(first.as_ref(), b"0123");
    assert!(body.frame().await.expect("then an end").is_err());
}

#[tokio::test(start_paused = true)]
async fn a_body_may_be_larger_than_anyone_reads() {
    let world = world_with(|| Reply::new(200, vec![b'x'; 70_000]));
    let response = call_partner(&world, "GET", LINE, "").await.expect("the head");
    assert!(Limited::new(response.into_body(), 65_536).collect().await.is_err());
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "nobody plays http://elsewhere.test")]
async fn a_partner_that_nobody_plays_is_the_tests_mistake() {
    let _ = call_partner(&World::new(), "GET", "http://elsewhere.test/", "").await;
}
