//! What can go wrong with a callback or a pull.

use serde_json::{Value, json};
use ureq::Error;

use super::keys::{PLAIN, SEALED};
use super::lender::{
    AUDIT, CREDIT_CARD, DEVICE, JSON, LOAN, Lender, OPERATOR, ORDER, PLAN, REPAY, UID, millis_from_now,
};
use crate::running::Answer;

const REFUSED: &str = r#"{"orderId":"120522","status":6004}"#;

/// Plans `fault` for the next audit callback, and sends one.
fn audit(fault: &str) -> (Lender, Result<Answer, Error>) {
    let lender = Lender::start();
    assert_eq!(lender.faults(&json!([{"kind": "audit", "fault": fault, "times": 1}])).status, 200);
    let answer = lender.send(&PLAIN, AUDIT, REFUSED);
    let entry = lender.sandbox.requests("?partner=rongshu").remove(0);
    let told = json!([entry["outcome"], entry["verified"], entry["order"], entry["decrypted"]["status"]]);
    assert_eq!(told, json!([format!("fault:{fault}"), true, ORDER, 6004]));
    (lender, answer)
}

#[test]
fn a_code_or_an_error_comes_instead_of_success() {
    for (fault, code) in [("code:10001", 10001), ("code:-3", -3)] {
        let (lender, answer) = audit(fault);
        let answer = answer.expect("an answer");
        assert_eq!((answer.status, &answer.json()["code"]), (200, &json!(code)));
        assert_eq!(lender.newest()["response"], answer.json());
        assert_eq!(lender.send(&PLAIN, AUDIT, REFUSED).expect("an answer").json()["code"], 0);
    }
    let (_, answer) = audit("http_500");
    assert_eq!(answer.expect("an answer").status, 500);
}

#[test]
fn a_timeout_leaves_the_caller_without_an_answer() {
    for fault in ["timeout", "timeout_after_effect"] {
        let (lender, answer) = audit(fault);
        assert!(matches!(answer, Err(Error::Timeout(_))), "{fault}");
        assert_eq!(lender.newest()["response"], Value::Null);
    }
}

#[test]
fn whoever_follows_a_redirect_is_seen_to() {
    let lender = Lender::start();
    lender.faults(&json!([{"kind": "device", "fault": "redirect"}]));
    let path = format!("/rongshu/840/{DEVICE}");
    let agent = ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).build();
    let agent: ureq::Agent = agent.into();
    let (timestamp, request) = (millis_from_now(0), json!({"uid": UID}).to_string());
    let sign = PLAIN.sign(&timestamp, &request);
    let body = json!({"appId": PLAIN.app_id, "timestamp": timestamp, "request": request, "sign": sign});
    let post = agent.post(format!("{}{path}", lender.sandbox.url)).header("content-type", JSON);
    let answer = post.send(body.to_string().as_bytes()).expect("an answer");
    let location = answer.headers()["location"].to_str().expect("text");
    assert_eq!((answer.status().as_u16(), location), (307, path.as_str()));
    assert_eq!(lender.newest()["outcome"], "fault:redirect");
}

#[test]
fn every_kind_can_fail() {
    let lender = Lender::start();
    let kinds = [
        ("audit", AUDIT),
        ("loan", LOAN),
        ("repay", REPAY),
        ("plan", PLAN),
        ("operator", OPERATOR),
        ("creditCard", CREDIT_CARD),
        ("device", DEVICE),
    ];
    let clear = |kind: &str| {
        match kind {
        "audit" => REFUSED.to_owned(),
        "loan" => r#"{"orderId":"120522","status":7003}"#.to_owned(),
        "repay" => r#"{"orderId":"120522","status":8003,"period":1}"#.to_owned(),
        "plan" => r#"{"orderId":"120522","status":9001,"receiveAmount":1.00,"totalRepayAmount":1.00,"repayPlan":"[]"}"#.to_owned(),
        _ => json!({"uid": UID}).to_string(),
    }
    };
    let planned: Vec<_> =
        kinds.iter().map(|(kind, _)| json!({"kind": kind, "fault": "code:10001"})).collect();
    lender.faults(&json!(planned));
    for (kind, path) in kinds {
        let code = || lender.send(&SEALED, path, &clear(kind)).expect("an answer").json()["code"].take();
        assert_eq!((code(), code()), (json!(10001), json!(0)), "{kind}");
    }
}

#[test]
fn faults_are_used_up_in_their_order_by_the_calls_that_they_are_for() {
    let lender = Lender::start();
    lender.call("pushOrder", json!({"uid": UID, "orderId": ORDER}).to_string().as_bytes());
    lender.faults(&json!([
        {"kind": "audit", "order": "120523", "fault": "code:1"},
        {"kind": "audit", "order": UID, "fault": "code:2"},
        {"kind": "audit", "fault": "code:3", "times": 2},
        {"kind": "device", "order": ORDER, "fault": "code:4"},
    ]));
    let audit = |order: &str| lender.ask(AUDIT, &json!({"orderId": order, "status": 6004}))["code"].take();
    let codes = [audit(ORDER), audit(ORDER), audit("120523"), audit("120523"), audit(ORDER)];
    assert_eq!(codes, [2, 3, 1, 3, 0]);
    let device = || lender.ask(DEVICE, &json!({"uid": UID}))["code"].take();
    assert_eq!([device(), device()], [4, 0], "a pull is of the order that was pushed");
}

#[test]
fn a_call_that_is_refused_uses_up_no_fault() {
    let lender = Lender::start();
    lender.faults(&json!([{"kind": "audit", "fault": "code:7"}]));
    lender.post(&PLAIN, AUDIT, &json!({"appId": "10001"})).expect("an answer");
    assert_eq!(lender.ask(AUDIT, &json!({"orderId": ORDER}))["code"], 10002);
    assert_eq!(lender.ask(AUDIT, &json!({"orderId": ORDER, "status": 6004}))["code"], 7);
}

#[test]
fn a_list_of_faults_replaces_the_one_before_and_a_reset_forgets_it() {
    let lender = Lender::start();
    let planned = |code: u32| json!([{"kind": "audit", "fault": format!("code:{code}"), "times": 9}]);
    let code = || lender.ask(AUDIT, &json!({"orderId": ORDER, "status": 6004}))["code"].take();
    lender.faults(&planned(1));
    lender.faults(&planned(2));
    assert_eq!(code(), 2);
    lender.faults(&json!([]));
    assert_eq!(code(), 0);
    lender.faults(&planned(3));
    lender.sandbox.post("/_control/reset");
    assert_eq!(code(), 0);
}

#[test]
fn a_fault_that_rongshu_does_not_have_is_refused_with_an_explanation() {
    let lender = Lender::start();
    for (faults, reason) in [
        (json!([{"kind": "audit", "fault": "fire"}]), "timeout_after_effect"),
        (json!([{"kind": "audit", "fault": "code:"}]), "code:N"),
        (json!([{"kind": "audit", "fault": "code:0"}]), "code:N"),
        (json!([{"kind": "credit_card", "fault": "timeout"}]), "creditCard"),
        (json!([{"kind": "audit", "fault": "timeout", "times": 0}]), "times is at least 1"),
        (json!([{"kind": "audit", "fault": "timeout", "colour": "red"}]), "colour"),
        (json!({"kind": "audit", "fault": "timeout"}), "sequence"),
    ] {
        let answer = lender.faults(&faults);
        assert_eq!(answer.status, 400, "{faults}");
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    }
}
