//! Runs that overlap, users who cancel meanwhile, grants that come, and an index that lags.

use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::quota::{ACCOUNTS, GRANTS, Quota, granted};
use world::{Fault, On};

use super::{TONIGHT, ending, in_statuses};

const CANCELLED: &str = r#""code":"1111""#;

/// Three grants of one pin that run out at midnight.
async fn with_three_ending() -> Quota {
    let app = Quota::new().await;
    app.take(&[ending("p-1", "1", "80"), ending("p-1", "2", "7"), ending("p-1", "3", "0.5")]).await;
    app
}

#[tokio::test(start_paused = true)]
async fn two_runs_that_overlap_take_each_grant_off_once() {
    let app = with_three_ending().await;
    // Both have read what is due before either writes.
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (one, other) = join!(app.expire(TONIGHT), app.expire(TONIGHT));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 0, 3]));
    assert_eq!((app.counted("temp_credit_expired"), app.counted("job_done")), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn a_run_and_a_cancel_at_once_take_the_grant_off_once() {
    let app = with_three_ending().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    // Who comes last to a meeting goes on first.
    let (run, cancel) = join!(app.expire(TONIGHT), app.cancel("p-1", "2104", "1"));
    run.unwrap();
    assert!(cancel.body.contains(CANCELLED), "the cancel was first: {}", cancel.body);
    assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 1, 2]));
    assert_eq!(app.counted("temp_credit_expired"), 2);
    let app = with_three_ending().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (cancel, run) = join!(app.cancel("p-1", "2104", "1"), app.expire(TONIGHT));
    run.unwrap();
    assert!(cancel.body.contains(r#""code":"1001""#), "the run was first: {}", cancel.body);
    assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 0, 3]));
}

/// Has the grant `2104#1` cancelled by another process just before the run writes for the first time.
fn cancel_before_the_first_write(app: &Quota) {
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems"), async move || {
        let change = |table: &str, number: usize, change: &dyn Fn(&mut Value)| {
            let mut row = world.items(table)[number].clone();
            change(&mut row);
            world.put_item(table, &row);
        };
        change(ACCOUNTS, 0, &|row| row["temp_total"] = json!({"N": "7.5"}));
        change(GRANTS, 0, &|row| {
            row["status"] = json!({"S": "3"});
            row.as_object_mut()
                .unwrap()
                .retain(|name, _| !["live_since", "due_at", "due_shard"].contains(&name.as_str()));
        });
    });
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_is_still_in_the_index_but_cancelled_in_the_table_is_left_alone() {
    let app = with_three_ending().await;
    cancel_before_the_first_write(&app);
    app.expire(TONIGHT).await.unwrap();
    assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 1, 2]));
    assert_eq!((app.counted("temp_credit_expired"), app.counted("job_done")), (2, 1), "the run is complete");
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_comes_while_the_run_writes_is_counted() {
    let app = with_three_ending().await;
    app.tell(&granted("p-1", "2104", "4", "1000"));
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (run, _) = join!(app.expire(TONIGHT), app.deliver());
    run.unwrap();
    assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("1000"), [1, 0, 3]));
}

#[tokio::test(start_paused = true)]
async fn a_total_that_changes_between_the_two_conditions_is_met_by_the_right_one() {
    let app = Quota::new().await;
    app.take(&[ending("p-1", "1", "80")]).await;
    let set = |total: &'static str| {
        let world = app.world.clone();
        async move || {
            let mut row = world.items(ACCOUNTS)[0].clone();
            row["temp_total"] = json!({"N": total});
            world.put_item(ACCOUNTS, &row);
        }
    };
    app.world.before(On::call("TransactWriteItems"), set("10"));
    app.world.before(On::call("TransactWriteItems").after(1), set("80.5"));
    app.world.before(On::call("TransactWriteItems").after(2), set("79.9999"));
    app.expire(TONIGHT).await.unwrap();
    assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 0, 1]));
    assert_eq!(app.world.effects().iter().filter(|effect| effect.contains("Update credit_apply")).count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_conflicting_or_throttled_transaction_is_tried_again() {
    for fault in [Fault::TransactionConflict, Fault::Throttled] {
        let app = with_three_ending().await;
        app.world.fail(On::call("TransactWriteItems").times(5), fault);
        app.expire(TONIGHT).await.unwrap();
        assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 0, 3]), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_transaction_whose_answer_is_lost_takes_off_once_when_the_sdk_or_the_next_run_repeats_it() {
    for fault in [Fault::InternalErrorAfterEffect, Fault::ResetAfterEffect, Fault::HangAfterEffect] {
        let before = with_three_ending().await;
        let app = Quota::over_with_sdk_retries(before.world.clone()).await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.expire(TONIGHT).await.unwrap();
        assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 0, 3]), "{fault:?}");
        assert_eq!(app.counted("temp_credit_expired"), 3);

        let app = with_three_ending().await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.expire(TONIGHT).await.unwrap_err();
        app.world.pass(Duration::from_mins(1)).await;
        app.expire(TONIGHT).await.unwrap();
        assert_eq!((app.total("p-1").as_deref(), in_statuses(&app)), (Some("0"), [0, 0, 3]), "{fault:?}");
    }
}
