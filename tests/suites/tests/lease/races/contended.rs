//! A database that is contended, or does not answer: a caller is told what is so, and nothing is asked for twice.

use suites::lease::request::Request;
use suites::lease::{HISTORY, ORDER, ORDERS, done, refused};
use world::{Fault, On};

use crate::operations::Operation;

/// The writes to the order: its intent, and its outcome.
fn write(number: usize) -> On {
    // Each is a put alone, or a transaction.
    On::any().to(ORDERS).after(1 + number)
}

#[tokio::test(start_paused = true)]
async fn a_write_that_another_one_holds_up_is_tried_again() {
    for operation in Operation::ALL {
        for number in [0, 1] {
            for key in [false, true] {
                let lease = operation.prepared().await;
                lease.world.fail(write(number), Fault::TransactionConflict);
                let request = operation.request();
                let request = if key { request.key("k-1") } else { request };
                let context = format!("{operation:?} {number} {key}");
                assert_eq!(done(&lease.send(&request).await)["state"], operation.after(), "{context}");
                assert_eq!(operation.effects(&lease), 1, "{context}");
                assert!(lease.row(ORDER).unwrap().get("unknown_operation").is_none(), "{context}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_whose_write_is_not_answered_is_looked_up_and_written_once() {
    for operation in Operation::ALL {
        for fault in [Fault::Reset, Fault::ResetAfterEffect] {
            let lease = operation.prepared().await;
            let before = lease.world.items(HISTORY).len();
            lease.world.fail(write(1), fault);
            let got = lease.send(&operation.request().key("k-1")).await;
            assert_eq!(done(&got)["state"], operation.after(), "{operation:?} {fault:?}");
            assert_eq!(lease.state(ORDER), operation.after());
            let transitions = match operation {
                Operation::Sync => 2,
                Operation::Refuse | Operation::Agree => 0,
                Operation::Contract
                | Operation::Withhold
                | Operation::Seal
                | Operation::Cancel
                | Operation::Close
                | Operation::Unbind => 1,
            };
            assert_eq!(lease.world.items(HISTORY).len() - before, transitions, "{operation:?} {fault:?}");
            assert_eq!(operation.effects(&lease), 1);
            assert_eq!(lease.send(&operation.request().key("k-1")).await.brief(), got.brief());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_intent_whose_write_is_not_answered_is_no_reason_to_call_ant() {
    for operation in Operation::ALL {
        for fault in [Fault::InternalError, Fault::Reset, Fault::ResetAfterEffect] {
            let lease = operation.prepared().await;
            lease.world.fail(write(0), fault);
            let got = lease.send(&operation.request()).await;
            assert_eq!(refused(&got), (500, "INTERNAL_ERROR".into()), "{operation:?} {fault:?}");
            assert_eq!(operation.effects(&lease), 0, "{operation:?} {fault:?}");
            // If it was written after all, a question tells that nothing came of it.
            lease.world.pass(std::time::Duration::from_mins(2)).await;
            lease.send(&Request::get(ORDER, "")).await;
            assert_eq!(done(&lease.send(&operation.request()).await)["state"], operation.after());
            assert_eq!(operation.effects(&lease), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_written_is_unknown_to_the_caller_and_found_out_later() {
    for operation in Operation::ALL.into_iter().filter(|operation| *operation != Operation::Withhold) {
        let lease = operation.prepared().await;
        lease.world.fail(write(1), Fault::InternalError);
        let request = operation.request().key("k-1");
        assert_eq!(refused(&lease.send(&request).await), (504, "ANT_UNKNOWN".into()), "{operation:?}");
        lease.world.pass(std::time::Duration::from_mins(2)).await;
        lease.reconcile().await.unwrap();
        assert_eq!(done(&lease.send(&request).await)["state"], operation.after(), "{operation:?}");
        assert_eq!(operation.effects(&lease), 1);
    }
}
