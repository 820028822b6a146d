//! What Rongshu knows of a user.

use serde_json::{Value, json};

use super::keys::SEALED;
use super::lender::{CREDIT_CARD, DEVICE, LOAN, Lender, OPERATOR, UID};

const KINDS: [(&str, &str, i32); 3] =
    [(OPERATOR, "operator", 1), (CREDIT_CARD, "creditCard", 2), (DEVICE, "device", 3)];

fn uid() -> Value {
    json!({"uid": UID})
}

#[test]
fn what_was_set_is_pulled_as_it_was_written() {
    let lender = Lender::start();
    let set =
        lender.data(UID, r#"{"operator": {"b": 1.50, "a":[]}, "creditCard": [ ], "device": "any {text"}"#);
    assert_eq!(set.status, 200);
    for ((path, kind, number), data) in KINDS.iter().zip([r#"{"b": 1.50, "a":[]}"#, "[ ]", "any {text"]) {
        let expected = json!({"code": 0, "message": "ok", "status": "0", "data": data, "type": number});
        assert_eq!(lender.ask(path, &uid()), expected);
        let entry = lender.newest();
        assert_eq!((&entry["kind"], &entry["outcome"]), (&json!(kind), &json!("answered")));
        assert_eq!(entry["response"], expected);
    }
}

#[test]
fn a_kind_or_a_user_that_is_not_there_is_not_ready() {
    let lender = Lender::start();
    lender.data("another", r#"{"operator":{},"creditCard":{},"device":{}}"#);
    lender.data(UID, r#"{"operator":null,"device":{}}"#);
    lender.data(UID, r#"{"operator":null}"#);
    for (path, kind, number) in KINDS {
        let expected = json!({"code": 0, "message": "not ready", "status": "1", "type": number});
        assert_eq!(lender.ask(path, &uid()), expected);
        let entry = lender.newest();
        let told = json!([entry["kind"], entry["outcome"], entry["verified"], entry["order"], entry["uid"]]);
        assert_eq!(told, json!([kind, "not_ready", true, UID, UID]));
    }
}

#[test]
fn a_pull_is_good_in_a_channel_that_seals_too() {
    let lender = Lender::start();
    lender.data(UID, r#"{"device":{"userInfo":{}}}"#);
    let answer = lender.send(&SEALED, DEVICE, &uid().to_string()).expect("an answer").json();
    assert_eq!(answer["data"], r#"{"userInfo":{}}"#, "data is never sealed");
    assert_eq!(lender.newest()["decrypted"], uid());
}

#[test]
fn a_pull_without_a_good_uid_is_refused() {
    let lender = Lender::start();
    for body in [json!({}), json!({"uid": ""}), json!({"uid": 1}), json!({"uid": "ä"}), json!([])] {
        assert_eq!(lender.ask(DEVICE, &body)["code"], 10002, "{body}");
    }
    let entry = lender.newest();
    assert_eq!((&entry["outcome"], &entry["verified"]), (&json!("refused:10002"), &json!(true)));
}

#[test]
fn a_reset_forgets_what_was_set() {
    let lender = Lender::start();
    lender.data(UID, r#"{"device":{}}"#);
    lender.sandbox.post("/_control/reset");
    assert_eq!(lender.ask(DEVICE, &uid())["status"], "1");
    assert_eq!(lender.sandbox.requests("?partner=rongshu").len(), 1);
}

#[test]
fn data_that_cannot_be_set_is_refused_with_an_explanation() {
    let lender = Lender::start();
    for (data, reason) in [(r#"{"colour":{}}"#, "colour"), ("1", "integer"), ("{", "EOF")] {
        let answer = lender.data(UID, data);
        assert_eq!(answer.status, 400, "{data}");
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn there_is_nothing_else() {
    let lender = Lender::start();
    for path in ["840/api/v2/data/phone.do", "841/api/v2/data/device.do", "840", "840/hermes/api/x.do"] {
        let answer = lender.sandbox.post(&format!("/rongshu/{path}"));
        assert_eq!(answer.status, 404, "{path}");
        let entry = lender.newest();
        let told = json!([entry["kind"], entry["outcome"], entry["verified"]]);
        assert_eq!(told, json!(["unknown", "unknown_call", false]));
    }
    assert_eq!(lender.sandbox.get(&format!("/rongshu/840/{LOAN}")).status, 404);
}
