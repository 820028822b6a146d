//! The core tells of many orders and loans at once.

use serde_json::Value;
use suites::loans::{
    AUDIT_RESULT, LOAN_RESULT, LOAN_TABLES, Loans, OVERDUE, REPAY_PLAN, REPAY_RESULT, audit, loan_result,
    overdue, plan, repay_plan, repay_result,
};
use suites::orders::credit::decision;
use suites::orders::{CREDIT_RESULT, ORDER, UID};
use world::{Delivery, World};

use crate::burst::{Burst, copy_rows, lasting, messages, renamed};

const PAID: [(&str, &str); 3] = [("paid", "0.00"), ("not_due", "0.00"), ("not_due", "0.00")];
const FEES: [(&str, &str); 3] = [("not_due", "0.00"), ("overdue", "5.00"), ("not_due", "0.00")];

/// The names of another order and its user.
fn names(order: usize) -> [(&'static str, String); 2] {
    [(ORDER, format!("9{order:08}")), (UID, format!("8{order:08}"))]
}

/// All that is stored, each row with its table.
fn all(world: &World, tables: &[&'static str]) -> Vec<(&'static str, String)> {
    let of = |table: &'static str| world.items(table).into_iter().map(move |row| (table, row.to_string()));
    tables.iter().copied().flat_map(of).collect()
}

/// What of it is an order's, with the names of [`ORDER`] and its user in place of its own.
fn theirs(all: &[(&'static str, String)], names: &[(&str, String)]) -> Vec<(&'static str, Value)> {
    let first: Vec<_> = names.iter().map(|(first, own)| (own.as_str(), (*first).to_owned())).collect();
    let rows = all.iter().filter(|(_, row)| row.contains(names[0].1.as_str()));
    rows.map(|(table, row)| (*table, lasting(renamed(row, &first)))).collect()
}

/// Has many orders that stand where [`ORDER`] stands told the same, each once, and compares each with that one, which is
/// told alone before.
async fn burst<P>(
    world: &World,
    tables: &[&'static str],
    (queue, message): (&str, &Value),
    start: impl AsyncFn() -> P,
    take: impl AsyncFn(&P) -> Delivery,
) {
    let orders = messages() / 2;
    copy_rows(world, tables, orders, |order| names(order).to_vec());
    let first = [(ORDER, ORDER.to_owned()), (UID, UID.to_owned())];
    let before = theirs(&all(world, tables), &first);
    world.send(queue, &message.to_string(), &[]);
    take(&start().await).await;
    let alone = theirs(&all(world, tables), &first);
    assert_ne!(before, alone, "{queue}: it changes something");
    let told = |order| renamed(&message.to_string(), &names(order)).to_string();
    let burst = Burst { world, function: queue, messages: (0..orders).map(told).collect() };
    let taken = burst.take(start, take).await;
    let all = all(world, tables);
    for order in 0..orders {
        assert_eq!(theirs(&all, &names(order)), alone, "{queue}: {order}");
    }
    taken.tell(orders * changed(&before, &alone));
}

/// How many rows are others.
fn changed(before: &[(&str, Value)], after: &[(&str, Value)]) -> usize {
    after.iter().filter(|row| !before.contains(row)).count()
}

/// The same about a loan, in the queue that the core tells it in.
async fn burst_of_loans(app: &Loans, queue: &str, message: &Value) {
    let start = async || Loans::over(app.world.clone(), app.platform.clone()).await;
    let take = async |app: &Loans| match queue {
        CREDIT_RESULT => app.take_results().await,
        _ => app.take(queue).await,
    };
    burst(&app.world, &LOAN_TABLES, (queue, message), start, take).await;
}

#[tokio::test(start_paused = true)]
async fn every_credit_decision_counts_once() {
    let app = Loans::new().await;
    app.in_review().await;
    let told = decision(ORDER, "approved");
    burst_of_loans(&app, CREDIT_RESULT, &told).await;
}

#[tokio::test(start_paused = true)]
async fn every_audit_counts_once() {
    let app = Loans::confirmed().await;
    let told = audit("refused", None);
    burst_of_loans(&app, AUDIT_RESULT, &told).await;
}

#[tokio::test(start_paused = true)]
async fn every_disbursement_counts_once() {
    let app = Loans::confirmed().await;
    let told = loan_result(27);
    burst_of_loans(&app, LOAN_RESULT, &told).await;
}

#[tokio::test(start_paused = true)]
async fn every_plan_counts_once() {
    let app = Loans::confirmed().await;
    burst_of_loans(&app, REPAY_PLAN, &repay_plan()).await;
}

#[tokio::test(start_paused = true)]
async fn every_overdue_fee_counts_once() {
    let app = Loans::disbursed().await;
    let told = overdue(&plan(FEES));
    burst_of_loans(&app, OVERDUE, &told).await;
}

#[tokio::test(start_paused = true)]
async fn every_repayment_counts_once() {
    let app = Loans::disbursed().await;
    app.open_attempt(1);
    let told = repay_result(1, 1, "paid", &plan(PAID));
    burst_of_loans(&app, REPAY_RESULT, &told).await;
}
