//! What each operation costs in request units (docs/contexts/marketplace.md), exactly.

use std::time::Duration;

use suites::confirmations::{Confirmations, bind, confirm, event};
use suites::costs::assert_priced;
use suites::orders::UID;
use world::{Spent, Units};

fn cost(spent: &Spent) -> (Units, Units) {
    (spent.reads(), spent.writes())
}

fn whole(reads: u64, writes: u64) -> (Units, Units) {
    (Units::whole(reads), Units::whole(writes))
}

async fn with_account() -> Confirmations {
    let app = Confirmations::approved().await;
    app.partners.opens(UID);
    app
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_is_a_read_looks_at_the_user_and_one_transaction() {
    let app = with_account().await;
    let (_, spent) = app.world.measure(app.confirm(&confirm())).await;
    // The order; then account and log; then two looks at customers and one at cards, while the depository is asked. The
    // order, which is heavier than 1 KB, history, loan and the outbox's row, and that row's end.
    assert_eq!(cost(&spent), whole(1 + 2 + 3, (4 + 2 + 2 + 2) + 1));
    assert_priced("confirm-loan", "a confirmation", &spent);
    let (_, repeat) = app.world.measure(app.confirm(&confirm())).await;
    assert_eq!(cost(&repeat), whole(1, 0));
    let app = Confirmations::approved().await;
    let (_, waits) = app.world.measure(app.confirm(&confirm())).await;
    // The log, and the account, which enters its index.
    assert_eq!(cost(&waits), whole(1 + 2 + 3, 2 + (2 + 1)));
    assert_priced("confirm-loan", "a confirmation that waits for an account", &waits);
    let (_, repeat) = app.world.measure(app.confirm(&confirm())).await;
    assert_eq!(cost(&repeat), whole(1 + 2 + 3, 0));
}

#[tokio::test(start_paused = true)]
async fn an_account_is_found_by_one_transaction() {
    let app = Confirmations::approved().await;
    app.confirm(&confirm()).await;
    let (_, spent) = app.world.measure(app.tell(&event("open"))).await;
    // A query in each channel; order and log; the looks at the user. Order, history, loan, log, the account, which leaves
    // its index, and the outbox's row and its end.
    assert_eq!(cost(&spent), whole(2 + 2 + 3, (4 + 2 + 2 + 2 + (2 + 1) + 2) + 1));
    assert_priced("depository-events", "an account that completes a confirmation", &spent);
    let (_, repeat) = app.world.measure(app.tell(&event("open"))).await;
    assert_eq!(cost(&repeat), whole(2, 0));
    let app = Confirmations::approved().await;
    app.confirm(&confirm()).await;
    let (_, idle) = app.world.measure(app.check()).await;
    // Half a read a shard.
    assert_priced("depository-check", "a run that finds nothing", &idle);
    app.world.pass(Duration::from_mins(61)).await;
    let (_, timed_out) = app.world.measure(app.check()).await;
    assert_eq!(cost(&timed_out), whole(2 + 1, 1 + 1));
    let app = Confirmations::approved().await;
    app.confirm(&confirm()).await;
    app.partners.opens(UID);
    app.world.pass(Duration::from_mins(61)).await;
    let (_, found) = app.world.measure(app.check()).await;
    assert_eq!(cost(&found), whole(2 + 1 + 2 + 3, (4 + 2 + 2 + 2 + (2 + 1) + 2) + 1));
}

#[tokio::test(start_paused = true)]
async fn a_binding_is_three_reads_and_one_transaction() {
    let app = with_account().await;
    let (_, first) = app.world.measure(app.bind(&bind())).await;
    // The order, the card and the account, at the same time; the order, the card and the defaults.
    assert_eq!(cost(&first), whole(3, 4 + 2 + 2));
    assert_priced("bind-card", "a card", &first);
    let (_, again) = app.world.measure(app.bind(&bind())).await;
    assert_eq!(cost(&again), whole(3, 4 + 2 + 2));
    let app = Confirmations::approved().await;
    let (_, page) = app.world.measure(app.bind(&bind())).await;
    assert_eq!(cost(&page), whole(3, 4 + 2 + 2 + (2 + 1)));
    let app = with_account().await;
    app.confirm(&confirm()).await;
    let (_, late) = app.world.measure(app.bind(&bind())).await;
    // And the loan, with the outbox's row and its end.
    assert_eq!(cost(&late), whole(4, (4 + 2 + 2 + 2 + 2) + 1));
}
