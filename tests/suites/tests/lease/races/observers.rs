//! A caller, and whoever looks at the order meanwhile: a notification, lease-reconcile, a question that takes its time.

use std::time::Duration;

use futures_util::join;
use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{HISTORY, Lease, OPERATOR, ORDER, ORDERS, bodies, done, refused};
use world::{Fault, On};

use super::{SECOND, effects, later, overtaken, slow, write_after_read};
use crate::operations::Operation;

const TRADE_GET: &str = "antchain.ato.trade.get";

#[tokio::test(start_paused = true)]
async fn a_notification_while_an_operation_runs_neither_ends_nor_repeats_it() {
    for operation in Operation::ALL {
        for spoil in [Spoil::Slow(2 * SECOND), Spoil::Timeout] {
            let context = format!("{operation:?} {spoil:?}");
            let lease = operation.prepared().await;
            let before = effects(&lease);
            lease.ant.fail_after_effect(operation.method(), spoil);
            let request = operation.request().key("k-1");
            let notified = later(SECOND, lease.notify("m-1", "ORDER_STATUS_CHANGE", ORDER));
            let (got, notified) = join!(lease.send(&request), notified);
            assert_eq!((notified.status, effects(&lease) - before), (200, 1), "{context}");
            if spoil == Spoil::Timeout {
                assert_eq!(refused(&got), (504, "ANT_UNKNOWN".into()), "{context}");
                let unknown = lease.row(ORDER).unwrap()["unknown_operation"]["M"]["method"]["S"].clone();
                assert_eq!(unknown, operation.method(), "{context}: the question came too early to count");
            } else {
                assert_eq!(done(&got)["state"], operation.after(), "{context}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_notification_told_while_an_operation_ran_is_kept_with_its_outcome() {
    let lease = Operation::Cancel.prepared().await;
    lease.ant.user_applies_to_unsign(ORDER);
    slow(&lease, Operation::Cancel, 2 * SECOND);
    let cancel = Operation::Cancel.request();
    let notified = later(SECOND, lease.notify("m-1", "ASYNC_UNSIGN_APPLY", ORDER));
    let (got, _) = join!(lease.send(&cancel), notified);
    assert_eq!(done(&got)["state"], "PLAN_CANCELLED");
    assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], true);
}

#[tokio::test(start_paused = true)]
async fn what_a_notification_told_while_a_call_ran_that_ant_declined_is_looked_at_again() {
    let lease = Operation::Cancel.prepared().await;
    lease.ant.pay_all(ORDER);
    lease.ant.fail(Operation::Cancel.method(), Spoil::ResultCode("SYSTEM_BUSY"));
    let (cancel, settling) = (Operation::Cancel.request(), On::any().to(ORDERS).after(2));
    let notified = lease.notify("m-1", "ORDER_STATUS_CHANGE", ORDER);
    let (got, _) = overtaken(&lease, settling, lease.send(&cancel), notified).await;
    assert_eq!(refused(&got), (502, "ANT_REJECTED".into()));
    assert_eq!(lease.state(ORDER), "ACTIVE", "the call that ran kept it there");
    lease.world.pass(Duration::from_mins(5)).await;
    lease.reconcile().await.unwrap();
    assert_eq!(lease.state(ORDER), "FULFILLED");
}

#[tokio::test(start_paused = true)]
async fn what_lease_reconcile_saw_while_a_call_ran_that_ant_declined_it_looks_at_again() {
    let lease = Operation::Cancel.prepared().await;
    lease.ant.pay_all(ORDER);
    lease.ant.fail(TRADE_GET, Spoil::ResultCode("SYSTEM_BUSY"));
    lease.notify("m-1", "ORDER_STATUS_CHANGE", ORDER).await;
    lease.ant.fail(Operation::Cancel.method(), Spoil::ResultCode("SYSTEM_BUSY"));
    let (cancel, settling) = (Operation::Cancel.request(), On::any().to(ORDERS).after(2));
    let (got, run) = overtaken(&lease, settling, lease.send(&cancel), lease.reconcile()).await;
    run.unwrap();
    assert_eq!((refused(&got), lease.state(ORDER)), ((502, "ANT_REJECTED".into()), "ACTIVE".to_owned()));
    lease.world.pass(Duration::from_mins(5)).await;
    lease.reconcile().await.unwrap();
    assert_eq!(lease.state(ORDER), "FULFILLED");
}

#[tokio::test(start_paused = true)]
async fn lease_reconcile_beside_a_caller_does_not_touch_what_runs() {
    for operation in [Operation::Withhold, Operation::Seal] {
        let lease = operation.prepared().await;
        lease.world.pass(Duration::from_mins(5)).await;
        slow(&lease, operation, 2 * SECOND);
        let request = operation.request();
        let (got, run) = join!(lease.send(&request), later(SECOND, lease.reconcile()));
        run.unwrap();
        assert_eq!(done(&got)["state"], operation.after());
        assert_eq!(operation.effects(&lease), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn lease_reconcile_that_a_caller_overtakes_changes_nothing_of_it() {
    for operation in [Operation::Withhold, Operation::Seal] {
        for slowness in [SECOND / 100, SECOND] {
            let lease = operation.prepared().await;
            lease.world.pass(Duration::from_mins(5)).await;
            slow(&lease, operation, slowness);
            let request = operation.request();
            let (run, got) =
                overtaken(&lease, On::call("PutItem"), lease.reconcile(), lease.send(&request)).await;
            run.unwrap();
            assert_eq!(done(&got)["state"], operation.after());
            assert_eq!((lease.state(ORDER).as_str(), operation.effects(&lease)), (operation.after(), 1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_an_operation_does_not_tell_that_it_did_not_happen() {
    for operation in [Operation::Cancel, Operation::Close, Operation::Agree] {
        let lease = operation.prepared().await;
        lease.ant.fail_after_effect(operation.method(), Spoil::Reset);
        let request = operation.request();
        // The question is answered before the operation begins, and what it tells is written when that has lost its
        // own answer.
        let path = if operation == Operation::Agree { "/withhold-sign" } else { "" };
        let asked = async {
            lease.ant.change(ORDER, |order| order.unsign_pending = !order.unsign_pending);
            lease.get(ORDER, path).await
        };
        let lost = async {
            lease.ant.change(ORDER, |order| order.unsign_pending = operation == Operation::Agree);
            lease.send(&request).await
        };
        if operation == Operation::Agree {
            // It must have something to write, too.
            lease.ant.withhold_ends(ORDER);
        }
        let (asked, lost) = overtaken(&lease, write_after_read(), asked, lost).await;
        assert_eq!((asked.status, refused(&lost).0), (200, 504), "{operation:?}");
        let unknown = lease.row(ORDER).unwrap()["unknown_operation"]["M"]["method"]["S"].clone();
        assert_eq!(unknown, operation.method(), "{operation:?}: nothing has been asked since");
        done(&lease.get(ORDER, "").await);
        assert_eq!(lease.state(ORDER), operation.after());
        assert_eq!(operation.effects(&lease), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_from_before_a_refusal_does_not_tell_that_it_happened() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.user_applies_to_unsign(ORDER);
    lease.ant.fail_after_effect(Operation::Refuse.method(), Spoil::Reset);
    // Nobody has asked yet, so that our row does not have the user's wish, and only an operator may refuse it.
    let mut body = Operation::Refuse.body();
    body["override"] = true.into();
    let refuse = Request::post(ORDER, Operation::Refuse.path()).body(&body).by(OPERATOR);
    // The question is asked just before the refusal begins, at the same instant of the clock, and written behind it.
    lease.world.before(write_after_read(), || tokio::time::sleep(SECOND));
    let (asked, lost) = join!(lease.get(ORDER, ""), lease.send(&refuse));
    assert_eq!((asked.status, refused(&lost).0), (200, 504));
    let unknown = lease.row(ORDER).unwrap()["unknown_operation"]["M"]["method"]["S"].clone();
    assert_eq!(unknown, Operation::Refuse.method(), "nothing has been asked since");
    done(&lease.get(ORDER, "").await);
    assert_eq!(lease.row(ORDER).unwrap().get("unknown_operation"), None);
    assert_eq!(Operation::Refuse.effects(&lease), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_first_write_is_lost_tells_that_a_refusal_happened_all_the_same() {
    let lease = Operation::Refuse.prepared().await;
    lease.ant.fail_after_effect(Operation::Refuse.method(), Spoil::Reset);
    let request = Operation::Refuse.request().key("k-1");
    assert_eq!(refused(&lease.send(&request).await), (504, "ANT_UNKNOWN".into()));
    assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], true);
    lease.world.fail(write_after_read(), Fault::TransactionConflict);
    done(&lease.get(ORDER, "").await);
    let row = lease.row(ORDER).unwrap();
    assert_eq!((row.get("unknown_operation"), &row["unsign_pending"]["BOOL"]), (None, &json!(false)));
    done(&lease.send(&request).await);
    assert_eq!(Operation::Refuse.effects(&lease), 1, "the answer is kept under the key");
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_a_contract_that_was_given_up_does_not_end_the_next_one() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    lease.ant.flow_becomes(ORDER, "EXPIRE");
    // The first to ask writes late; meanwhile another finds out the same and a new contract is submitted.
    let next = async {
        assert_eq!(done(&lease.get(ORDER, "").await)["state"], "SYNCED");
        done(&lease.post(ORDER, "/contract", &bodies::contract()).await)
    };
    let (first, _) = overtaken(&lease, write_after_read(), lease.get(ORDER, ""), next).await;
    assert_eq!(first.status, 200);
    assert_eq!(lease.state(ORDER), "CONTRACT_SIGNING");
    assert_eq!(lease.history(ORDER).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn two_questions_at_once_write_what_they_find_once() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.user_signs_withhold(ORDER);
    let get = || lease.get(ORDER, "/withhold-sign");
    let (first, other) = overtaken(&lease, write_after_read(), get(), get()).await;
    for got in [first, other] {
        assert_eq!(done(&got)["state"], "WITHHOLD_SIGNED");
    }
    assert_eq!(lease.history(ORDER).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn two_who_find_out_a_loss_tell_of_it_once() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.withhold_ends(ORDER);
    let get = || lease.get(ORDER, "/withhold-sign");
    overtaken(&lease, write_after_read(), get(), get()).await;
    assert_eq!(lease.counted("withhold_lost"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_notification_that_comes_twice_at_once_is_taken_once() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.heard();
    let message = |order| lease.notify("m-1", "ORDER_STATUS_CHANGE", order);
    let (first, other) = overtaken(&lease, write_after_read(), message(ORDER), message(ORDER)).await;
    assert_eq!((first.status, other.status), (200, 200));
    let asked = lease.ant.heard();
    assert_eq!(asked.iter().filter(|method| *method == TRADE_GET).count(), 1, "{asked:?}");
    assert_eq!(lease.world.items("ant_notifications").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_notifications_about_one_order_at_once_are_both_taken() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.user_applies_to_unsign(ORDER);
    let message = |id| lease.notify(id, "ASYNC_UNSIGN_APPLY", ORDER);
    let (first, other) = overtaken(&lease, write_after_read(), message("m-1"), message("m-2")).await;
    assert_eq!((first.status, other.status), (200, 200));
    let row = lease.row(ORDER).unwrap();
    assert_eq!((row["unsign_pending"]["BOOL"].as_bool(), row.get("notified_at")), (Some(true), None));
    assert_eq!(lease.world.items("ant_notifications").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_registered_while_it_is_told_of_is_registered() {
    let lease = Lease::new().await;
    slow(&lease, Operation::Sync, SECOND);
    let put = Request::put(ORDER).body(&bodies::order());
    let (got, notified) = join!(lease.send(&put), later(SECOND / 2, lease.notify("m-1", "X", ORDER)));
    assert_eq!((done(&got)["state"].clone(), notified.status), (json!("SYNCED"), 200));
    assert_eq!(lease.world.items(HISTORY).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_is_cancelled_while_a_term_is_debited_says_which_terms_were_paid() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.pay(ORDER, 1);
    let data = done(&lease.send(&Operation::Cancel.request()).await);
    let statuses: Vec<_> =
        data["terms"].as_array().unwrap().iter().map(|term| term["status"].clone()).collect();
    assert_eq!(statuses, ["RETURN_FULL", "CANCEL", "CANCEL"]);
}
