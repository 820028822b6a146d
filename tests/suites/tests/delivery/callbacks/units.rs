//! What a callback costs (design §12).

use serde_json::json;
use suites::callbacks::{Callbacks, ORDER, Platform};
use suites::costs::assert_priced;
use world::Units;

fn whole(reads: u32, writes: u32) -> (Units, Units) {
    (Units::whole(reads.into()), Units::whole(writes.into()))
}

#[tokio::test(start_paused = true)]
async fn a_callback_costs_its_change_a_row_and_a_head_and_the_worker_a_lease_a_query_and_a_transaction() {
    let app = Callbacks::new().await;
    let ((), spent) = app.world.measure(app.cause(ORDER, 1, &[1])).await;
    assert_eq!(
        (spent.reads(), spent.writes()),
        whole(0, 6),
        "two rows in a transaction, two entries of indexes"
    );
    app.wake(ORDER);
    let (_, spent) = app.world.measure(app.work()).await;
    assert_eq!(
        (spent.reads(), spent.writes()),
        whole(1, 1 + 4 + 2 + 1),
        "the state moves in its index, the head leaves its"
    );
    assert_priced("partner-callback", "a callback that is taken", &spent);
}

#[tokio::test(start_paused = true)]
async fn a_failure_costs_a_lease_a_query_and_a_transaction_with_the_next_time() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.platform.answers(ORDER, [Platform::code(10_001)]);
    app.wake(ORDER);
    let (_, spent) = app.world.measure(app.work()).await;
    assert_eq!((spent.reads(), spent.writes()), whole(1, 1 + 4 + 2), "the head moves in its index");
    assert_priced("partner-callback", "a callback that is not taken", &spent);
}

#[tokio::test(start_paused = true)]
async fn a_wake_up_for_nothing_costs_one_write_that_fails() {
    let app = Callbacks::new().await;
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    app.wake(ORDER);
    let (_, spent) = app.world.measure(app.work()).await;
    assert_priced("partner-callback", "a wake-up for nothing", &spent);
}

#[tokio::test(start_paused = true)]
async fn a_resend_is_one_transaction() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    let mut row = app.rows(ORDER)[0].clone();
    row["state"] = json!({"S": "dead"});
    app.world.put_item("callbacks", &row);
    app.wake(ORDER);
    app.work_all().await;
    let (got, spent) = app.world.measure(app.resend(&json!({"callback_id": Callbacks::id(1)}))).await;
    assert_eq!(got.status, 200);
    assert_eq!((spent.reads(), spent.writes()), whole(0, 4 + 2 + 1));
    assert_priced("callback-resend", "one callback", &spent);
}

#[tokio::test(start_paused = true)]
async fn a_run_of_the_relay_is_half_a_read_for_each_shard_of_the_outbox_and_of_what_is_due() {
    let app = Callbacks::new().await;
    let (run, spent) = app.world.measure(app.wake_due()).await;
    run.expect("nothing is to do");
    assert_priced("outbox-relay", "a run that finds nothing", &spent);
}

#[tokio::test(start_paused = true)]
async fn what_operators_see_of_an_order_is_one_query() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    let (got, spent) = app.world.measure(app.list("order=840%23120522")).await;
    assert_eq!(got.status, 200);
    assert_priced("callback-list", "the callbacks of an order", &spent);
}
