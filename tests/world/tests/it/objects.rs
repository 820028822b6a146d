//! S3 in its wire form, and `platform::object_store` over it.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_types::retry::RetryConfig;
use bytes::Bytes;
use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::object_store::{ObjectError, ObjectErrorKind, ObjectStore};
use world::{Fault, Object, On, World};

const KEY: &str = "840/120522/push/00ff";
const LIMIT_BYTES: usize = 1_000;

fn world() -> World {
    let world = World::new();
    world.bucket("raw-data");
    world
}

fn store_at(world: &World, endpoint: Option<&str>, retries: RetryConfig) -> ObjectStore {
    let settings = AwsSettings {
        region: "eu-central-1".to_owned(),
        credentials: Credentials::from_keys("test", "test", None),
        endpoint_url: endpoint.map(str::to_owned),
        roots: None,
    };
    let aws = Aws::over(settings, world.http_client(), retries);
    ObjectStore::new(aws.s3(), "raw-data".to_owned())
}

fn store(world: &World) -> ObjectStore {
    store_at(world, None, RetryConfig::disabled())
}

fn scope(world: &World) -> Scope {
    let deadline = world.clock().now() + Duration::from_secs(29);
    Scope::new("r-1".to_owned(), "c-1".to_owned(), deadline, world.clock())
}

async fn put(world: &World, content: &'static str) -> Result<(), ObjectError> {
    store(world).put(KEY, "application/json", Bytes::from_static(content.as_bytes())).await
}

async fn get(world: &World) -> Result<Bytes, ObjectErrorKind> {
    store(world).get(&scope(world), KEY, LIMIT_BYTES).await.map_err(|error| error.kind)
}

#[tokio::test(start_paused = true)]
async fn an_object_is_read_as_it_was_written_and_was_to_be_encrypted() {
    let world = world();
    put(&world, "{\"a\":1}").await.expect("written");
    assert_eq!(get(&world).await, Ok(Bytes::from_static(b"{\"a\":1}")));
    let expected = Object {
        key: KEY.to_owned(),
        content: Bytes::from_static(b"{\"a\":1}"),
        content_type: Some("application/json".to_owned()),
        encryption: Some("AES256".to_owned()),
    };
    assert_eq!(world.objects("raw-data"), [expected]);
    assert_eq!(world.effects(), ["PutObject raw-data -> 200"]);
    let permissions: Vec<_> = world.permissions().into_iter().collect();
    assert_eq!(permissions, ["s3:GetObject raw-data", "s3:PutObject raw-data"]);
}

#[tokio::test(start_paused = true)]
async fn at_another_endpoint_the_bucket_stands_in_the_path() {
    let world = world();
    let store = store_at(&world, Some("http://127.0.0.1:4566"), RetryConfig::disabled());
    store.put(KEY, "text/plain", Bytes::from_static(b"x")).await.expect("written");
    assert_eq!(world.objects("raw-data").len(), 1);
    assert_eq!(store.get(&scope(&world), KEY, 1).await.ok(), Some(Bytes::from_static(b"x")));
}

#[tokio::test(start_paused = true)]
async fn an_object_over_the_cap_is_refused_and_one_of_just_the_cap_is_not() {
    let world = world();
    let object = |bytes: usize| Object {
        key: KEY.to_owned(),
        content: vec![b'x'; bytes].into(),
        content_type: None,
        encryption: None,
    };
    world.put_object("raw-data", object(LIMIT_BYTES));
    assert_eq!(get(&world).await.map(|content| content.len()), Ok(LIMIT_BYTES));
    world.put_object("raw-data", object(LIMIT_BYTES + 1));
    assert_eq!(get(&world).await, Err(ObjectErrorKind::TooLong));
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_not_there_is_missing_and_a_bucket_that_is_not_there_a_refusal() {
    let world = World::new();
    assert_eq!(get(&world).await, Err(ObjectErrorKind::Refused));
    world.bucket("raw-data");
    assert_eq!(get(&world).await, Err(ObjectErrorKind::Missing));
    assert!(world.permissions().contains("s3:ListBucket raw-data"), "to be told so");
    world.forbid_listing("raw-data");
    assert_eq!(get(&world).await, Err(ObjectErrorKind::Refused));
}

#[tokio::test(start_paused = true)]
async fn a_failure_says_whether_it_may_pass_and_whether_the_object_may_be_there() {
    let of = async |fault| {
        let world = world();
        world.fail(On::call("PutObject").to("raw-data"), fault);
        let failed = put(&world, "x").await.expect_err("failed");
        assert!(!failed.to_string().contains(KEY), "{failed}");
        (failed.kind, world.objects("raw-data").len())
    };
    assert_eq!(of(Fault::Throttled).await, (ObjectErrorKind::Busy, 0));
    assert_eq!(of(Fault::InternalError).await, (ObjectErrorKind::Busy, 0));
    assert_eq!(of(Fault::Invalid).await, (ObjectErrorKind::Refused, 0));
    assert_eq!(of(Fault::Hang).await, (ObjectErrorKind::Unanswered, 0));
    assert_eq!(of(Fault::ResetAfterEffect).await, (ObjectErrorKind::Unanswered, 1));
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_tried_again_by_the_client() {
    let world = world();
    world.fail(On::call("PutObject"), Fault::Throttled);
    let store = store_at(&world, None, RetryConfig::standard());
    store.put(KEY, "text/plain", Bytes::from_static(b"x")).await.expect("written");
    assert_eq!(world.effects(), ["PutObject raw-data -> 503", "PutObject raw-data -> 200"]);
}

#[tokio::test(start_paused = true)]
async fn what_will_not_pass_is_tried_once_and_what_does_not_pass_three_times() {
    let tries = async |fault, times| {
        let world = world();
        world.fail(On::call("PutObject").times(times), fault);
        let store = store_at(&world, None, RetryConfig::standard());
        let put = store.put(KEY, "text/plain", Bytes::from_static(b"x")).await;
        (put.map_err(|error| error.kind), world.effects().len())
    };
    assert_eq!(tries(Fault::Invalid, 1).await, (Err(ObjectErrorKind::Refused), 1));
    assert_eq!(tries(Fault::InternalError, 2).await, (Ok(()), 3));
    assert_eq!(tries(Fault::InternalError, 3).await, (Err(ObjectErrorKind::Busy), 3));
    assert_eq!(tries(Fault::ResetAfterEffect, 1).await, (Ok(()), 2));
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_five_seconds_an_attempt_and_ten_in_all() {
    let took = async |retries| {
        let world = world();
        world.fail(On::call("PutObject").always(), Fault::Hang);
        let started = tokio::time::Instant::now();
        let store = store_at(&world, None, retries);
        let failed = store.put(KEY, "text/plain", Bytes::from_static(b"x")).await.expect_err("failed");
        (failed.kind, failed.code, started.elapsed().as_secs())
    };
    let expected = |seconds| (ObjectErrorKind::Unanswered, "TimeoutError".to_owned(), seconds);
    assert_eq!(took(RetryConfig::disabled()).await, expected(5));
    assert_eq!(took(RetryConfig::standard()).await, expected(10));
}

#[tokio::test(start_paused = true)]
async fn opening_the_connection_needs_no_permission_and_no_object() {
    let world = world();
    store(&world).warm().await;
    assert_eq!((world.permissions().len(), world.effects().len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_process_may_die_before_and_after_it_wrote() {
    type Plan = fn(&World);
    let plans: [(Plan, usize); 2] = [(|world| world.crash_before(1), 0), (|world| world.crash_after(1), 1)];
    for (plan, objects) in plans {
        let world = world();
        plan(&world);
        let ended = world.run_until_crash(put(&world, "x")).await;
        assert!(ended.is_err());
        assert_eq!(world.objects("raw-data").len(), objects);
    }
}
