//! Every way in which MKK can fail (§5.1 steps 4 and 5, §13): the answer comes from our own row.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use suites::instalment::Instalment;
use world::Reply;

const STALE: &str = r#"{"screen":"main_screen","contract_closed":false,"state":"active","contract_number":"77-1","stale":true}"#;

/// A visit while the lender answers with `reply`: the questions it got, and the kind that was logged and counted.
async fn stale_visit(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (usize, String) {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.lender(reply);
    assert_eq!(app.status("c-1").await.brief(), (200, STALE));
    assert_eq!(app.contracts("c-1"), [("active".into(), Some("77-1".into()))]);
    let warnings = app.logged("WARN");
    assert_eq!(warnings.len(), 1, "a failure is logged once");
    assert_eq!(warnings[0]["contract_number"], "77-1");
    assert_eq!(app.counted("mkk_error"), 1);
    let counted: Vec<_> = app.lines().into_iter().filter(|line| line.get("mkk_error").is_some()).collect();
    assert_eq!(counted.len(), 1);
    assert_eq!(counted[0]["kind"], warnings[0]["kind"]);
    (app.asked(), warnings[0]["kind"].as_str().expect("a kind").to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_time_out_is_answered_from_our_row_and_not_repeated() {
    let (asked, kind) = stale_visit(Reply::hang).await;
    assert_eq!(asked, 1);
    assert_eq!(kind, "timed_out");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_trickles_in_past_the_time_out_is_a_time_out() {
    let body = r#"{"contract_number":"77-1","status":"CLOSED"}"#;
    let (asked, kind) = stale_visit(move || Reply::json(200, body).dripped(1, Duration::from_secs(1))).await;
    assert_eq!(asked, 1);
    assert_eq!(kind, "timed_out");
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_tried_twice_and_then_answered_from_our_row() {
    let (asked, kind) = stale_visit(Reply::refused).await;
    assert_eq!(asked, 2);
    assert_eq!(kind, "connection");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_is_tried_twice_and_then_answered_from_our_row() {
    let (asked, _) = stale_visit(Reply::reset).await;
    assert_eq!(asked, 2);
    let body = r#"{"contract_number":"77-1","status":"CLOSED"}"#;
    let (asked, kind) = stale_visit(move || Reply::json(200, body).broken_off(9)).await;
    assert_eq!(asked, 2);
    assert_eq!(kind, "connection");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_fails_once_is_made_good_by_the_second_try() {
    for first in [Reply::refused, Reply::reset] {
        let app = Instalment::new();
        app.contract("c-1", 1, Some("77-1"), "active");
        let calls = AtomicUsize::new(0);
        app.lender(move || match calls.fetch_add(1, Ordering::SeqCst) {
            0 => first(),
            _ => Reply::json(200, r#"{"contract_number":"77-1","status":"CLOSED"}"#),
        });
        let got = app.status("c-1").await;
        assert!(got.body.contains("\"contract_closed\":true"), "{}", got.body);
        assert_eq!(app.asked(), 2);
        assert_eq!(app.counted("mkk_error"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_error_is_answered_from_our_row() {
    for status in [500, 502, 503, 504] {
        let (asked, kind) = stale_visit(move || Reply::new(status, "oops")).await;
        assert_eq!(asked, 1);
        assert_eq!(kind, "server_error");
    }
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_mkk_does_not_know_is_not_closed() {
    let body = r#"{"contract_number":"77-1","status":"CLOSED"}"#;
    let (asked, kind) = stale_visit(move || Reply::json(404, body)).await;
    assert_eq!(asked, 1);
    assert_eq!(kind, "not_found");
}

#[tokio::test(start_paused = true)]
async fn a_redirect_or_refusal_is_no_answer_even_with_a_closed_line_in_its_body() {
    let body = r#"{"contract_number":"77-1","status":"CLOSED"}"#;
    for status in [301, 302, 307, 400, 401, 403, 429] {
        let reply = move || Reply::json(status, body).header("location", "http://elsewhere.test/");
        let (asked, kind) = stale_visit(reply).await;
        assert_eq!(asked, 1);
        assert_eq!(kind, "refused", "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_no_object_with_status_and_number_is_unparsable() {
    for body in [
        "",
        "<html>",
        "null",
        "[]",
        r#"["77-1","CLOSED",1,1]"#,
        r#"{"contract_number":"77-1"}"#,
        r#"{"status":"CLOSED"}"#,
        r#"{"contract_number":771,"status":"CLOSED"}"#,
        r#"{"contract_number":"77-1","status":["CLOSED"]}"#,
        r#"{"contract_number":"77-1","status":"CLOSED""#,
    ] {
        let (asked, kind) = stale_visit(move || Reply::json(200, body)).await;
        assert_eq!(asked, 1);
        assert_eq!(kind, "unparsable", "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_64_kib_is_read_and_one_byte_more_is_not() {
    let answer = |length: usize| {
        let start = r#"{"contract_number":"77-1","status":"CLOSED","more":""#;
        format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
    };
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    let whole = answer(65_536);
    assert_eq!(whole.len(), 65_536);
    app.lender(move || Reply::json(200, whole.clone()));
    assert!(app.status("c-1").await.body.contains("\"contract_closed\":true"));

    let over = answer(65_537);
    let (_, kind) = stale_visit(move || Reply::json(200, over.clone())).await;
    assert_eq!(kind, "unparsable");
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_contract_closes_nothing() {
    let body = r#"{"contract_number":"99-9","status":"CLOSED","line_limit":"1","line_balance":"1"}"#;
    let (asked, kind) = stale_visit(move || Reply::json(200, body)).await;
    assert_eq!(asked, 1);
    assert_eq!(kind, "foreign_contract");
}
