//! Bodies that are not what §3 asks for: 400 `bad_request`, nothing read, nothing written, nobody asked.

use serde_json::json;
use suites::gateway::{Got, Post};
use suites::instalment::{GET_STATUS, Instalment};

const BAD_REQUEST: (i64, &str) = (400, r#"{"error":"bad_request"}"#);

fn app() -> Instalment {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "CLOSED");
    app
}

/// Sends `post` and checks that, refused, it cost no database call.
async fn refused(post: &Post) -> Got {
    let app = app();
    let (got, spent) = app.world.measure(app.send(post)).await;
    assert_eq!((spent.reads(), spent.writes()), Default::default());
    assert_eq!(app.asked(), 0);
    got
}

async fn accepted(post: &Post) -> bool {
    app().send(post).await.status == 200
}

#[tokio::test(start_paused = true)]
async fn the_method_must_name_the_endpoint_that_was_called() {
    for body in [
        r#"{"method":"renew_contract","params":{}}"#,
        r#"{"method":"drop"}"#,
        r#"{"method":"GET_STATUS"}"#,
        r#"{"method":""}"#,
        r#"{"method":null}"#,
        r#"{"method":1}"#,
        r#"{"params":{}}"#,
        "{}",
    ] {
        assert_eq!(refused(&Post::by("c-1", body)).await.brief(), BAD_REQUEST, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn params_may_be_absent_null_or_any_object_and_nothing_else() {
    for params in ["", r#","params":null"#, r#","params":{}"#, r#","params":{"client_id":"c-2"}"#] {
        let body = format!(r#"{{"method":"get_status"{params}}}"#);
        assert!(accepted(&Post::by("c-1", body)).await, "{params}");
    }
    for params in ["[]", "\"\"", "0", "true", "[{}]"] {
        let body = format!(r#"{{"method":"get_status","params":{params}}}"#);
        assert_eq!(refused(&Post::by("c-1", body)).await.brief(), BAD_REQUEST, "{params}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_id_in_the_body_is_ignored_like_every_unknown_member() {
    let app = app();
    app.contract("c-2", 1, None, "init");
    let body = r#"{"client_id":"c-2","method":"get_status","params":{"client_id":"c-2"},"x":[1,{"y":null}]}"#;
    assert!(app.send(&Post::by("c-1", body)).await.body.contains("CLOSED"));
}

#[tokio::test(start_paused = true)]
async fn what_is_no_json_object_is_refused() {
    for body in [
        "",
        " ",
        "null",
        "[]",
        r#"["get_status",{}]"#,
        "\"get_status\"",
        "{",
        r#"{"method":"get_status""#,
        r#"{"method":"get_status"}}"#,
        r#"{"method":"get_status"} {}"#,
        r#"{"method":"get_status",}"#,
        r"{'method':'get_status'}",
        "method=get_status",
        "\u{feff}{\"method\":\"get_status\"}",
    ] {
        assert_eq!(refused(&Post::by("c-1", body)).await.brief(), BAD_REQUEST, "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_of_one_mebibyte_is_read_and_one_byte_more_is_refused() {
    let body = |length: usize| {
        let start = r#"{"method":"get_status","pad":""#;
        format!("{start}{}\"}}", "x".repeat(length - start.len() - 2))
    };
    assert!(accepted(&Post::by("c-1", body(1_048_576))).await);
    assert!(accepted(&Post::by("c-1", body(1_048_576)).base64()).await);
    assert_eq!(refused(&Post::by("c-1", body(1_048_577))).await.brief(), BAD_REQUEST);
    assert_eq!(refused(&Post::by("c-1", body(1_048_577)).base64()).await.brief(), BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn the_content_type_must_be_json_in_any_case_and_with_any_parameters() {
    let typed = |content_type| Post::by("c-1", GET_STATUS).header("content-type", content_type);
    for good in
        ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;x=y"]
    {
        assert!(accepted(&typed(good)).await, "{good}");
    }
    for bad in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "json", ""] {
        assert_eq!(refused(&typed(bad)).await.brief(), BAD_REQUEST, "{bad}");
    }
    assert_eq!(refused(&Post::by("c-1", GET_STATUS).without("content-type")).await.brief(), BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn a_body_may_arrive_in_base64_and_must_be_utf_8() {
    assert!(accepted(&Post::by("c-1", GET_STATUS).base64()).await);
    let latin1 = b"{\"method\":\"get_status\",\"x\":\"\xe9\"}".to_vec();
    assert_eq!(refused(&Post::by("c-1", latin1).base64()).await.brief(), BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_only_claims_to_be_base64_is_refused() {
    let app = app();
    let mut event = Post::by("c-1", GET_STATUS).event("/get_status");
    event["isBase64Encoded"] = true.into();
    assert_eq!(app.send_event(event).await.brief(), BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn an_event_made_by_hand_needs_no_more_than_what_is_read_and_an_unreadable_one_is_answered() {
    let app = app();
    let token = format!("Bearer {}", suites::session::Key::first().token("c-1"));
    let event = json!({
        "headers": {"Authorization": token, "Content-Type": "application/json"}, "body": GET_STATUS,
    });
    assert_eq!(app.send_event(event).await.status, 200);
    for event in [json!({}), json!({"headers": null, "body": null, "isBase64Encoded": null})] {
        assert_eq!(app.send_event(event).await.brief(), (403, r#"{"error":"access_denied"}"#));
    }
    for event in
        [json!(null), json!("x"), json!({"headers": 7}), json!({"headers": {"a": 1}}), json!({"body": {}})]
    {
        assert_eq!(app.send_event(event).await.brief(), BAD_REQUEST);
    }
}

#[tokio::test(start_paused = true)]
async fn json_may_nest_128_deep_and_no_deeper_whether_it_is_looked_at_or_not() {
    let skipped = |levels: usize| {
        format!(r#"{{"method":"get_status","x":{}{}}}"#, "[".repeat(levels - 1), "]".repeat(levels - 1))
    };
    let inside = |levels: usize| {
        let (open, close) = ("[".repeat(levels - 2), "]".repeat(levels - 2));
        format!(r#"{{"method":"get_status","params":{{"x":{open}{close}}}}}"#)
    };
    assert!(accepted(&Post::by("c-1", skipped(128))).await);
    assert!(accepted(&Post::by("c-1", inside(128))).await);
    assert_eq!(refused(&Post::by("c-1", skipped(129))).await.brief(), BAD_REQUEST);
    assert_eq!(refused(&Post::by("c-1", inside(129))).await.brief(), BAD_REQUEST);
    assert_eq!(refused(&Post::by("c-1", skipped(200_000))).await.brief(), BAD_REQUEST);
}

#[tokio::test(start_paused = true)]
async fn an_error_answer_repeats_nothing_of_the_request() {
    let body = r#"{"method":"79990001122","params":"Ivanov"}"#;
    let app = app();
    let got = app.send(&Post::by("c-1", body)).await;
    assert_eq!(got.brief(), BAD_REQUEST);
    assert!(!app.output.text().contains("Ivanov"));
    assert!(!app.output.text().contains("79990001122"));
}
