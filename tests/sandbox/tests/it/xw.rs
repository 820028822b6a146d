//! The depository.

use serde_json::{Value, json};

use crate::running::{Answer, Running};
use crate::stand_in::StandIn;

fn state(xw: &Running, uid: &str) -> Value {
    let answer = xw.get(&format!("/xw/users/{uid}"));
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
    answer.json()
}

fn set(xw: &Running, uid: &str, body: &str) -> Answer {
    xw.put(&format!("/_control/xw/users/{uid}"), body.as_bytes())
}

/// The queue of its events, known to the sandbox.
fn events(xw: &Running) -> StandIn {
    let sqs = StandIn::start();
    let told = json!({
        "aws_endpoint": sqs.url, "region": "eu-north-1", "access_key_id": "key-1",
        "secret_access_key": "secret", "queues": {"depository-events": sqs.queue_url("depository-events")},
    });
    assert_eq!(xw.put("/_control/queues", told.to_string().as_bytes()).status, 200);
    sqs
}

fn sent(sqs: &StandIn) -> Vec<Value> {
    let bodies = sqs.bodies("depository-events");
    bodies.iter().map(|body| serde_json::from_str(body).expect("JSON")).collect()
}

#[test]
fn an_account_is_what_it_was_set_to_and_none_before() {
    let xw = Running::start();
    assert_eq!(state(&xw, "u-1"), json!({"state": "none"}));
    for told in ["open", "none", "open"] {
        assert_eq!(set(&xw, "u-1", &json!({"state": told}).to_string()).status, 200);
        assert_eq!(state(&xw, "u-1"), json!({"state": told}));
    }
    assert_eq!(state(&xw, "u-2"), json!({"state": "none"}));
    let log = xw.requests("?partner=xw&order=u-1");
    let first =
        json!([log[0]["kind"], log[0]["order"], log[0]["uid"], log[0]["verified"], log[0]["outcome"]]);
    assert_eq!(first, json!(["user", "u-1", "u-1", true, "answered"]));
    assert_eq!((log.len(), &log[3]["response"]), (4, &json!({"state": "open"})));
    xw.post("/_control/reset");
    assert_eq!(state(&xw, "u-1"), json!({"state": "none"}));
}

#[test]
fn faults_are_used_up_one_by_one() {
    let xw = Running::start();
    let told = br#"[{"fault":"http_500","times":2},{"fault":"timeout"}]"#;
    assert_eq!(xw.put("/_control/xw/faults", told).status, 200);
    assert_eq!([0, 0].map(|_| xw.get("/xw/users/u-1").status), [500, 500]);
    let held = xw.call("GET", "/xw/users/u-1", b"");
    assert!(matches!(held, Err(ureq::Error::Timeout(_))), "no answer within the caller's time");
    assert_eq!(state(&xw, "u-1"), json!({"state": "none"}));
    let log = xw.requests("?partner=xw");
    let outcomes: Vec<_> = log.iter().map(|entry| entry["outcome"].as_str().expect("a text")).collect();
    assert_eq!(outcomes, ["fault:http_500", "fault:http_500", "fault:timeout", "answered"]);
}

#[test]
fn what_it_has_not_or_cannot_be_told_is_refused() {
    let xw = Running::start();
    for (method, path) in [("POST", "/xw/users/u-1"), ("GET", "/xw/users/"), ("GET", "/xw/users/u/1")] {
        assert_eq!(xw.call(method, path, b"").expect("an answer").status, 404, "{method} {path}");
    }
    assert_eq!(xw.requests("")[0]["outcome"], "unknown_call");
    for body in ["", "{}", r#"{"state":"failed"}"#, r#"{"state":"open","more":1}"#] {
        assert_eq!(set(&xw, "u-1", body).status, 400, "{body}");
    }
    assert_eq!(xw.put("/_control/xw/faults", br#"[{"fault":"refused"}]"#).status, 400);
    let early = xw.call("POST", "/_control/xw/users/u-1/events", br#"{"state":"open"}"#);
    assert_eq!(early.expect("an answer").status, 409);
}

#[test]
fn an_event_goes_on_its_queue_and_leaves_the_account() {
    let xw = Running::start();
    let sqs = events(&xw);
    let whole = json!({"state": "failed", "event_id": "e-1", "occurred_at": "2018-08-08T06:37:00Z"});
    for body in [json!({"state": "open"}), whole] {
        let path = "/_control/xw/users/u%2D1/events";
        let answer = xw.call("POST", path, body.to_string().as_bytes()).expect("an answer");
        assert_eq!((answer.status, &answer.json()["sent"]), (200, sent(&sqs).last().expect("an event")));
    }
    let events = sent(&sqs);
    assert_eq!((&events[0]["uid"], &events[0]["state"]), (&json!("u-1"), &json!("open")));
    assert!(events[0]["event_id"].as_str().expect("a text").starts_with("xw-"));
    assert!(events[0]["occurred_at"].as_str().expect("an instant").ends_with('Z'));
    let other =
        json!({"event_id": "e-1", "uid": "u-1", "state": "failed", "occurred_at": "2018-08-08T06:37:00Z"});
    assert_eq!(events[1], other);
    assert_eq!(state(&xw, "u-1"), json!({"state": "none"}));
    assert_eq!(xw.call("POST", "/_control/xw/users/u-1/events", b"{}").expect("an answer").status, 400);
    sqs.set_broken(true);
    let failed = xw.call("POST", "/_control/xw/users/u-1/events", br#"{"state":"open"}"#);
    assert_eq!(failed.expect("an answer").status, 502);
}

#[test]
fn the_page_opens_the_account_tells_so_and_leads_back() {
    let xw = Running::start();
    let page = "/xw/open?uid=u-1&back=https%3A%2F%2Fexample.com%2Fdone%3Fa%3D1";
    let shown = xw.get(page);
    assert_eq!((shown.status, shown.content_type.as_str()), (200, "text/html; charset=utf-8"));
    assert!(String::from_utf8_lossy(&shown.body).contains(r#"method="post""#));
    assert_eq!(state(&xw, "u-1"), json!({"state": "none"}));
    let sqs = events(&xw);
    let answer = xw.leaving("POST", page);
    assert_eq!(answer, (303, "https://example.com/done?a=1".to_owned()));
    assert_eq!(state(&xw, "u-1"), json!({"state": "open"}));
    let event = sent(&sqs).remove(0);
    assert_eq!((&event["uid"], &event["state"]), (&json!("u-1"), &json!("open")));
    let log = xw.requests("?partner=xw&order=u-1");
    assert_eq!((&log[0]["kind"], &log[0]["query"]["uid"]), (&json!("page"), &json!("u-1")));
    assert_eq!(
        xw.call("POST", "/xw/open?uid=u-2", b"").expect("an answer").status,
        200,
        "nowhere to lead to"
    );
    assert_eq!(state(&xw, "u-2"), json!({"state": "open"}));
    for wrong in
        ["/xw/open", "/xw/open?uid=u-1&back=", "/xw/open?uid=&back=x", "/xw/open?uid=u-1&back=x&more=1"]
    {
        assert_eq!(xw.get(wrong).status, 400, "{wrong}");
    }
    assert_eq!(xw.requests("").pop().expect("an entry")["outcome"], "refused:malformed");
}
