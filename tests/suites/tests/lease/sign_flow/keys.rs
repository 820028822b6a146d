//! A flow under an Idempotency-Key: its answers are kept as any other's, and a step's outcome is not the flow's.

use std::time::Duration;

use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::{ORDER, done, refused};

use super::{AUTH, CREATE, QUERY, SUBMIT, SYNC, finished, flow, hasty};

#[tokio::test(start_paused = true)]
async fn a_finished_flow_is_answered_again_from_its_key() {
    let lease = hasty().await;
    let first = lease.send(&flow().key("k-1")).await;
    assert_eq!(done(&first), finished());
    lease.ant.heard();
    assert_eq!(lease.send(&flow().key("k-1")).await.brief(), first.brief());
    assert_eq!(lease.ant.heard(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_flow_whose_step_is_unknown_goes_on_under_its_key_once_it_is_resolved() {
    for method in [SYNC, SUBMIT, CREATE, AUTH] {
        for happened in [true, false] {
            for reconciled in [true, false] {
                let lease = hasty().await;
                lease.ant.plan(method, None, Spoil::Timeout, happened, 1);
                assert_eq!(lease.send(&flow().key("k-1")).await.status, 504);
                if reconciled {
                    lease.world.pass(Duration::from_mins(1)).await;
                    lease.reconcile().await.expect("a run");
                }
                let data = done(&lease.send(&flow().key("k-1")).await);
                assert_eq!(data, finished(), "{method} {happened} {reconciled}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_was_not_answered_a_question_goes_on_under_its_key() {
    let lease = hasty().await;
    lease.ant.fail_times(QUERY, Spoil::Http(500), 4);
    assert_eq!(refused(&lease.send(&flow().key("k-1")).await), (504, "ANT_UNKNOWN".to_owned()));
    assert_eq!(done(&lease.send(&flow().key("k-1")).await), finished());
    assert_eq!(lease.ant.effects(ORDER, CREATE), 1);
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_ran_out_of_time_goes_on_under_its_key() {
    let lease = hasty().await;
    for method in [SYNC, SUBMIT, CREATE] {
        lease.ant.plan(method, None, Spoil::Slow(Duration::from_secs(7)), true, 1);
    }
    assert_eq!(done(&lease.send(&flow().key("k-1")).await)["waiting_for"], "retry");
    assert_eq!(done(&lease.send(&flow().key("k-1")).await), finished());
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_lacks_a_field_goes_on_under_another_key() {
    let lease = hasty().await;
    let empty = super::flow_with(&json!({}));
    assert_eq!(lease.send(&empty.clone().key("k-1")).await.status, 400);
    assert_eq!(lease.send(&empty.key("k-1")).await.status, 400, "and under its own it is what it was");
    assert_eq!(done(&lease.send(&flow().key("k-2")).await), finished());
}

#[tokio::test(start_paused = true)]
async fn a_flow_that_ant_declines_is_so_answered_under_its_key_and_goes_on_under_another() {
    let lease = hasty().await;
    lease.ant.fail(SUBMIT, Spoil::ResultCode("SYSTEM_BUSY"));
    let first = lease.send(&flow().key("k-1")).await;
    assert_eq!(first.status, 502);
    assert_eq!(lease.send(&flow().key("k-1")).await.brief(), first.brief());
    let data: Value = done(&lease.send(&flow().key("k-2")).await);
    assert_eq!(data, finished());
}
