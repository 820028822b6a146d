//! What fails holds nothing else up, and is told at the end.

use std::time::Duration;

use platform::schedule::RunError;
use serde_json::{Value, json};
use suites::quota::{ACCOUNTS, GRANTS, Quota};
use world::{Fault, On};

use super::{MIDNIGHT, TONIGHT, due_row, ending, in_statuses, put_account};

/// Ten pins, spread over the shards, with a grant each that runs out at midnight.
async fn with_ten_ending() -> Quota {
    let app = Quota::new().await;
    let grants: Vec<Value> = (0..10).map(|number| ending(&format!("p-{number}"), "1", "80")).collect();
    app.take(&grants).await;
    app
}

/// Changes the row of `p-4` in `table`.
fn spoil(app: &Quota, table: &str, attribute: &str, value: Value) {
    let mut row = app.world.items(table).into_iter().find(|row| row["pin"]["S"] == "p-4").unwrap();
    row[attribute] = value;
    app.world.put_item(table, &row);
}

/// Runs with one grant that cannot be taken off.
async fn all_but_one(app: &Quota) {
    let all: usize = in_statuses(app).iter().sum();
    let failed = app.expire(TONIGHT).await.unwrap_err();
    assert!(matches!(failed, RunError::Job(_)), "{failed}");
    assert_eq!(in_statuses(app), [1, 0, all - 1]);
    assert_eq!(app.counted("temp_credit_expired"), u64::try_from(all - 1).unwrap());
    assert_eq!(app.counted("job_done"), 0);
    assert_eq!(app.logged("ERROR").len(), 2, "the grant's own, and the run's");
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_fails_holds_no_other_grant_up_and_fails_the_run_at_its_end() {
    for fault in [Fault::InternalError, Fault::Refused, Fault::Reset, Fault::Hang] {
        let app = with_ten_ending().await;
        app.world.fail(On::call("TransactWriteItems").after(3), fault);
        all_but_one(&app).await;
        app.expire(TONIGHT).await.unwrap();
        assert_eq!((in_statuses(&app), app.counted("job_done")), ([0, 0, 10], 1), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_others_stand_in_the_way_of_six_times_is_left_to_the_next_run() {
    let app = Quota::new().await;
    app.take(&[ending("p-1", "1", "80")]).await;
    app.world.fail(On::call("TransactWriteItems").times(6), Fault::TransactionConflict);
    app.expire(TONIGHT).await.unwrap_err();
    assert_eq!(in_statuses(&app), [1, 0, 0]);
    app.expire(TONIGHT).await.unwrap();
    assert_eq!(in_statuses(&app), [0, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_holds_no_other_up_and_fails_the_run_until_it_is_mended() {
    for value in [json!({"S": "80"}), json!({"N": "-80"}), json!({"N": "0.00001"})] {
        let app = with_ten_ending().await;
        spoil(&app, GRANTS, "change_limit", value);
        all_but_one(&app).await;
        spoil(&app, GRANTS, "change_limit", json!({"N": "80"}));
        app.expire(TONIGHT).await.unwrap();
        assert_eq!((in_statuses(&app), app.total("p-4").as_deref()), ([0, 0, 10], Some("0")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_whose_id_is_none_holds_no_other_up() {
    let app = with_ten_ending().await;
    app.world.put_item(GRANTS, &due_row("p-x", "no separator", 2, "2019-06-25T00:00:00.000000000Z"));
    all_but_one(&app).await;
}

#[tokio::test(start_paused = true)]
async fn an_account_whose_total_cannot_be_read_fails_its_own_grants_and_does_not_keep_the_run_busy() {
    for value in [json!({"S": "80"}), Value::Null, json!({"L": []})] {
        let app = with_ten_ending().await;
        let row = app.account("p-4").unwrap();
        let mut spoilt = row.clone();
        spoilt["temp_total"] = value;
        spoilt.as_object_mut().unwrap().retain(|_, attribute| !attribute.is_null());
        app.world.put_item(ACCOUNTS, &spoilt);
        all_but_one(&app).await;
        app.world.put_item(ACCOUNTS, &row);
        app.expire(TONIGHT).await.unwrap();
        assert_eq!((in_statuses(&app), app.total("p-4").as_deref()), ([0, 0, 10], Some("0")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_without_an_account_fails_and_holds_no_other_up() {
    let app = with_ten_ending().await;
    app.world.put_item(GRANTS, &due_row("p-x", "2104#1", 1, "2019-06-25T00:00:00.000000000Z"));
    all_but_one(&app).await;
    put_account(&app, "p-x", &json!({"N": "2"}));
    app.expire(TONIGHT).await.unwrap();
    assert_eq!(app.total("p-x").as_deref(), Some("0.5"));
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_cannot_be_read_does_not_hold_the_other_three_up() {
    let app = Quota::new().await;
    for shard in 0..4 {
        let pin = format!("p-{shard}");
        app.world.put_item(GRANTS, &due_row(&pin, "2104#1", shard, "2019-06-25T00:00:00.000000000Z"));
        put_account(&app, &pin, &json!({"N": "1.5"}));
    }
    app.world.fail(On::call("Query"), Fault::InternalError);
    app.expire(TONIGHT).await.unwrap_err();
    assert_eq!((in_statuses(&app), app.counted("job_done")), ([1, 0, 3], 0));
    app.expire(TONIGHT).await.unwrap();
    assert_eq!((in_statuses(&app), app.counted("job_done")), ([0, 0, 4], 1));
}

#[tokio::test(start_paused = true)]
async fn what_there_is_no_time_for_is_left_to_the_next_run_and_fails_this_one() {
    let before = with_ten_ending().await;
    let world = before.world.clone();
    let app = Quota::over(before.world.clone()).await.with_time_left(Duration::from_secs(12));
    app.world.before(On::call("TransactWriteItems").after(3), async move || {
        world.pass(Duration::from_millis(2_001)).await;
    });
    let failed = app.expire(TONIGHT).await.unwrap_err();
    assert!(matches!(failed, RunError::Job(_)), "not stopped by its time-out: {failed}");
    let [left, _, expired] = in_statuses(&app);
    assert!(left > 0 && expired >= 3, "{left} are left, {expired} ran out");
    assert_eq!(app.counted("job_done"), 0);
    app.expire(TONIGHT).await.unwrap();
    assert_eq!((in_statuses(&app), app.counted("job_done")), ([0, 0, 10], 1));
    assert!((0..10).all(|number| app.total(&format!("p-{number}")).as_deref() == Some("0")));
}

#[tokio::test(start_paused = true)]
async fn without_time_nothing_is_begun() {
    let before = with_ten_ending().await;
    let app = Quota::over(before.world.clone()).await.with_time_left(Duration::from_millis(9_999));
    app.expire(TONIGHT).await.unwrap_err();
    assert_eq!(in_statuses(&app), [10, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_run_without_anything_due_is_done_at_once() {
    let app = Quota::new().await;
    app.expire(TONIGHT).await.unwrap();
    app.take(&[ending("p-1", "1", "80")]).await;
    app.expire("2019-06-25T23:59:59.999999999+08:00").await.unwrap();
    assert_eq!((in_statuses(&app), app.counted("job_done")), ([1, 0, 0], 2));
    app.expire(MIDNIGHT).await.unwrap();
    assert_eq!(in_statuses(&app), [0, 0, 1]);
}
