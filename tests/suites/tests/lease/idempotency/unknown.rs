//! A key whose request has an outcome that is not known (§12): a repeat waits, gets what was found out, or does it.

use std::time::Duration;

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{ANT, Lease, ORDER, REQUESTS, bodies, body, done, refused};
use world::On;

use crate::operations::Operation;

/// An order whose operation, under the key k-1, was lost after it was done, or before.
async fn lost(operation: Operation, after_effect: bool) -> (Lease, Request) {
    let lease = operation.prepared().await;
    lease.ant.plan(operation.method(), None, Spoil::Timeout, after_effect, 1);
    let request = operation.request().key("k-1");
    assert_eq!(refused(&lease.send(&request).await), (504, "ANT_UNKNOWN".into()), "{operation:?}");
    (lease, request)
}

/// All but the creation of a withhold agreement, which the caller may send again.
fn waiting() -> impl Iterator<Item = Operation> {
    Operation::ALL.into_iter().filter(|operation| *operation != Operation::Withhold)
}

#[tokio::test(start_paused = true)]
async fn a_repeat_before_anything_is_known_is_a_conflict_and_asks_ant_for_nothing() {
    for operation in waiting() {
        let (lease, request) = lost(operation, true).await;
        lease.ant.heard();
        for minutes in [0, 1, 60] {
            lease.world.pass(Duration::from_mins(minutes)).await;
            let got = lease.send(&request).await;
            assert_eq!(refused(&got), (409, "STATE_CONFLICT".into()), "{operation:?}");
        }
        assert_eq!(lease.ant.heard(), [""; 0], "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_gets_the_answer_once_it_is_found_that_it_happened() {
    for operation in waiting() {
        for by_reconcile in [false, true] {
            let (lease, request) = lost(operation, true).await;
            if by_reconcile {
                lease.world.pass(Duration::from_mins(2)).await;
                lease.reconcile().await.unwrap();
            } else {
                lease.get(ORDER, "").await;
            }
            lease.ant.heard();
            let got = lease.send(&request).await;
            let data = done(&got);
            assert_eq!(
                (&data["order_id"], &data["state"]),
                (&json!(ORDER), &json!(operation.after())),
                "{operation:?}"
            );
            assert_eq!(lease.send(&request).await.brief(), got.brief());
            assert_eq!(lease.ant.heard(), [""; 0], "{operation:?}");
            assert_eq!(operation.effects(&lease), 1, "{operation:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeat_does_it_once_it_is_found_that_it_did_not_happen() {
    for operation in waiting() {
        for by_reconcile in [false, true] {
            let (lease, request) = lost(operation, false).await;
            if by_reconcile {
                lease.world.pass(Duration::from_mins(2)).await;
                lease.reconcile().await.unwrap();
            } else {
                lease.get(ORDER, "").await;
            }
            assert_eq!(operation.effects(&lease), 0, "{operation:?}");
            let first = lease.send(&request).await;
            assert_eq!(done(&first)["state"], operation.after(), "{operation:?}");
            assert_eq!(lease.send(&request).await.brief(), first.brief());
            assert_eq!(operation.effects(&lease), 1, "{operation:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeated_creation_of_a_withhold_agreement_is_sent_again() {
    for after_effect in [true, false] {
        let (lease, request) = lost(Operation::Withhold, after_effect).await;
        let first = lease.send(&request).await;
        assert!(done(&first)["sign_str"].is_string());
        assert_eq!(lease.send(&request).await.brief(), first.brief());
        assert_eq!(Operation::Withhold.effects(&lease), 1 + u64::from(after_effect));
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_signature_is_an_unknown_outcome_whose_answer_is_not_kept() {
    for spoil in [Spoil::BadSignature, Spoil::MissingSignature] {
        let lease = Operation::Cancel.prepared().await;
        lease.ant.fail_after_effect(Operation::Cancel.method(), spoil);
        let request = Operation::Cancel.request().key("k-1");
        let got = lease.send(&request).await;
        assert_eq!(refused(&got), (502, "ANT_REJECTED".into()));
        assert_eq!(body(&got)["message"], "signature");
        assert_eq!(refused(&lease.send(&request).await), (409, "STATE_CONFLICT".into()));
        lease.get(ORDER, "").await;
        assert_eq!(done(&lease.send(&request).await)["state"], "PLAN_CANCELLED");
        assert_eq!(Operation::Cancel.effects(&lease), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn the_contract_that_was_found_is_told_with_its_ids() {
    let (lease, request) = lost(Operation::Contract, true).await;
    lease.get(ORDER, "").await;
    let data = done(&lease.send(&request).await);
    for member in ["sign_no", "flow_id", "account_id"] {
        assert!(data[member].is_string(), "{member}: {data}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_found_for_one_key_is_no_answer_to_another() {
    let (lease, _) = lost(Operation::Cancel, true).await;
    let other = Request::post(ORDER, "/withhold-plan/cancel").body(&json!({"cancel_reason": "RENTING_OUT"}));
    assert_eq!(refused(&lease.send(&other.clone().key("k-2")).await), (409, "STATE_CONFLICT".into()));
    lease.get(ORDER, "").await;
    let got = lease.send(&other.clone().key("k-2")).await;
    assert!(got.body.contains("another reason"), "{}", got.body);
    assert_eq!(refused(&lease.send(&other.key("k-1")).await), (409, "IDEMPOTENCY_MISMATCH".into()));
    assert_eq!(lease.world.items(REQUESTS).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_anothers_by_now_does_not_keep_an_outcome_from_being_written() {
    let (lease, _) = lost(Operation::Cancel, true).await;
    lease.world.pass(Duration::from_hours(25)).await;
    let other = Request::get(ORDER, "/withhold-sign").key("k-1");
    assert_eq!(done(&lease.send(&other).await)["state"], "ACTIVE", "the key is free after a day");
    let kept = lease.world.items(REQUESTS);
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "PLAN_CANCELLED");
    assert_eq!(lease.world.items(REQUESTS), kept);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_gets_an_answer_while_its_request_runs_does_not_keep_an_outcome_from_being_written() {
    for (spoil, status, state, is_unknown) in [
        (Spoil::Slow(Duration::from_secs(1)), 200, "PLAN_CANCELLED", false),
        (Spoil::Timeout, 504, "ACTIVE", true),
        (Spoil::ResultCode("SYSTEM_BUSY"), 502, "ACTIVE", false),
    ] {
        let lease = Operation::Cancel.prepared().await;
        lease.ant.fail_after_effect(Operation::Cancel.method(), spoil);
        let world = lease.world.clone();
        lease.world.before(On::call("POST").to(ANT), || async move {
            let mut row = world.items(REQUESTS).remove(0);
            row["status"] = json!({"N": "422"});
            row["body"] = json!({"S": "{}"});
            world.put_item(REQUESTS, &row);
        });
        let got = lease.send(&Operation::Cancel.request().key("k-1")).await;
        let row = lease.row(ORDER).unwrap();
        assert_eq!((got.status, row["state"]["S"].as_str()), (status, Some(state)), "{spoil:?}: {got:?}");
        assert_eq!(row.get("unknown_operation").is_some(), is_unknown, "{spoil:?}");
        assert_eq!(lease.world.items(REQUESTS)[0]["body"]["S"], "{}", "the first answer stays");
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_whose_step_was_lost_goes_on_under_its_key() {
    for step in [Operation::Contract, Operation::Withhold, Operation::Seal] {
        for (after_effect, asked_between) in [(true, true), (true, false), (false, true), (false, false)] {
            let lease = Lease::new().await;
            if step == Operation::Seal {
                lease.withhold_signed(ORDER).await;
            } else {
                lease.synced(ORDER).await;
            }
            lease.ant.plan(step.method(), None, Spoil::Timeout, after_effect, 1);
            let request = Request::post(ORDER, "/sign-flow").body(&bodies::contract()).key("k-1");
            assert_eq!(refused(&lease.send(&request).await), (504, "ANT_UNKNOWN".into()), "{step:?}");
            if asked_between {
                lease.get(ORDER, "").await;
            }
            let data = done(&lease.send(&request).await);
            let (state, waiting_for) = if step == Operation::Seal {
                ("ACTIVE", json!(null))
            } else {
                ("WITHHOLD_SIGNING", json!("withhold_signature"))
            };
            assert_eq!(data["state"], state, "{step:?} {after_effect} {asked_between}: {data}");
            assert_eq!(
                data.get("waiting_for"),
                Some(&waiting_for),
                "{step:?} {after_effect} {asked_between}"
            );
            let effects = lease.ant.order(ORDER).effects;
            let twice =
                |(method, times): (&String, &u64)| *times > 1 && method != Operation::Withhold.method();
            assert!(!effects.iter().any(twice), "{effects:?}");
        }
    }
}
