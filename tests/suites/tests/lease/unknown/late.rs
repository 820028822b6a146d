//! What Ant has not done yet it may still do: that something did not happen is believed a minute later (`ANT_LATE_MS`).

use std::time::Duration;

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, Options, body, done, refused};
use world::{Fault, On};

const CANCEL: &str = "antchain.ato.withhold.plan.cancel";
const PATH: &str = "/withhold-plan/cancel";

async fn active() -> Lease {
    let before = Lease::new().await;
    before.active(ORDER).await;
    before.restarted_with(Options { late: true, ..Options::default() }).await
}

#[tokio::test(start_paused = true)]
async fn that_it_did_not_happen_is_believed_only_when_it_can_no_longer_come() {
    let lease = active().await;
    let reason = json!({"cancel_reason": "RENTING_OUT"});
    lease.ant.plan(CANCEL, Some(ORDER), Spoil::Reset, false, 1);
    assert_eq!(refused(&lease.post(ORDER, PATH, &reason).await), (504, "ANT_UNKNOWN".into()));
    for wait in [Duration::ZERO, Duration::from_millis(59_999)] {
        lease.world.pass(wait).await;
        assert_eq!(done(&lease.get(ORDER, "").await)["unknown_operation"], CANCEL);
        assert_eq!(refused(&lease.post(ORDER, PATH, &reason).await), (409, "STATE_CONFLICT".into()));
    }
    lease.world.pass(Duration::from_millis(1)).await;
    assert_eq!(done(&lease.get(ORDER, "").await)["unknown_operation"], json!(null));
    assert_eq!(done(&lease.post(ORDER, PATH, &reason).await)["state"], "PLAN_CANCELLED");
    assert_eq!(lease.ant.effects(ORDER, CANCEL), 1);
}

#[tokio::test(start_paused = true)]
async fn that_it_happened_is_believed_at_once() {
    let lease = active().await;
    lease.ant.plan(CANCEL, Some(ORDER), Spoil::Reset, true, 1);
    let reason = json!({"cancel_reason": "RENTING_OUT"});
    assert_eq!(refused(&lease.post(ORDER, PATH, &reason).await), (504, "ANT_UNKNOWN".into()));
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "PLAN_CANCELLED");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_meets_another_at_the_order_is_tried_again_before_and_after_the_call() {
    // What is about to be asked is one row; what came of it is told of as well.
    for write in ["PutItem", "TransactWriteItems"] {
        let lease = active().await;
        lease.world.fail(On::call(write), Fault::TransactionConflict);
        let got = lease.post(ORDER, PATH, &json!({"cancel_reason": "RENTING_OUT"})).await;
        assert_eq!(done(&got)["state"], "PLAN_CANCELLED", "{}", body(&got));
        assert_eq!(lease.ant.effects(ORDER, CANCEL), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_whose_write_was_not_answered_is_looked_for_before_it_is_given_up() {
    let lease = active().await;
    lease.world.fail(On::call("TransactWriteItems"), Fault::HangAfterEffect);
    let got = lease.post(ORDER, PATH, &json!({"cancel_reason": "RENTING_OUT"})).await;
    assert_eq!(done(&got)["state"], "PLAN_CANCELLED", "{}", body(&got));
    assert_eq!((lease.ant.effects(ORDER, CANCEL), lease.state(ORDER).as_str()), (1, "PLAN_CANCELLED"));
}
