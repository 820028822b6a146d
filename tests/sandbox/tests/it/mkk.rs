//! The lender.

use crate::running::Running;

const CLOSED: &str = r#"{ "contract_number":"77-1", "status":"CLOSED","line_limit":50000.00 }"#;

#[test]
fn a_line_is_answered_byte_for_byte_until_it_is_replaced() {
    let sandbox = Running::start();
    assert_eq!(sandbox.put("/_control/mkk/lines/77-1", CLOSED.as_bytes()).status, 200);
    for _ in 0..2 {
        let answer = sandbox.get("/mkk/lines/77-1");
        assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
        assert_eq!(answer.body, CLOSED.as_bytes());
    }
    sandbox.put("/_control/mkk/lines/77-1", b"\xff not even text");
    assert_eq!(sandbox.get("/mkk/lines/77-1").body, b"\xff not even text");
}

#[test]
fn a_line_that_was_not_set_is_not_found() {
    let sandbox = Running::start();
    assert_eq!(sandbox.get("/mkk/lines/77-1").status, 404);
    assert_eq!(sandbox.requests("")[0]["outcome"], "not_found");
}

#[test]
fn contract_numbers_of_any_kind_are_percent_decoded() {
    let sandbox = Running::start();
    for encoded in ["77%2F1", "%2E%2E", "%D0%A0-1%20%25", "a%3Fb%23c", "%00", "%F0%9F%A6%80", "77+1"] {
        sandbox.put(&format!("/_control/mkk/lines/{encoded}"), encoded.as_bytes());
        assert_eq!(sandbox.get(&format!("/mkk/lines/{encoded}")).body, encoded.as_bytes(), "{encoded}");
    }
    assert_eq!(sandbox.requests("?order=77/1")[0]["path"], "/mkk/lines/77%2F1");
    assert_eq!(sandbox.requests("?order=%D0%A0-1%20%25").len(), 1);
}

#[test]
fn faults_hold_until_they_are_replaced() {
    let sandbox = Running::start();
    let set = |body: &str| sandbox.put("/_control/mkk/lines/77-1", body.as_bytes()).status;
    for (fault, status) in [("http_500", 500), ("not_found", 404), ("garbage", 200)] {
        assert_eq!(set(&format!(r#"{{"fault":"{fault}"}}"#)), 200);
        for _ in 0..2 {
            assert_eq!(sandbox.get("/mkk/lines/77-1").status, status, "{fault}");
        }
    }
    let garbage = sandbox.get("/mkk/lines/77-1").body;
    assert!(serde_json::from_slice::<serde_json::Value>(&garbage).is_err(), "garbage is no JSON");
    assert_eq!(set(CLOSED), 200);
    assert_eq!(sandbox.get("/mkk/lines/77-1").body, CLOSED.as_bytes());
}

#[test]
fn a_timeout_leaves_the_caller_without_an_answer() {
    let sandbox = Running::start();
    sandbox.put("/_control/mkk/lines/77-1", br#"{"fault":"timeout"}"#);
    let held = sandbox.call("GET", "/mkk/lines/77-1", b"");
    assert!(matches!(held, Err(ureq::Error::Timeout(_))), "no answer within the caller's time");
    let log = sandbox.requests("?order=77-1");
    assert_eq!((&log[0]["outcome"], &log[0]["response"]), (&"timeout".into(), &serde_json::Value::Null));
}

#[test]
fn an_answer_that_merely_has_a_member_called_fault_is_an_answer() {
    let sandbox = Running::start();
    let body = br#"{"contract_number":"77-1","fault":"timeout"}"#;
    assert_eq!(sandbox.put("/_control/mkk/lines/77-1", body).status, 200);
    assert_eq!(sandbox.get("/mkk/lines/77-1").body, body);
}

#[test]
fn a_fault_that_mkk_does_not_have_is_refused_with_an_explanation() {
    let sandbox = Running::start();
    for body in [r#"{"fault":"fire"}"#, r#"{"fault":7}"#] {
        let answer = sandbox.put("/_control/mkk/lines/77-1", body.as_bytes());
        assert_eq!(answer.status, 400);
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains("timeout, http_500, garbage, not_found"), "{error}");
    }
    assert_eq!(sandbox.put("/_control/mkk/lines/%FF", b"{}").status, 400);
    assert_eq!(sandbox.get("/mkk/lines/77-1").status, 404, "nothing was set");
}

#[test]
fn a_call_that_mkk_does_not_have_is_logged_and_not_found() {
    let sandbox = Running::start();
    assert_eq!(sandbox.get("/mkk/lines/77/1").status, 404);
    assert_eq!(sandbox.post("/mkk/lines/77-1").status, 404);
    assert_eq!(sandbox.get("/mkk/lines/%FF").status, 404);
    let log = sandbox.requests("?partner=mkk");
    let kinds: Vec<_> = log.iter().map(|entry| (&entry["kind"], &entry["outcome"])).collect();
    assert_eq!(kinds, [(&"unknown".into(), &"unknown_call".into()); 3]);
}

#[test]
fn a_body_over_the_lenders_limit_can_be_played() {
    let sandbox = Running::start();
    let huge = vec![b' '; 3 << 20];
    assert_eq!(sandbox.put("/_control/mkk/lines/77-1", &huge).status, 200);
    assert_eq!(sandbox.get("/mkk/lines/77-1").body.len(), huge.len());
}
