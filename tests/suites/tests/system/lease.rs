//! Leasing (lease §4, §7, §11, §12): upstream's signed calls, Ant in the sandbox, its notifications, the reconciling job.

use std::{process, time::Duration};

use http::Request;
use local::Response;
use platform::Clock;
use serde_json::{Value, json};
use suites::lease::bodies;

use crate::world::platform;

const SYNC: &str = "antchain.ato.front.trade.sync";
const SEAL: &str = "antchain.ato.sign.flow.auth";
const CANCEL: &str = "antchain.ato.withhold.plan.cancel";
const REASON: &str = "RENTING_AND_RESALE";

/// An order, of which no other test knows.
pub(crate) struct Lease {
    pub(crate) id: String,
}

impl Lease {
    pub(crate) fn new(test: &str) -> Self {
        Self { id: format!("L-{test}-{}", process::id()) }
    }

    /// A call of the order's route, or of one below it, as upstream makes it.
    pub(crate) fn call(&self, method: &str, below: &str, body: Option<&Value>) -> Response {
        self.call_with(&[], method, below, body)
    }

    fn call_with_key(&self, key: &str, method: &str, below: &str, body: &Value) -> Response {
        self.call_with(&[("idempotency-key", key)], method, below, Some(body))
    }

    fn call_with(
        &self,
        headers: &[(&str, &str)],
        method: &str,
        below: &str,
        body: Option<&Value>,
    ) -> Response {
        let body = body.map(Value::to_string).unwrap_or_default();
        platform().call_signed(method, &self.route(below), headers, body.as_bytes()).unwrap()
    }

    fn route(&self, below: &str) -> String {
        format!("/ant-lease/orders/{}{below}", self.id)
    }

    /// Has Ant's order become so, without Ant telling us.
    pub(crate) fn becomes_at_ant(&self, change: &Value) {
        let path = format!("/ant/orders/{}", self.id);
        platform().control("PUT", &path, change.to_string().as_bytes()).unwrap();
    }

    /// Has Ant notify us, and gives the status and the body that we answer.
    fn notify(&self, publish_type: &str, more: &Value) -> (Value, Value) {
        let mut wanted = json!({
            "order_id": self.id, "msg_publish_type": publish_type, "msg_content": "{\"内容\":\"a+b &=%\"}",
        });
        wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let body = wanted.to_string();
        let answer = platform().control("POST", "/ant/notify", body.as_bytes()).unwrap().json().unwrap();
        (answer["http_status"].clone(), answer["body"].clone())
    }

    /// What Ant received about the order, oldest first.
    fn calls_to_ant(&self) -> Vec<Value> {
        let path = format!("/requests?partner=ant&order={}", self.id);
        let requests = platform().control("GET", &path, b"").unwrap().json().unwrap();
        requests.as_array().unwrap().clone()
    }

    /// How often a method was called.
    pub(crate) fn calls_of(&self, method: &str) -> usize {
        self.calls_to_ant().iter().filter(|call| call["kind"] == method).count()
    }

    /// What a table has under the order's id.
    pub(crate) fn rows(&self, table: &str) -> Vec<Value> {
        let table = platform().outputs.table(table).unwrap();
        platform().engine.items(table, "order_id", &self.id).unwrap()
    }

    pub(crate) fn state(&self) -> String {
        self.rows("lease_orders")[0]["state"]["S"].as_str().unwrap().to_owned()
    }

    /// Registers the order, and goes as far as its user's signature.
    pub(crate) fn waits_for_the_user(&self) {
        assert_eq!(done(&self.call("PUT", "", Some(&bodies::order())))["state"], "SYNCED");
        self.flow_submits(&bodies::contract());
    }

    fn flow_submits(&self, contract: &Value) {
        let data = done(&self.call("POST", "/sign-flow", Some(contract)));
        assert_eq!(
            (&data["state"], &data["waiting_for"]),
            (&json!("WITHHOLD_SIGNING"), &json!("withhold_signature"))
        );
        assert!(data["sign_info"].is_string() && data["sign_str"].is_string(), "{data}");
    }
}

/// What a call came to.
#[track_caller]
fn done(answer: &Response) -> Value {
    let body = answer.json().unwrap();
    assert_eq!((answer.status, &body["code"]), (200, &json!("OK")), "{body}");
    body["data"].clone()
}

/// The status and the code of a call that came to nothing.
fn refused(answer: &Response) -> (u16, String) {
    (answer.status, answer.json().unwrap()["code"].as_str().unwrap_or_default().to_owned())
}

fn is(code: &str, status: u16) -> (u16, String) {
    (status, code.to_owned())
}

fn taken() -> (Value, Value) {
    (json!(200), json!({"result_code": "OK"}))
}

/// Runs the reconciling job as if its schedule were later by `ahead`.
fn reconcile(ahead: Duration) {
    let function = platform().outputs.function("lease-reconcile").unwrap();
    let time = (Clock::system().now() + ahead).to_string();
    let answer = platform().engine.invoke(function, &json!({"time": time, "id": "test"})).unwrap();
    assert_eq!((answer.header("x-amz-function-error"), answer.text().as_str()), ("", "null"));
}

#[test]
fn an_order_goes_from_its_registration_to_the_end_of_its_agreement() {
    let lease = Lease::new("life");
    it_is_registered_once(&lease);
    it_is_signed_and_sealed(&lease);
    its_user_may_not_leave(&lease);
    its_plan_is_cancelled_although_the_answer_is_lost(&lease);
    assert_eq!(done(&lease.call("POST", "/close", Some(&json!({"reason": REASON}))))["state"], "CLOSED");
    assert_eq!(done(&lease.call("DELETE", "/withhold-sign", None))["state"], "UNBOUND");
    every_call_to_ant_was_signed(&lease);
    nothing_of_its_user_is_seen(&lease);
}

fn it_is_registered_once(lease: &Lease) {
    let [first, repeat] = [(); 2].map(|()| lease.call_with_key("put-1", "PUT", "", &bodies::order()));
    assert_eq!(done(&first)["state"], "SYNCED");
    assert_eq!((repeat.status, repeat.text()), (first.status, first.text()));
    assert_eq!(lease.calls_of(SYNC), 1);
}

fn it_is_signed_and_sealed(lease: &Lease) {
    lease.flow_submits(&bodies::contract_of_two());
    lease.becomes_at_ant(&json!({"withhold_status": "SIGNED"}));
    // The gateway hands a form on in Base64.
    assert_eq!(lease.notify("ORDER_STATUS_CHANGE", &json!({"as": "form"})), taken());
    assert_eq!(lease.state(), "WITHHOLD_SIGNED");
    let data = done(&lease.call("POST", "/sign-flow", Some(&json!({}))));
    assert_eq!((&data["state"], &data["waiting_for"]), (&json!("ACTIVE"), &Value::Null));
    assert_eq!(lease.calls_of(SEAL), 2);
}

fn its_user_may_not_leave(lease: &Lease) {
    let refusal =
        json!({"operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 12345});
    let confirm = || lease.call("POST", "/unsign-confirm", Some(&refusal));
    assert_eq!(refused(&confirm()), is("PRECONDITION_FAILED", 422));
    let as_json = json!({"as": "json", "msg_id": format!("m-{}", lease.id), "key": 2});
    for _ in 0..2 {
        assert_eq!(lease.notify("ASYNC_UNSIGN_APPLY", &as_json), taken());
    }
    assert_eq!(done(&confirm())["state"], "ACTIVE");
}

fn its_plan_is_cancelled_although_the_answer_is_lost(lease: &Lease) {
    let fault = json!([{"method": CANCEL, "order": lease.id, "fault": "timeout_after_effect", "times": 1}]);
    platform().control("PUT", "/ant/faults", fault.to_string().as_bytes()).unwrap();
    let body = json!({"cancel_reason": REASON});
    let cancel = || lease.call_with_key("cancel-1", "POST", "/withhold-plan/cancel", &body);
    assert_eq!(refused(&cancel()), is("ANT_UNKNOWN", 504));
    assert_eq!(refused(&cancel()), is("STATE_CONFLICT", 409));
    assert_eq!(lease.state(), "ACTIVE");
    reconcile(Duration::from_mins(2));
    assert_eq!(lease.state(), "PLAN_CANCELLED");
    assert_eq!(done(&cancel())["state"], "PLAN_CANCELLED");
    assert_eq!(lease.calls_of(CANCEL), 1);
}

fn every_call_to_ant_was_signed(lease: &Lease) {
    let calls = lease.calls_to_ant();
    assert!(calls.len() > 10, "{}", calls.len());
    for call in &calls {
        assert_eq!(call["verified"], true, "{call}");
    }
    let opened: String = calls.iter().map(|call| call["decrypted"].to_string()).collect();
    for identity in &bodies::IDENTITIES[..3] {
        assert!(opened.contains(identity), "Ant was not told {identity}");
    }
}

/// What the user is called and so on reaches Ant encrypted, and stands nowhere else.
fn nothing_of_its_user_is_seen(lease: &Lease) {
    let mut calls = lease.calls_to_ant();
    for call in &mut calls {
        call.as_object_mut().unwrap().remove("decrypted");
    }
    let stored = ["lease_orders", "lease_documents", "lease_history", "lease_requests"]
        .map(|table| lease.rows(table))
        .concat();
    let logs = platform().engine.log_lines(&platform().outputs.log_groups["lease"], &lease.id).unwrap();
    assert!(stored.len() > 10 && !logs.is_empty());
    let seen = json!([calls, stored, logs]).to_string();
    for identity in bodies::IDENTITIES {
        assert!(!seen.contains(identity), "{identity} is seen");
    }
}

#[test]
fn what_nobody_signed_is_refused_and_nothing_comes_of_it() {
    let lease = Lease::new("unsigned");
    let url = format!("{}{}", platform().outputs.http_url, lease.route(""));
    let unsigned = Request::put(url).body(bodies::order().to_string().into_bytes());
    assert_eq!(platform().send(unsigned).unwrap().status, 403);
    let msg_id = format!("m-{}", lease.id);
    for shape in ["form", "json"] {
        let forged = json!({"as": shape, "tamper": "sign", "msg_id": msg_id});
        let answer = lease.notify("ASYNC_UNSIGN_APPLY", &forged);
        assert_eq!(answer, (json!(401), json!({"result_code": "SIGNATURE_INVALID"})));
    }
    let notifications = platform().outputs.table("ant_notifications").unwrap();
    assert_eq!(platform().engine.items(notifications, "msg_id", &msg_id).unwrap(), Vec::<Value>::new());
    assert_eq!(lease.calls_to_ant(), Vec::<Value>::new());
    assert_eq!(refused(&lease.call("GET", "", None)), is("ORDER_NOT_FOUND", 404));
}

#[test]
fn whoever_may_override_ends_an_agreement_before_its_time() {
    let lease = Lease::new("override");
    lease.waits_for_the_user();
    lease.becomes_at_ant(&json!({"withhold_status": "SIGNED"}));
    assert_eq!(done(&lease.call("GET", "/withhold-sign", None))["state"], "WITHHOLD_SIGNED");
    assert_eq!(refused(&lease.call("DELETE", "/withhold-sign", None)), is("PRECONDITION_FAILED", 422));
    assert_eq!(done(&lease.call("DELETE", "/withhold-sign?override=true", None))["state"], "UNBOUND");
}
