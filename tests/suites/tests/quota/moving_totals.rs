//! An account that others change at every try.

use std::time::Duration;

use serde_json::json;
use suites::quota::{ACCOUNTS, Quota};
use world::{Fault, On};

use crate::one_grant::{LATER, app, edit};

/// Gives the account another total before each of the next transactions, so that neither condition ever holds.
fn move_the_total(app: &Quota, times: usize) {
    for number in 0..times {
        let world = app.world.clone();
        let total = if number % 2 == 0 { "499" } else { "501" };
        app.world.before(On::call("TransactWriteItems").after(number), async move || {
            edit(&world, ACCOUNTS, "temp_total", json!({"N": total}));
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_total_that_moves_at_every_try_is_given_up_by_the_job_after_six() {
    let app = app().await;
    move_the_total(&app, 20);
    let before = app.world.effects().len();
    app.expire(LATER).await.unwrap_err();
    assert_eq!(app.world.effects().len() - before, 6);
    assert!(app.logged("ERROR")[0]["failure"].as_str().unwrap().contains("Raced"));
}

#[tokio::test(start_paused = true)]
async fn a_total_that_moves_at_every_try_ends_a_cancel_before_its_time_is_up() {
    let app = app().await.with_time_left(Duration::from_secs(3));
    move_the_total(&app, 200);
    let started = app.world.time().now();
    let got = app.cancel("p-1", "2201", "W1").await;
    assert!(got.body.contains(r#""code":"0000""#), "{}", got.body);
    assert!(app.logged("ERROR")[0]["failure"].as_str().unwrap().contains("Raced"));
    let taken = app.world.time().now().duration_since(started).unsigned_abs();
    assert!(taken >= Duration::from_secs(1) && taken < Duration::from_millis(2_500), "{taken:?}");
}

#[tokio::test(start_paused = true)]
async fn with_little_time_left_a_conflict_is_left_to_the_next_run() {
    let app = app().await.with_time_left(Duration::from_millis(10_001));
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems"), async move || {
        world.pass(Duration::from_millis(1)).await;
    });
    app.world.fail(On::call("TransactWriteItems"), Fault::TransactionConflict);
    app.expire(LATER).await.unwrap_err();
    assert_eq!(app.counted("temp_credit_expired"), 0);
}
