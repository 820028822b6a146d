//! One order that fails holds no other up; a run may be stopped, switched off, and run twice at once.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::host::BUS;
use suites::lease::ant::{Order, Spoil};
use suites::lease::{HISTORY, Lease, ORDER, ORDERS, Options};
use world::{Fault, On};

use super::{FLOW_GET, SIGN_QUERY, after, lost};
use crate::operations::Operation;

const DUE: Duration = Duration::from_mins(5);

/// Copies of an order that waits for a signature which was given, all of this shard.
fn copies(lease: &Lease, count: usize, shard: u32) -> Vec<String> {
    let (row, at_ant) = (lease.row(ORDER).expect("an order"), lease.ant.order(ORDER));
    let ids: Vec<String> = (0..count).map(|number| format!("COPY-{shard}-{number:04}")).collect();
    for id in &ids {
        let mut row = row.clone();
        row["order_id"] = json!({"S": id});
        row["watch_shard"] = json!({"N": shard.to_string()});
        lease.world.put_item(ORDERS, &row);
        // What the copies ask about the contract is answered as the first's.
        let at_ant = Order { flow: None, withhold: Some("SIGNED".to_owned()), ..at_ant.clone() };
        lease.ant.change(id, |order| *order = at_ant);
    }
    ids
}

/// An order that waits for a signature, and copies of it for which it was given.
async fn signing_with_copies(count: usize, shards: &[u32]) -> (Lease, Vec<String>) {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    let ids = shards.iter().flat_map(|shard| copies(&lease, count, *shard)).collect();
    lease.ant.heard();
    (lease, ids)
}

fn states(lease: &Lease, ids: &[String]) -> BTreeSet<String> {
    ids.iter().map(|id| lease.state(id)).collect()
}

fn only(state: &str) -> BTreeSet<String> {
    BTreeSet::from([state.to_owned()])
}

#[tokio::test(start_paused = true)]
async fn everything_that_is_due_is_looked_at_page_after_page_and_shard_after_shard() {
    let (lease, ids) = signing_with_copies(60, &[0, 1, 2, 3]).await;
    after(&lease, DUE).await;
    assert_eq!(states(&lease, &ids), only("WITHHOLD_SIGNED"));
    let (_, spent) = lease.world.measure(lease.reconcile()).await;
    assert_eq!(spent.writes(), world::Units::whole(0), "nothing is due any more");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_fails_holds_no_other_up() {
    for spoil in [Spoil::Timeout, Spoil::ResultCode("SYSTEM_BUSY"), Spoil::BadSignature, Spoil::Garbage] {
        let (lease, ids) = signing_with_copies(3, &[0, 1, 2, 3]).await;
        let broken: Vec<String> = ids.iter().step_by(3).cloned().collect();
        for order in &broken {
            lease.ant.plan(SIGN_QUERY, Some(order), spoil, false, usize::MAX);
        }
        after(&lease, DUE).await;
        let (failing, others): (Vec<String>, Vec<String>) =
            ids.into_iter().partition(|id| broken.contains(id));
        assert_eq!(states(&lease, &others), only("WITHHOLD_SIGNED"), "{spoil:?}");
        assert_eq!(states(&lease, &failing), only("WITHHOLD_SIGNING"), "{spoil:?}");
        assert_eq!(lease.counted("lease_reconcile_failed"), 4, "{spoil:?}");
        lease.ant.recover();
        after(&lease, 3 * DUE).await;
        assert_eq!(states(&lease, &failing), only("WITHHOLD_SIGNED"), "{spoil:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_holds_no_other_up() {
    let (lease, ids) = signing_with_copies(30, &[2]).await;
    for id in &ids[..28] {
        let mut row = lease.row(id).unwrap();
        row["schema_version"] = json!({"N": "99"});
        lease.world.put_item(ORDERS, &row);
    }
    after(&lease, DUE).await;
    assert_eq!(states(&lease, &ids[28..]), only("WITHHOLD_SIGNED"));
    assert_eq!(lease.counted("lease_reconcile_failed"), 28);
}

#[tokio::test(start_paused = true)]
async fn a_database_that_fails_in_between_holds_no_other_up() {
    for call in ["Query", "GetItem", "TransactWriteItems"] {
        let (lease, ids) = signing_with_copies(2, &[0, 1, 2, 3]).await;
        lease.world.fail(On::call(call), Fault::InternalError);
        lease.world.pass(DUE).await;
        // A shard that could not be read is an error of the run, for Lambda to say so.
        assert_eq!(lease.reconcile().await.is_err(), call == "Query");
        let found = ids.iter().filter(|id| lease.state(id) == "WITHHOLD_SIGNED").count();
        assert_eq!(found, if call == "Query" { 6 } else { 7 }, "{call}");
        after(&lease, 2 * DUE).await;
        assert_eq!(states(&lease, &ids), only("WITHHOLD_SIGNED"), "{call}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_that_is_out_of_time_leaves_the_rest_to_the_next() {
    let (lease, ids) = signing_with_copies(4, &[0, 1, 2, 3]).await;
    lease.ant.fail_times(FLOW_GET, Spoil::Timeout, usize::MAX);
    lease.world.pass(DUE).await;
    lease.reconcile_within(Duration::from_mins(1)).await.unwrap();
    let looked = lease.ant.calls().iter().filter(|call| call.method == SIGN_QUERY).count();
    assert!((1..4).contains(&looked), "{looked}");
    lease.ant.recover();
    lease.reconcile().await.unwrap();
    assert_eq!(states(&lease, &ids), only("WITHHOLD_SIGNED"));
}

#[tokio::test(start_paused = true)]
async fn each_run_begins_with_another_shard_so_that_none_waits_for_ever() {
    let (lease, ids) = signing_with_copies(1, &[0, 1, 2, 3]).await;
    let mut first = BTreeSet::new();
    for _ in 0..4 {
        lease.world.pass(DUE).await;
        let run = lease.restarted().await;
        // Everything is due each time, each order in a shard of its own.
        for (shard, id) in ids.iter().enumerate() {
            let mut row = lease.row(id).unwrap();
            row["watch_at"]["S"] = "2025-01-03T10:00:00.000000000Z".into();
            row["watch_shard"] = json!({"N": shard.to_string()});
            row["state"]["S"] = "WITHHOLD_SIGNING".into();
            lease.world.put_item(ORDERS, &row);
        }
        run.ant.heard();
        run.reconcile().await.unwrap();
        let looked = run.ant.calls().into_iter().filter(|call| call.method == SIGN_QUERY);
        first.extend(looked.filter_map(|call| call.order).find(|order| ids.contains(order)));
    }
    assert_eq!(first.len(), 4, "{first:?}");
}

#[tokio::test(start_paused = true)]
async fn switched_off_it_reads_asks_and_writes_nothing() {
    let lease = lost(Operation::Cancel, true).await;
    let off = lease.restarted_with(Options { ant_disabled: true, ..Options::default() }).await;
    let effects = off.world.effects().len();
    let (asked, spent) = off.world.measure(after(&off, 2 * DUE)).await;
    assert_eq!((asked.len(), spent), (0, world::Spent::default()));
    assert_eq!(off.world.effects().len(), effects);
    after(&lease, Duration::ZERO).await;
    assert_eq!(lease.state(ORDER), "PLAN_CANCELLED");
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_write_each_transition_once() {
    for operation in [Operation::Close, Operation::Cancel, Operation::Seal] {
        let lease = lost(operation, true).await;
        let told = lease.world.events(BUS).len();
        lease.world.pass(DUE).await;
        // The first has found it out, and writes it when the second has written it.
        lease.world.before(On::call("TransactWriteItems"), || tokio::time::sleep(Duration::from_secs(1)));
        let second = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            lease.reconcile().await
        };
        let (first, second) = join!(lease.reconcile(), second);
        first.unwrap();
        second.unwrap();
        assert_eq!(lease.state(ORDER), operation.after());
        let rows = lease.world.items(HISTORY);
        let to: Vec<&Value> =
            rows.iter().map(|row| &row["to"]["S"]).filter(|to| *to == operation.after()).collect();
        assert_eq!(to.len(), 1, "{operation:?}");
        assert_eq!(lease.world.events(BUS).len() - told, usize::from(operation == Operation::Close));
        assert_eq!(operation.effects(&lease), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_that_it_finds_out_is_told_once_in_the_name_of_who_asked_for_it() {
    let lease = lost(Operation::Close, true).await;
    after(&lease, DUE).await;
    after(&lease, DUE).await;
    assert_eq!(lease.told(), ["lease_closed"]);
    let row = lease.world.items(HISTORY).pop().unwrap();
    assert_eq!(row["to"]["S"], "CLOSED");
    assert_eq!(row["who"]["S"], suites::lease::CALLER);
    assert_eq!(row["source"]["S"], "new");
    assert_eq!(row["why"]["S"], "lease-reconcile: Ant says so, begun by lease-close: closed, FULFILLED");
    assert_eq!(row["req_msg_id"]["S"].as_str().unwrap().len(), 32);
}

#[tokio::test(start_paused = true)]
async fn what_it_finds_out_by_itself_is_in_its_own_name() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.user_signs_withhold(ORDER);
    after(&lease, DUE).await;
    let row = lease.world.items(HISTORY).pop().unwrap();
    assert_eq!((&row["who"]["S"], &row["to"]["S"]), (&json!("lease-reconcile"), &json!("WITHHOLD_SIGNED")));
    assert!(row.get("source").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_could_not_be_sent_is_left_to_the_relay() {
    let lease = lost(Operation::Close, true).await;
    lease.world.fail(On::call("PutEvents").always(), Fault::InternalError);
    after(&lease, DUE).await;
    assert_eq!((lease.state(ORDER).as_str(), lease.told().len()), ("CLOSED", 0));
    let lease = lease.restarted().await;
    assert_eq!(lease.world.items("outbox").len(), 1);
}
