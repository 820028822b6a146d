//! The controls that concern every partner.

use serde_json::{Value, json};

use crate::running::Running;

#[test]
fn the_log_has_every_field_and_is_oldest_first() {
    let sandbox = Running::start();
    sandbox.put("/_control/mkk/lines/77-1", br#"{"status":"ACTIVE"}"#);
    sandbox.get("/mkk/lines/77-1?a=b%20c");
    sandbox.get("/mkk/lines/77-2");
    let mut log = sandbox.requests("");
    let at = log[0]["at"].take();
    assert!(at.as_str().expect("an instant").ends_with('Z'), "{at}");
    assert!(log[0]["headers"].take().is_object());
    let first = json!({
        "partner": "mkk", "order": "77-1", "kind": "line", "method": "GET", "path": "/mkk/lines/77-1",
        "at": null, "timestamp": null, "query": {"a": "b c"}, "headers": null, "form": null, "body": null,
        "decrypted": null, "verified": true, "outcome": "answered", "response": {"status": "ACTIVE"},
    });
    assert_eq!(log[0], first);
    assert_eq!(log[1]["order"], "77-2");
    assert_eq!(log[1]["query"], Value::Null);
}

#[test]
fn the_log_is_asked_by_partner_and_order() {
    let sandbox = Running::start();
    sandbox.get("/mkk/lines/77-1");
    sandbox.get("/mkk/lines/77-2");
    for (query, count) in [("?partner=mkk", 2), ("?partner=mkk&order=77-2", 1), ("?order=77-3", 0)] {
        assert_eq!(sandbox.requests(query).len(), count, "{query}");
    }
}

#[test]
fn a_question_to_the_log_that_cannot_be_is_refused_with_an_explanation() {
    let sandbox = Running::start();
    for (query, reason) in [("?partner=nobody", "nobody"), ("?colour=red", "colour")] {
        let answer = sandbox.get(&format!("/_control/requests{query}"));
        assert_eq!(answer.status, 400);
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn a_reset_forgets_lines_and_log() {
    let sandbox = Running::start();
    sandbox.put("/_control/mkk/lines/77-1", b"{}");
    sandbox.get("/mkk/lines/77-1");
    assert_eq!(sandbox.post("/_control/reset").status, 200);
    assert_eq!(sandbox.requests(""), Vec::<Value>::new());
    assert_eq!(sandbox.get("/mkk/lines/77-1").status, 404);
}

#[test]
fn health_is_ok_and_an_unknown_control_says_so() {
    let sandbox = Running::start();
    assert_eq!(sandbox.get("/_control/health").json(), json!({"status": "ok"}));
    let unknown = sandbox.put("/_control/nothing/here", b"");
    assert_eq!(unknown.status, 404);
    assert_eq!(unknown.json()["error"], "there is no control /_control/nothing/here");
}
