//! Who may set a precondition aside (§12): unbinding an order whose contract was never finished, and answering an
//! application that we know nothing of (R4).

use serde_json::json;
use suites::lease::request::Request;
use suites::lease::{Lease, OPERATOR, ORDER, done, refused};

const FORBIDDEN: &str = r#"{"code":"FORBIDDEN","message":"the override is not allowed to this caller"}"#;

fn unbind(query: &str) -> Request {
    Request::delete(ORDER, "/withhold-sign").query(query)
}

fn confirm(body: &serde_json::Value) -> Request {
    Request::post(ORDER, "/unsign-confirm").body(body)
}

#[tokio::test(start_paused = true)]
async fn an_operator_unbinds_an_order_whose_withhold_is_signed_and_nothing_more() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    assert_eq!(refused(&lease.send(&unbind("").by(OPERATOR)).await), (422, "PRECONDITION_FAILED".to_owned()));
    let data = done(&lease.send(&unbind("override=true").by(OPERATOR)).await);
    assert_eq!(data["state"], "UNBOUND");
    let rows = lease.world.items(suites::lease::HISTORY);
    let last = rows.iter().find(|row| row["to"]["S"] == "UNBOUND").expect("a transition");
    assert_eq!(last["who"]["S"], OPERATOR);
    assert!(last["why"]["S"].as_str().is_some_and(|why| why.contains("override")), "{last}");
}

#[tokio::test(start_paused = true)]
async fn the_override_of_an_unbinding_is_for_no_other_state() {
    for state in ["SYNCED", "WITHHOLD_SIGNING", "SEALING", "ACTIVE", "PLAN_CANCELLED", "FULFILLED"] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.heard();
        let got = lease.send(&unbind("override=true").by(OPERATOR)).await;
        assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()), "{state}");
        assert_eq!(lease.ant.heard(), Vec::<String>::new());
    }
}

#[tokio::test(start_paused = true)]
async fn an_operator_answers_an_application_that_was_never_told_of() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.user_applies_to_unsign(ORDER);
    let refuse =
        json!({"operate": "REFUSE", "refuse_reason_code": "USER_IN_SERVICE", "user_in_service": "camera"});
    assert_eq!(
        refused(&lease.send(&confirm(&refuse).by(OPERATOR)).await),
        (422, "PRECONDITION_FAILED".to_owned())
    );
    let mut overridden = refuse;
    overridden["override"] = true.into();
    done(&lease.send(&confirm(&overridden).by(OPERATOR)).await);
    assert!(!lease.ant.order(ORDER).unsign_pending);
    let sent = lease.ant.calls().pop().expect("a call");
    assert!(!sent.form.contains_key("override"), "{:?}", sent.form);
}

#[tokio::test(start_paused = true)]
async fn whoever_else_asks_for_an_override_is_forbidden_it_whatever_the_state() {
    for state in ["SYNCED", "WITHHOLD_SIGNED", "ACTIVE", "CLOSED"] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.heard();
        let body = json!({"operate": "AGREE", "override": true});
        for request in [unbind("override=true"), confirm(&body)] {
            for who in [
                suites::lease::CALLER,
                "arn:aws:sts::999999999999:assumed-role/lease-operator/ann",
                "arn:aws:sts::123456789012:assumed-role/lease-operator-2/ann",
                "arn:aws:iam::123456789012:user/lease-operator",
            ] {
                let got = lease.send(&request.clone().by(who)).await;
                assert_eq!(got.brief(), (403, FORBIDDEN), "{who} in {state}");
            }
        }
        assert_eq!(lease.ant.heard(), Vec::<String>::new());
        assert_eq!(lease.state(ORDER), state);
    }
}

#[tokio::test(start_paused = true)]
async fn the_role_itself_is_an_operator_as_its_sessions_are() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    let role = "arn:aws:iam::123456789012:role/lease-operator";
    done(&lease.send(&unbind("override=true").by(role)).await);
}

#[tokio::test(start_paused = true)]
async fn an_override_that_is_not_asked_for_needs_no_permission() {
    let lease = Lease::new().await;
    lease.closed(ORDER).await;
    done(&lease.send(&unbind("override=false")).await);
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    let got = lease.send(&confirm(&json!({"operate": "AGREE", "override": false}))).await;
    assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_not_there_is_not_found_before_an_override_is_judged() {
    let lease = Lease::new().await;
    let got = lease.send(&unbind("override=true")).await;
    assert_eq!(refused(&got), (404, "ORDER_NOT_FOUND".to_owned()));
}
