//! What counts as a failure, and what is kept of each try.

use std::time::Duration;

use serde_json::json;
use suites::callbacks::{Callbacks, ORDER, Platform};
use suites::marketplace::channels::{PLAIN, PLATFORM, put_channel};
use world::{Fault, On, Reply};

#[tokio::test(start_paused = true)]
async fn only_a_code_of_0_is_success_and_every_try_is_recorded_with_what_came_of_it() {
    let huge = json!({"code": 0, "message": "x".repeat(70_000)}).to_string();
    let cases = [
        (Platform::code(10_001), "refused", Some(10_001)),
        (Platform::code(-1), "refused", Some(-1)),
        (Reply::new(200, ""), "unreadable", None),
        (Reply::new(200, "<html>"), "unreadable", None),
        (Reply::json(200, r#"{"message":"ok"}"#), "unreadable", None),
        (Reply::new(302, "").header("location", "https://elsewhere.test/"), "redirect", Some(302)),
        (Reply::new(307, "").header("location", "https://platform.test/840/"), "redirect", Some(307)),
        (Reply::json(404, r#"{"code":0}"#), "http_error", Some(404)),
        (Reply::json(500, r#"{"code":0}"#), "http_error", Some(500)),
        (Reply::json(200, huge), "too_long", None),
        (Reply::hang(), "timed_out", None),
        (Platform::takes().delayed(Duration::from_secs(9)), "timed_out", None),
        (Platform::takes().dripped(1, Duration::from_secs(2)), "timed_out", None),
        (Reply::reset(), "connection_lost", None),
        (Platform::takes().broken_off(5), "connection_lost", None),
        (Reply::refused(), "not_connected", None),
    ];
    for (reply, outcome, code) in cases {
        let app = Callbacks::new().await;
        app.platform.answers(ORDER, [reply]);
        app.cause_and_wake(&[1]).await;
        app.work_all().await;
        assert_eq!(app.attempts(0), [(outcome.to_owned(), code)]);
        assert_eq!(app.states(ORDER), ["pending"], "{outcome}");
        app.live(2).await;
        let delivered = ("delivered".to_owned(), Some(0));
        assert_eq!(app.attempts(0), [(outcome.to_owned(), code), delivered]);
        assert_eq!(app.states(ORDER), ["delivered"], "{outcome}");
        assert_eq!((app.counted("callback_failed"), app.counted("callback_delivered")), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_address_that_came_later_and_may_not_be_used_is_told_from_a_call_that_cannot_be_signed() {
    let app = Callbacks::new().await;
    put_channel(&app.world, PLAIN, &json!({"base_url": "http://platform.test/840"}));
    app.world.pass(Duration::from_mins(10)).await;
    // Whoever comes first finds the channel's parameter old, and has it read again.
    app.cause("840#1", 1, &[1]).await;
    app.wake("840#1");
    app.work().await;
    tokio::task::yield_now().await;
    app.world.pass(Duration::from_secs(1)).await;
    app.cause_and_wake(&[1]).await;
    app.work().await;
    assert_eq!(app.attempts(0), [("base_url_refused".to_owned(), None)]);
    assert_eq!((app.states(ORDER), app.platform.arrived(ORDER).len()), (vec!["pending".to_owned()], 0));
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_64_kib_is_read_whole() {
    let app = Callbacks::new().await;
    let head = r#"{"code":0,"message":""#;
    let body = format!("{head}{}\"}}", "x".repeat(65_536 - head.len() - 2));
    assert_eq!(body.len(), 65_536);
    app.platform.answers(ORDER, [Reply::json(200, body)]);
    app.cause_and_wake(&[1]).await;
    app.work().await;
    assert_eq!(app.states(ORDER), ["delivered"]);
}

#[tokio::test(start_paused = true)]
async fn a_try_is_recorded_with_its_time_and_its_latency() {
    let app = Callbacks::new().await;
    app.platform.answers(ORDER, [Platform::takes().delayed(Duration::from_millis(1_234))]);
    app.cause_and_wake(&[1]).await;
    let at = app.world.time().now();
    app.work().await;
    let row = &app.rows(ORDER)[0];
    let attempt = &row["attempts"]["L"][0]["M"];
    assert_eq!(attempt["at"]["S"], format!("{at:.9}"));
    assert_eq!(attempt["latency_ms"]["N"], "1234");
    let measured = app.lines().into_iter().find(|line| line.get("callback_latency_ms").is_some());
    assert_eq!(
        measured.map(|line| (line["callback_latency_ms"].clone(), line["partner"].clone())),
        Some((json!(1234), json!("rongshu")))
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_no_wake_up_goes_to_the_dead_letters_and_one_of_no_order_changes_nothing() {
    let app = Callbacks::new().await;
    for body in ["-", "{}", "[]", r#"{"order":""}"#, r#"{"order":7}"#] {
        app.world.send("partner-callback", body, &[]);
    }
    app.wake("840#nobody");
    app.work_all().await;
    assert_eq!(app.world.messages("partner-callback-dead").len(), 5);
    assert_eq!(app.outcomes().last().map(String::as_str), Some("not_due"));
    assert_eq!(app.world.items("callbacks").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_kind_that_nobody_knows_fails_and_is_never_sent_elsewhere() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    let mut row = app.rows(ORDER)[0].clone();
    row["kind"] = json!({"S": "parcel"});
    app.world.put_item("callbacks", &row);
    app.wake(ORDER);
    app.work().await;
    assert_eq!(app.attempts(0), [("unknown_kind".to_owned(), None)]);
    assert_eq!(app.platform.arrived(ORDER).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_callback_goes_out_with_the_correlation_id_of_what_caused_it_whoever_woke_for_it() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.wake_due().await.expect("a run");
    app.work_all().await;
    let received = app.world.received(PLATFORM);
    let sent = received[0].headers()["x-correlation-id"].to_str().expect("a text").to_owned();
    assert_eq!(app.rows(ORDER)[0]["correlation_id"]["S"], sent.as_str());
}

#[tokio::test(start_paused = true)]
async fn a_try_whose_outcome_is_not_stored_is_told_of_and_counts_for_nothing() {
    let app = Callbacks::new().await;
    app.cause_and_wake(&[1]).await;
    app.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    app.work().await;
    assert_eq!(app.platform.numbers(ORDER), [1]);
    assert_eq!(app.states(ORDER), ["pending"]);
    let told = app.lines().into_iter().filter(|line| line["message"] == "callback");
    assert_eq!(told.map(|line| line["outcome"].clone()).collect::<Vec<_>>(), ["delivered"]);
    assert!(app.logged("WARN").iter().any(|line| line["order"] == ORDER));
    assert_eq!(app.counted("callback_delivered"), 0);
    app.live(5).await;
    assert_eq!((app.platform.numbers(ORDER), app.counted("callback_delivered")), (vec![1, 1], 1));
}
