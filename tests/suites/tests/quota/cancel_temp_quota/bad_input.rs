//! Requests that are not what §4.2 asks for: HTTP 200 with 1001, nothing read, and counted.

use suites::gateway::Post;
use suites::quota::{Quota, by};

use super::{ABSENT, CANCELLED, app, stands};
use crate::cancel_metrics::counted;

const GOOD: &str = r#"{"businessId":"W1","businessType":"2201"}"#;

/// Sends `post` and checks that it is refused, costs nothing and is counted under `label`.
async fn assert_refused(app: &Quota, post: &Post, label: &str, what: &str) {
    let before = counted(app).len();
    let (got, spent) = app.world.measure(app.send_cancel(post)).await;
    assert_eq!(got.brief(), ABSENT, "{what}");
    assert_eq!((spent.reads(), spent.writes()), Default::default(), "{what}");
    let expected = [
        format!("CANCELTEMPREQ {label} REQUEST"),
        format!("CANCELTEMPFALIED {label} 1001"),
        format!("CANCELTEMPRANGE,NULL {label} 1001"),
    ];
    assert_eq!(counted(app)[before..], expected, "{what}");
    assert_eq!(app.counted("internal_error"), 0, "{what}");
}

async fn assert_bodies_refused(label: &str, bodies: &[&str]) {
    let app = app().await;
    for body in bodies {
        assert_refused(&app, &by("p-1", *body), label, body).await;
    }
    assert_eq!(stands(&app), ("2".into(), "500".into()));
}

#[tokio::test(start_paused = true)]
async fn a_business_id_that_is_missing_or_no_text_is_counted_under_its_type() {
    assert_bodies_refused(
        "2201",
        &[
            r#"{"businessType":"2201"}"#,
            r#"{"businessType":"2201","businessId":null}"#,
            r#"{"businessType":"2201","businessId":""}"#,
            r#"{"businessType":"2201","businessId":201905210953183410004097}"#,
            r#"{"businessType":"2201","businessId":1}"#,
            r#"{"businessType":"2201","businessId":["W1"]}"#,
            r#"{"businessType":"2201","businessId":{"id":"W1"}}"#,
            r#"{"businessType":"2201","businessId":true}"#,
            r#"{"businessType":"2201","businessid":"W1"}"#,
            r#"{"businessType":"2201","business_id":"W1"}"#,
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_business_type_that_is_missing_or_no_text_is_counted_as_unknown() {
    assert_bodies_refused(
        "UNKNOWN",
        &[
            "{}",
            r#"{"businessId":"W1"}"#,
            r#"{"businessType":null,"businessId":"W1"}"#,
            r#"{"businessType":"","businessId":"W1"}"#,
            r#"{"businessType":2201,"businessId":"W1"}"#,
            r#"{"businessType":["2201"],"businessId":"W1"}"#,
            r#"{"businessType":{"a":1},"businessId":"W1"}"#,
            r#"{"businesstype":"2201","businessId":"W1"}"#,
            r#"{"businessType":"2201","businessType":"2201","businessId":"W1"}"#,
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_object_is_counted_as_unknown() {
    assert_bodies_refused(
        "UNKNOWN",
        &[
            "",
            "null",
            "[]",
            r#"["2201","W1"]"#,
            "\"2201\"",
            "{",
            r#"{"businessType":"2201","businessId":"W1""#,
            r#"{"businessType":"2201","businessId":"W1"}}"#,
            r#"{"businessType":"2201","businessId":"W1",}"#,
            "businessType=2201&businessId=W1",
            r#"{"businessType":"\ud800","businessId":"W1"}"#,
        ],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn ids_that_no_grant_can_have_are_refused_without_a_read() {
    let long = |length: usize| format!(r#"{{"businessType":"2201","businessId":"{}"}}"#, "9".repeat(length));
    assert_bodies_refused("2201", &[&long(1_020), &long(100_000)]).await;
    assert_bodies_refused("OTHER", &[r#"{"businessType":"2201#","businessId":"W1"}"#]).await;
    let app = app().await;
    assert_eq!(app.send_cancel(&by("p-1", long(1_019))).await.brief(), ABSENT, "it might be one");
    assert_eq!(app.cancel(&"x".repeat(2_049), "2201", "W1").await.brief(), ABSENT, "nor such a pin");
}

#[tokio::test(start_paused = true)]
async fn the_content_type_must_be_json() {
    let app = app().await;
    for bad in ["text/plain", "application/x-www-form-urlencoded", "json", ""] {
        assert_refused(&app, &by("p-1", GOOD).header("content-type", bad), "UNKNOWN", bad).await;
    }
    assert_refused(&app, &by("p-1", GOOD).without("content-type"), "UNKNOWN", "none").await;
    let typed = by("p-1", GOOD).header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(app.send_cancel(&typed).await.brief(), CANCELLED);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_at_most_a_mebibyte_of_utf_8_that_may_come_in_base64() {
    let app = app().await;
    let padded = |length: usize| {
        let start = format!("{},\"pad\":\"", &GOOD[..GOOD.len() - 1]);
        format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
    };
    assert_refused(&app, &by("p-1", padded(1_048_577)), "UNKNOWN", "too large").await;
    assert_refused(&app, &by("p-1", padded(1_048_577)).base64(), "UNKNOWN", "too large").await;
    let latin1 = b"{\"businessType\":\"2201\",\"businessId\":\"\xe9\"}".to_vec();
    assert_refused(&app, &by("p-1", latin1).base64(), "UNKNOWN", "latin-1").await;
    let mut event = by("p-1", GOOD).event("/gw/generic/bt/na/m/cancelTempQuota");
    event["isBase64Encoded"] = true.into();
    assert_eq!(app.send_cancel_event(event).await.brief(), ABSENT);
    assert_eq!(app.send_cancel(&by("p-1", padded(1_048_576)).base64()).await.brief(), CANCELLED);
}

#[tokio::test(start_paused = true)]
async fn json_may_nest_128_deep_and_no_deeper() {
    let nested = |name: &str, levels: usize| {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        format!(r#"{{"businessType":"2201","businessId":"W1","{name}":{open}{close}}}"#)
    };
    let app = app().await;
    assert_refused(&app, &by("p-1", nested("x", 129)), "UNKNOWN", "129").await;
    assert_refused(&app, &by("p-1", nested("x", 200_000)), "UNKNOWN", "200000").await;
    let deep = r#"{"businessId":"W1","businessType":"#;
    let deep = format!("{deep}{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_refused(&app, &by("p-1", deep), "UNKNOWN", "a deep type").await;
    assert_eq!(app.send_cancel(&by("p-1", nested("x", 128))).await.brief(), CANCELLED);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_repeats_nothing_of_the_request_in_answer_or_log() {
    let app = app().await;
    let got = app.cancel("79990001122", "Ivanov", "passport-4510").await;
    assert_eq!(got.brief(), ABSENT);
    for secret in ["79990001122", "Ivanov", "passport-4510"] {
        assert!(!app.output.text().contains(secret), "{secret}");
    }
}
