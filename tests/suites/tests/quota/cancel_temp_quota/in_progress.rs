//! A transaction whose earlier try is still being carried out.

use std::time::Duration;

use suites::quota::Quota;
use world::{Fault, On};

use crate::one_grant::app;

#[tokio::test(start_paused = true)]
async fn a_transaction_in_progress_is_sent_again_as_the_same_and_counts_as_the_first() {
    for others in [1, 5] {
        let before = app().await;
        let app = Quota::over_with_sdk_retries(before.world.clone()).await;
        // The first try takes effect, but its answer is lost; while it was carried out, the next ones met it.
        app.world.fail(On::call("TransactWriteItems"), Fault::ResetAfterEffect);
        app.world.fail(On::call("TransactWriteItems").after(1).times(others), Fault::TransactionInProgress);
        let got = app.cancel("p-1", "2201", "W1").await;
        assert!(got.body.contains(r#""code":"1111""#), "{}", got.body);
        assert_eq!(app.counted("CANCELTEMPRANGE,500_1000"), 1, "no repeat: a new stamp would have found one");
        assert_eq!(app.total("p-1").as_deref(), Some("0"));
        let sent = app.world.effects().iter().filter(|effect| effect.contains("Update credit_apply")).count();
        assert_eq!(sent, 2 + others);
    }
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_stays_in_progress_is_given_up_after_ten_tries_or_when_the_time_is_up() {
    let app = app().await;
    app.world.fail(On::call("TransactWriteItems").always(), Fault::TransactionInProgress);
    let got = app.cancel("p-1", "2201", "W1").await;
    assert!(got.body.contains(r#""code":"0000""#), "{}", got.body);
    let sent = || app.world.effects().iter().filter(|effect| effect.contains("InProgress")).count();
    assert_eq!(sent(), 10);
    let app = app.with_time_left(Duration::from_millis(1_500));
    app.cancel("p-1", "2201", "W1").await;
    assert_eq!(app.world.effects().iter().filter(|effect| effect.contains("InProgress")).count(), 11);
}
