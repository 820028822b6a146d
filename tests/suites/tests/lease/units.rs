//! What each operation costs in request units (docs/contexts/lease.md), exactly: a transaction counts each row double,
//! a put that is alone once, and the index `watch` once for each row that enters it, leaves it or moves within it.

use std::time::Duration;

use serde_json::json;
use suites::costs::assert_priced;
use suites::gateway::Got;
use suites::host::OUTBOX;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{HISTORY, Lease, ORDER, ORDERS, REQUESTS, bodies, done};
use world::{Spent, Units};

use crate::operations::Operation;

/// Reads and writes, in whole units.
type Cost = (u64, u64);

fn cost(spent: &Spent) -> (Units, Units) {
    (spent.reads(), spent.writes())
}

fn whole((reads, writes): Cost) -> (Units, Units) {
    (Units::whole(reads), Units::whole(writes))
}

fn assert_priced_as(operation: Operation, spent: &Spent) {
    match operation {
        Operation::Sync => assert_priced("pre-order-sync", "done", spent),
        Operation::Contract => assert_priced("contract-sign", "done", spent),
        Operation::Withhold => assert_priced("withhold-sign", "done", spent),
        Operation::Seal => assert_priced("contract-seal", "done", spent),
        Operation::Cancel => assert_priced("withhold-plan-cancel", "done", spent),
        Operation::Close => assert_priced("lease-close", "done", spent),
        Operation::Unbind => assert_priced("withhold-unsign", "done", spent),
        Operation::Refuse | Operation::Agree => assert_priced("unsign-confirm", "done", spent),
    }
}

async fn sending(lease: &Lease, request: &Request) -> (Got, Spent) {
    lease.world.measure(lease.send(request)).await
}

#[tokio::test(start_paused = true)]
async fn an_operation_is_a_read_the_intent_and_the_outcome() {
    let costs: [(Operation, Cost); 9] = [
        // A new order: its row and its index row, its history and its document; then the row, which leaves the index,
        // and the history.
        (Operation::Sync, (1, 3 + 2 + 2 + 3 + 2)),
        // The row enters the index alone, and is moved within it with the history and the links.
        (Operation::Contract, (1, 2 + 4 + 2 + 2)),
        (Operation::Withhold, (1, 3 + 4 + 2 + 2)),
        (Operation::Seal, (1, 3 + 3 + 2)),
        (Operation::Cancel, (1, 2 + 3 + 2)),
        // With the event in the outbox and its deletion.
        (Operation::Close, (1, 2 + 3 + 2 + 3)),
        (Operation::Unbind, (1, 2 + 3 + 2)),
        // No transition.
        (Operation::Refuse, (1, 2 + 2)),
        (Operation::Agree, (1, 2 + 2)),
    ];
    for (operation, expected) in costs {
        let lease = operation.prepared().await;
        let (got, spent) = sending(&lease, &operation.request()).await;
        assert_eq!(done(&got)["state"], operation.after());
        assert_eq!(cost(&spent), whole(expected), "{operation:?}");
        assert_priced_as(operation, &spent);
        assert_eq!(spent.on(HISTORY).reads(), Units::whole(0));
    }
}

#[tokio::test(start_paused = true)]
async fn an_idempotency_key_is_one_more_read_and_two_more_rows_that_make_transactions_of_single_puts() {
    for operation in Operation::ALL {
        let lease = operation.prepared().await;
        let (_, without) = sending(&lease, &operation.request()).await;
        let lease = operation.prepared().await;
        let request = operation.request().key("k-1");
        let (_, with) = sending(&lease, &request).await;
        assert_eq!((with.on(REQUESTS).reads(), with.on(REQUESTS).writes()), whole((1, 4)), "{operation:?}");
        let alone = match operation {
            Operation::Sync => 0,
            Operation::Contract
            | Operation::Withhold
            | Operation::Seal
            | Operation::Cancel
            | Operation::Close
            | Operation::Unbind => 1,
            Operation::Refuse | Operation::Agree => 2,
        };
        assert_eq!(with.writes(), without.writes() + Units::whole(4 + alone), "{operation:?}");
        let (_, repeat) = sending(&lease, &request).await;
        assert_eq!(cost(&repeat), whole((2, 0)), "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_or_answered_from_the_store_is_one_read() {
    for operation in Operation::ALL.into_iter().filter(|operation| !operation.is_repeatable()) {
        let lease = operation.prepared().await;
        lease.send(&operation.request()).await;
        let (_, again) = sending(&lease, &operation.request()).await;
        assert_eq!(cost(&again), whole((1, 0)), "{operation:?}");
    }
    let lease = Lease::new().await;
    let (got, absent) = sending(&lease, &Operation::Cancel.request()).await;
    assert_eq!((got.status, cost(&absent)), (404, whole((1, 0))));
    let bad = Request::post(ORDER, "/close").body(&json!({"reason": "x"}));
    let (got, bad) = sending(&lease, &bad).await;
    assert_eq!((got.status, bad), (400, Spent::default()));
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_is_unknown_is_a_read_and_two_writes_and_its_resolution_a_read_and_a_transition() {
    let costs: [(Operation, Cost, Cost); 9] = [
        (Operation::Sync, (1, 3 + 2 + 2 + 1), (1, 3 + 2)),
        (Operation::Contract, (1, 2 + 1), (1, 4 + 2)),
        // That it was created does not show.
        (Operation::Withhold, (1, 3 + 1), (1, 3)),
        (Operation::Seal, (1, 3 + 1), (1, 3 + 2)),
        (Operation::Cancel, (1, 2 + 1), (1, 3 + 2)),
        (Operation::Close, (1, 2 + 1), (1, 3 + 2 + 3)),
        (Operation::Unbind, (1, 2 + 1), (1, 3 + 2)),
        (Operation::Refuse, (1, 2 + 1), (1, 2)),
        (Operation::Agree, (1, 2 + 1), (1, 2)),
    ];
    for (operation, lost, found) in costs {
        let lease = operation.prepared().await;
        lease.ant.fail_after_effect(operation.method(), Spoil::Timeout);
        let (got, spent) = sending(&lease, &operation.request()).await;
        assert_eq!((got.status, cost(&spent)), (504, whole(lost)), "{operation:?}");
        let get = Request::get(ORDER, "");
        let (got, spent) = sending(&lease, &get).await;
        done(&got);
        assert_eq!(cost(&spent), whole(found), "{operation:?}");
        let (_, spent) = sending(&lease, &get).await;
        assert_eq!(cost(&spent), whole((1, 0)), "{operation:?}: nothing new");
        assert_priced("order-query", "nothing new", &spent);
    }
}

#[tokio::test(start_paused = true)]
async fn what_ant_declines_is_a_read_the_intent_and_its_end() {
    for (operation, writes) in [
        (Operation::Sync, 3 + 2 + 2 + 2),
        (Operation::Contract, 4),
        (Operation::Withhold, 3 + 3),
        (Operation::Seal, 3 + 3),
        (Operation::Cancel, 4),
        (Operation::Close, 4),
        (Operation::Unbind, 4),
        (Operation::Refuse, 4),
    ] {
        let lease = operation.prepared().await;
        lease.ant.fail(operation.method(), Spoil::ResultCode("SYSTEM_BUSY"));
        let (got, spent) = sending(&lease, &operation.request()).await;
        assert_eq!((got.status, cost(&spent)), (502, whole((1, writes))), "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_flow_costs_its_steps_and_the_documents_that_it_reads_and_keeps() {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    let flow = Request::post(ORDER, "/sign-flow").body(&bodies::contract());
    let (got, spent) = sending(&lease, &flow).await;
    assert_eq!(done(&got)["waiting_for"], "withhold_signature");
    // Its order, what was given before, the front order, and both links.
    assert_priced("sign-flow", "up to the user's signature", &spent);
    let (_, waiting) = sending(&lease, &flow).await;
    assert_eq!(cost(&waiting), whole((3, 0)), "the order and both links");
    lease.ant.user_signs_withhold(ORDER);
    lease.get(ORDER, "/withhold-sign").await;
    let (got, sealing) = sending(&lease, &flow).await;
    assert_eq!((&done(&got)["state"], cost(&sealing)), (&json!("ACTIVE"), whole((1, 8))));
}

#[tokio::test(start_paused = true)]
async fn a_question_is_a_read_and_what_it_finds_a_transition() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    let get = Request::get(ORDER, "/withhold-sign");
    let (_, nothing) = sending(&lease, &get).await;
    assert_priced("withhold-query", "nothing new", &nothing);
    lease.ant.user_signs_withhold(ORDER);
    lease.world.pass(Duration::from_mins(1)).await;
    let (_, found) = sending(&lease, &get).await;
    assert_eq!(cost(&found), whole((1, 4 + 2)), "it moves within the index");
    let keyed = Request::get(ORDER, "").key("k-1");
    let (_, kept) = sending(&lease, &keyed).await;
    assert_eq!(cost(&kept), whole((2, 1)), "the answer is kept alone");
}

#[tokio::test(start_paused = true)]
async fn a_notification_is_a_read_a_transaction_of_two_rows_and_the_end_of_its_mark() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    let (_, first) = lease.world.measure(lease.notify("m-1", "X", ORDER)).await;
    assert_eq!(cost(&first), whole((1, 3 + 2 + 2)), "into the index and out of it");
    assert_priced("ant-notify", "a notification", &first);
    let (_, again) = lease.world.measure(lease.notify("m-1", "X", ORDER)).await;
    assert_eq!(cost(&again), whole((2, 4)), "the transaction that is cancelled, and a look why");
    for _ in 0..2 {
        let (_, nobodys) = lease.world.measure(lease.notify("m-2", "X", "LEASE-9999")).await;
        assert_eq!(cost(&nobodys), whole((1, 1)));
    }
    let forged = lease.ant.notification("m-3", "X", ORDER, "").0;
    let forged =
        suites::lease::ant::Notification(forged.into_iter().filter(|(name, _)| name != "sign").collect());
    let (got, spent) = lease.world.measure(lease.notify_with(forged.form_event())).await;
    assert_eq!((got.status, spent), (401, Spent::default()));
}

#[tokio::test(start_paused = true)]
async fn lease_reconcile_is_half_a_read_a_shard_and_a_read_and_a_write_for_each_order_that_is_due() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    let (_, idle) = lease.world.measure(lease.reconcile()).await;
    assert_priced("lease-reconcile", "a run that finds nothing", &idle);
    lease.world.pass(Duration::from_mins(5)).await;
    let (_, in_vain) = lease.world.measure(lease.reconcile()).await;
    assert_eq!(cost(&in_vain), whole((3, 1 + 2)), "it moves within the index");
    assert_priced("lease-reconcile", "a run that asks for one order", &in_vain);
    assert_eq!(in_vain.by("Query").on(ORDERS).reads(), Units::whole(2));
    lease.ant.user_signs_withhold(ORDER);
    lease.world.pass(Duration::from_mins(10)).await;
    let (_, found) = lease.world.measure(lease.reconcile()).await;
    assert_eq!(cost(&found), whole((3, 4 + 2)));
}

#[tokio::test(start_paused = true)]
async fn a_close_tells_of_itself_for_three_writes() {
    let lease = Operation::Close.prepared().await;
    let (_, spent) = sending(&lease, &Operation::Close.request()).await;
    assert_eq!(spent.on(OUTBOX).writes(), Units::whole(2 + 1));
}
