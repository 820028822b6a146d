//! The platform's own calls.

use serde_json::{Value, json};

use super::keys::{Channel, PLAIN, SEALED};
use super::lender::{DEVICE, Lender, ORDER, UID, millis_from_now};
use crate::running::Answer;

const CLEAR: &str = r#"{"orderId":"120522"}"#;
/// What `CLEAR` is in the channel that seals.
const CARRIED: &str = "55F203791D53C7D91A31021F9E537F00D8546280AB5F384D67C94628420ED7D7";

/// Whether an envelope is signed as it stands.
fn is_signed(channel: &Channel, envelope: &Value) -> bool {
    let text = |name: &str| envelope[name].as_str().expect("text").to_owned();
    let timestamp = envelope["timestamp"].as_i64().expect("a number").to_string();
    assert_eq!(envelope["channelId"], channel.name);
    assert_eq!(envelope.as_object().expect("an object").len(), 4);
    channel.platform_signed(&timestamp, &text("request"), &text("sign"))
}

fn age_s(envelope: &Value) -> i64 {
    let now: i64 = millis_from_now(0).parse().expect("a number");
    (now - envelope["timestamp"].as_i64().expect("a number")) / 1000
}

fn refused(answer: &Answer, status: u16, reason: &str) {
    assert_eq!(answer.status, status, "{reason}");
    let error = answer.json()["error"].as_str().expect("a reason").to_owned();
    assert!(error.contains(reason), "{error}");
}

#[test]
fn a_call_goes_out_in_a_signed_envelope_and_our_text_comes_back_as_it_is() {
    let lender = Lender::start();
    lender.answers(200, r#"{"code":0,"message":"success","response":"{\"b\": 5000.00,\"a\":1}"}"#);
    let clear = r#"{ "name":"张三", "amount":15000.00 }"#;
    let answer = lender.call("loanCalculation", clear.as_bytes());
    let sent = lender.only();
    assert_eq!(sent.path, "/base/openapi/rongshu/loanCalculation");
    assert_eq!(sent.content_type, "application/json; charset=UTF-8");
    let envelope = sent.json();
    assert_eq!(envelope["request"], clear);
    assert!(is_signed(&PLAIN, &envelope) && age_s(&envelope) < 5, "{envelope}");
    let expected = json!({
        "http_status": 200, "code": 0, "message": "success", "response": r#"{"b": 5000.00,"a":1}"#,
        "sent": str::from_utf8(&sent.body).expect("text"),
    });
    assert_eq!((answer.status, answer.json()), (200, expected));
}

#[test]
fn a_channel_that_seals_carries_hexadecimal_digits_both_ways() {
    let lender = Lender::start();
    lender.answers(200, &json!({"code": 0, "message": "ok", "response": CARRIED}).to_string());
    let answer = lender.call("queryAuditResult?channel=rongshu", CLEAR.as_bytes()).json();
    let envelope = lender.only().json();
    assert_eq!(envelope["request"], CARRIED);
    assert!(is_signed(&SEALED, &envelope));
    assert_eq!((&answer["response"], answer.get("problem")), (&json!(CLEAR), None));
}

#[test]
fn whatever_is_tampered_with_only_the_signature_can_tell() {
    let lender = Lender::start();
    for channel in [&*PLAIN, &*SEALED] {
        for tamper in ["sign", "timestamp", "request"] {
            let op = format!("userCheck?channel={}&tamper={tamper}", channel.name);
            let sent = lender.call(&op, CLEAR.as_bytes()).json()["sent"].take();
            let envelope: Value = serde_json::from_str(sent.as_str().expect("text")).expect("JSON");
            assert_eq!(envelope, lender.only().json());
            assert!(!is_signed(channel, &envelope) && age_s(&envelope) < 5, "{op}");
            assert_eq!(envelope["request"] == channel.carried(CLEAR), tamper != "request");
        }
    }
}

#[test]
fn a_call_may_have_been_signed_long_ago_or_be_yet_to_come() {
    let lender = Lender::start();
    for (age, about) in [("601", 601..606), ("-700", -701..-694), ("0", 0..5)] {
        lender.call(&format!("userCheck?age_s={age}"), b"{}");
        let envelope = lender.only().json();
        assert!(is_signed(&PLAIN, &envelope) && about.contains(&age_s(&envelope)), "{envelope}");
    }
}

#[test]
fn what_was_sent_is_sent_again_as_it_was() {
    let lender = Lender::start();
    lender.answers(200, &json!({"code": 0, "message": "ok", "response": CARRIED}).to_string());
    let sent = lender.call("userCheck?channel=rongshu", CLEAR.as_bytes()).json()["sent"].take();
    let first = lender.only().body;
    let text = sent.as_str().expect("text").to_owned();
    for body in [text, sent.to_string()] {
        let answer = lender.call("userCheck?replay=true", body.as_bytes()).json();
        assert_eq!((lender.only().body, &answer["sent"]), (first.clone(), &sent));
        assert_eq!(answer["response"], CLEAR, "the channel is that of the body");
    }
    for body in [b"garbage".as_slice(), b"\xff", b"", b"{\"channelId\":\"1\"}"] {
        let answer = lender.call("userCheck?replay=true", body);
        assert_eq!((answer.status, lender.only().body.as_ref()), (200, body));
    }
}

#[test]
fn a_body_may_be_any_text() {
    let lender = Lender::start();
    for body in ["", "not json", "[1]"] {
        lender.call("userCheck", body.as_bytes());
        assert_eq!(lender.only().json()["request"], body);
    }
}

#[test]
fn an_answer_that_is_not_as_it_should_be_is_told_with_what_is_wrong() {
    let lender = Lender::start();
    for (channel, body, reason) in [
        ("840", "oh", "no JSON object"),
        ("840", r#"{"message":"Not Found"}"#, "code is no whole number"),
        ("840", r#"{"code":"0","message":"ok","response":"{}"}"#, "code is no whole number"),
        ("840", r#"{"code":0,"response":"{}"}"#, "message is no text"),
        ("840", r#"{"code":0,"message":"ok"}"#, "response is no text"),
        ("840", r#"{"code":0,"message":"ok","response":{}}"#, "response is no text"),
        ("840", r#"{"code":0,"message":"ok","response":"{"}"#, "response is no JSON"),
        ("840", r#"{"code":10002,"message":"ok","response":null}"#, "a failure has a response"),
        ("rongshu", r#"{"code":0,"message":"ok","response":"{}"}"#, "not sealed"),
        (
            "rongshu",
            &json!({"code": 0, "message": "", "response": CARRIED.to_lowercase()}).to_string(),
            "not sealed",
        ),
    ] {
        lender.answers(404, body);
        let answer = lender.call(&format!("userCheck?channel={channel}"), b"{}").json();
        assert_eq!(answer["http_status"], 404);
        let problem = answer["problem"].as_str().expect(reason);
        assert!(problem.contains(reason), "{problem}");
        let shown = serde_json::from_str(body).unwrap_or(json!(body));
        assert_eq!(answer["body"], shown);
    }
    lender.answers(200, r#"{"code":10003,"message":"sign error"}"#);
    let mut answer = lender.call("userCheck", b"{}").json();
    answer["sent"].take();
    let expected =
        json!({"http_status": 200, "code": 10003, "message": "sign error", "response": null, "sent": null});
    assert_eq!(answer, expected);
}

#[test]
fn a_call_that_cannot_be_made_is_refused_with_an_explanation() {
    let lender = Lender::start();
    for (query, body, reason) in [
        ("?channel=841", b"{}".as_slice(), "840, rongshu"),
        ("?tamper=colour", b"{}", "colour"),
        ("?colour=red", b"{}", "colour"),
        ("?age_s=never", b"{}", "age_s"),
        ("?age_s=9223372036854775807", b"{}", "no time"),
        ("?age_s=9000000000", b"{}", "no time"),
        ("", b"\xff", "UTF-8"),
        ("?replay=true&tamper=sign", b"{}", "signed anew"),
        ("?replay=true&age_s=1", b"{}", "signed anew"),
        ("?replay=true&channel=841", b"{}", "840, rongshu"),
    ] {
        refused(&lender.call(&format!("userCheck{query}"), body), 400, reason);
    }
    lender.sandbox.put("/_control/target", br#"{"http_url":"http://127.0.0.1:1"}"#);
    refused(&lender.call("userCheck", b"{}"), 502, "http://127.0.0.1:1/openapi/rongshu/userCheck");
    refused(
        &super::lender::sandbox().call("POST", "/_control/rongshu/call/userCheck", b"{}").expect("an answer"),
        409,
        "PUT /_control/target",
    );
}

#[test]
fn a_push_tells_whose_order_it_is() {
    let lender = Lender::start();
    let order = |lender: &Lender| {
        lender.ask(DEVICE, &json!({"uid": UID}));
        lender.newest()["order"].take()
    };
    let push = |op: &str, order: &Value| {
        lender.call(op, json!({"uid": UID, "orderId": order}).to_string().as_bytes());
    };
    assert_eq!(order(&lender), UID, "nobody has said");
    push("pushOrder?tamper=sign", &json!("forged"));
    push("pushOrder?channel=rongshu", &json!("of another channel"));
    push("bindCard", &json!("no push"));
    assert_eq!(order(&lender), UID);
    push("pushOrder", &json!(120_522));
    assert_eq!(order(&lender), ORDER, "a number is as good as a text");
    push("pushOrder", &json!("120523"));
    assert_eq!(order(&lender), "120523", "the newest");
    assert_eq!(lender.sandbox.requests("?order=120522").len(), 1, "what was before stays");
    assert_eq!(lender.sandbox.requests(&format!("?order={UID}")).len(), 4);
    lender.sandbox.post("/_control/reset");
    assert_eq!(order(&lender), UID);
}
