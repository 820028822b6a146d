//! The checks before an operation, in their order (§1, §11): whatever is wrong is told in the wire's own format, and
//! nothing that was not signed changes anything.

use std::time::Duration;

use serde_json::{Value, json};
use suites::gateway::Post;
use suites::marketplace::channels::{AES, PLAIN, Signed};
use suites::marketplace::keys::Signer;
use suites::marketplace::{Answered, CUSTOMERS, Marketplace, NOW};

use crate::people::{MD5_UPPER, customer};

const WINDOW_MS: i64 = 600_000;

/// The code and the words of an answer to a body.
async fn code(app: &Marketplace, body: impl Into<Vec<u8>>) -> (i64, String) {
    let answered = Answered::of(PLAIN, &app.send("userCheck", body).await);
    assert_eq!(answered.response, "", "nothing is told");
    (answered.code, answered.message)
}

fn call() -> Signed {
    Signed::new(PLAIN, NOW, &json!({"md5": MD5_UPPER}).to_string())
}

fn signed(call: Signed) -> String {
    call.signed_by(Signer::Platform).body()
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_no_envelope_is_10002() {
    let app = Marketplace::new().await;
    for body in ["", "{", "[]", "null", "\"x\"", "{\"channelId\":\"840\"", "channelId=840&request=x"] {
        assert_eq!(code(&app, body).await.0, 10002, "{body}");
    }
    let deep = format!("{{\"more\":{}{}}}", "[".repeat(128), "]".repeat(128));
    assert_eq!(code(&app, deep).await.0, 10002);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_missing_empty_or_of_another_type_is_10002_whoever_signed() {
    let app = Marketplace::new().await;
    let whole: Value = serde_json::from_str(&call().body()).unwrap();
    for name in ["channelId", "timestamp", "request", "sign"] {
        let mut missing = whole.clone();
        missing.as_object_mut().unwrap().remove(name);
        assert_eq!(code(&app, missing.to_string()).await, (10002, format!("{name}: missing")));
        for other in [json!(null), json!(""), json!({}), json!([1]), json!(true)] {
            let mut changed = whole.clone();
            changed[name] = other.clone();
            assert_eq!(code(&app, changed.to_string()).await.0, 10002, "{name} {other}");
        }
    }
    for name in ["channelId", "request", "sign"] {
        let mut changed = whole.clone();
        changed[name] = json!(840);
        assert_eq!(code(&app, changed.to_string()).await.0, 10002, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_timestamp_that_is_no_number_is_10002_although_it_is_signed() {
    let app = Marketplace::new().await;
    for timestamp in
        ["\"2018-08-08\"", "\" 1533710259153\"", "\"-1\"", "-1", "1.5", "1533710259153.0", "1e12", "\"١\""]
    {
        let timestamp: Value = serde_json::from_str(timestamp).unwrap();
        let body = signed(Signed { timestamp: timestamp.clone(), ..call() });
        assert_eq!(
            code(&app, body).await,
            (10002, "timestamp: not in milliseconds".to_owned()),
            "{timestamp}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_channel_the_time_and_the_signature_are_10003() {
    let app = Marketplace::new().await;
    let sign_error = (10003, "sign error".to_owned());
    for channel in ["841", "840 ", "Rongshu", "840#1", "榕树"] {
        let body = signed(Signed { channel: channel.to_owned(), ..call() });
        assert_eq!(code(&app, body).await, sign_error, "{channel}");
    }
    for sign in ["no base64", "AAAA", &call().sign[..20], &format!("{}\n", call().sign)] {
        let body = Signed { sign: sign.to_owned(), ..call() }.body();
        assert_eq!(code(&app, body).await, sign_error, "{sign}");
    }
    assert_eq!(code(&app, call().signed_by(Signer::Stranger).body()).await, sign_error);
    assert_eq!(code(&app, call().signed_by(Signer::Us).body()).await, sign_error);
    let of_other_channel = Signed { sign: Signed::new(AES, NOW, "{}").sign, ..call() };
    assert_eq!(code(&app, of_other_channel.body()).await, sign_error);
}

#[tokio::test(start_paused = true)]
async fn a_call_is_good_within_ten_minutes_on_either_side_and_again_within_them() {
    let app = Marketplace::new().await;
    for (away, good) in
        [(0, true), (-WINDOW_MS, true), (WINDOW_MS, true), (-WINDOW_MS - 1, false), (WINDOW_MS + 1, false)]
    {
        let body = Signed::new(PLAIN, NOW + away, &json!({"md5": MD5_UPPER}).to_string()).body();
        let answered = Answered::of(PLAIN, &app.send("userCheck", body).await);
        assert_eq!(answered.code, if good { 0 } else { 10003 }, "{away}");
    }
    let body = call().body();
    let first = app.send("userCheck", body.clone()).await;
    app.world.pass(Duration::from_mins(10)).await;
    assert_eq!(app.send("userCheck", body.clone()).await.body, first.body, "a repeat asks the same again");
    app.world.pass(Duration::from_millis(1)).await;
    assert_eq!(code(&app, body).await, (10003, "sign error".to_owned()), "a replay");
    for far in ["0", "9999999999999999999", "253402300800000"] {
        let body = signed(Signed { timestamp: json!(far), ..call() });
        assert_eq!(code(&app, body).await.0, 10003, "{far}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_first_is_told_first() {
    let app = Marketplace::new().await;
    // Malformed in every way at once, then one way less each time.
    let stale = NOW - WINDOW_MS - 1;
    let unknown =
        Signed { channel: "841".to_owned(), sign: "AAAA".to_owned(), ..Signed::new(AES, stale, "[]") };
    let no_time = Signed { timestamp: json!("x"), ..unknown.clone() };
    assert_eq!(code(&app, no_time.body()).await.0, 10002, "fields before the channel");
    assert_eq!(code(&app, unknown.body()).await.0, 10003, "the channel before the ciphertext");
    let stale = Signed { channel: AES.to_owned(), request: "no ciphertext".to_owned(), ..unknown };
    assert_eq!(code(&app, stale.body()).await.0, 10003, "the time before the ciphertext");
    let unsigned = Signed { timestamp: json!(NOW), ..stale };
    assert_eq!(code(&app, unsigned.body()).await.0, 10003, "the signature before the ciphertext");
    let undecrypted = unsigned.signed_by(Signer::Platform);
    let problem = "request: not encrypted with the channel's key".to_owned();
    assert_eq!(code(&app, undecrypted.body()).await, (10002, problem));
    let no_object = Signed::new(PLAIN, NOW, "[]");
    assert_eq!(code(&app, no_object.body()).await.0, 10002, "the business JSON");
    let outcomes: Vec<_> = app
        .lines()
        .iter()
        .filter(|line| line["message"] == "request")
        .map(|line| line["outcome"].clone())
        .collect();
    let expected = [
        "parameter_error",
        "unknown_channel",
        "stale",
        "signature_invalid",
        "parameter_error",
        "parameter_error",
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(app.counted("rongshu_bad_signature"), 1);
}

#[tokio::test(start_paused = true)]
async fn what_fails_unexpectedly_is_10001_and_not_told() {
    let app = Marketplace::new().await;
    app.world.fail(world::On::call("Query").to(CUSTOMERS), world::Fault::InternalError);
    assert_eq!(code(&app, call().body()).await, (10001, "internal error".to_owned()));
    assert_eq!((app.counted("internal_error"), app.logged("ERROR").len()), (1, 1));
    app.world.fail(world::On::call("Query").to(CUSTOMERS), world::Fault::Hang);
    assert_eq!(code(&app, call().body()).await, (10001, "internal error".to_owned()), "a time-out");
}

#[tokio::test(start_paused = true)]
async fn a_body_over_a_mebibyte_is_10002_and_one_of_a_mebibyte_is_read() {
    let app = Marketplace::new().await;
    let body = Signed::new(PLAIN, NOW, "{}").body();
    let padded = |length: usize| format!("{body}{}", " ".repeat(length - body.len()));
    let largest = app.send("getBankList", padded(1_048_576)).await;
    assert_eq!(Answered::of(PLAIN, &largest).code, 0);
    let problem = (10002, "body: over 1048576 bytes".to_owned());
    assert_eq!(code(&app, padded(1_048_577)).await, problem);
}

#[tokio::test(start_paused = true)]
async fn another_content_type_encoding_or_event_is_10002() {
    let app = Marketplace::new().await;
    let post = Post::anonymous(call().body());
    let refused = async |post: &Post| Answered::of(PLAIN, &app.post("userCheck", post).await).code;
    assert_eq!(refused(&post.clone().without("content-type")).await, 10002);
    assert_eq!(refused(&post.clone().header("content-type", "text/plain")).await, 10002);
    assert_eq!(refused(&post.clone().header("content-type", "Application/JSON; charset=UTF-8")).await, 0);
    assert_eq!(refused(&Post::anonymous(b"{\"channelId\":\"\xff\"}".to_vec()).base64()).await, 10002);
    let mut event = post.event("/openapi/rongshu/userCheck");
    event["isBase64Encoded"] = json!(true);
    assert_eq!(Answered::of(PLAIN, &app.respond_to("userCheck", event).await).code, 10002);
    for event in [json!({}), json!([]), json!({"body": 1})] {
        assert_eq!(Answered::of(PLAIN, &app.respond_to("userCheck", event).await).code, 10002);
    }
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_is_not_the_functions_is_404() {
    let app = Marketplace::new().await;
    let mut event = Post::anonymous(call().body()).event("/openapi/rongshu/usercheck");
    event["pathParameters"] = json!({"op": "usercheck"});
    assert_eq!(app.respond_to("userCheck", event.clone()).await.status, 404);
    event["pathParameters"] = json!({"op": "userCheck"});
    assert_eq!(app.respond_to("userCheck", event).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn no_call_that_was_changed_in_one_byte_is_answered() {
    let app = Marketplace::new().await;
    app.tell(&[customer(&json!({}))]).await;
    let before = app.world.items(CUSTOMERS);
    for channel in [PLAIN, AES] {
        let body = Signed::new(channel, NOW, &json!({"md5": MD5_UPPER}).to_string()).body().into_bytes();
        for place in 0..body.len() {
            for change in [1_u8, 2, 4, 8, 16, 32, 64, 128, 0x7f, 0xff] {
                let mut changed = body.clone();
                changed[place] ^= change;
                let post = Post::anonymous(changed.clone()).base64();
                let answered = Answered::of(PLAIN, &app.post("userCheck", &post).await);
                let shown = String::from_utf8_lossy(&changed).into_owned();
                assert!([10002, 10003].contains(&answered.code), "{shown}");
                assert_eq!(answered.response, "", "{shown}");
            }
        }
    }
    assert_eq!(app.world.items(CUSTOMERS), before);
}
