//! The time that a run has.

use std::time::Duration;

use platform::schedule::{JobError, RunError};
use suites::delivery::{Delivery, RELAY_TIME};
use world::{Fault, On};

#[tokio::test(start_paused = true)]
async fn with_too_little_time_nothing_is_begun_and_the_run_ends_in_an_error() {
    let app = Delivery::new().with_time_left(Duration::from_millis(9_999));
    app.leave(&["hello"]).await;
    let error = JobError::Failed("0 left, 0 stuck, 0 shards not read, out of time: true".into());
    assert_eq!(app.relay().await, Err(RunError::Job(error)));
    assert_eq!((app.told().len(), app.rows().len()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_run_in_which_everything_hangs_ends_by_itself_and_the_next_one_sends_it_all() {
    let app = Delivery::new();
    for _ in 0..12 {
        app.leave(&vec!["hello"; 99]).await;
    }
    let started = app.world.time().now();
    app.world.fail(On::call("SendMessageBatch").times(50), Fault::Hang);
    app.world.fail(On::call("BatchWriteItem").times(3), Fault::Hang);
    let ended = app.relay().await;
    assert!(matches!(ended, Err(RunError::Job(_))), "it was not stopped: {ended:?}");
    assert!(app.world.time().now() < started + RELAY_TIME);
    assert_eq!(app.relay().await, Ok(()));
    assert_eq!(app.rows().len(), 0);
    assert!(app.told().len() >= 12 * 99, "{} may have come twice", app.told().len());
}

#[tokio::test(start_paused = true)]
async fn a_run_that_can_read_nothing_ends_while_it_has_time_left_to_say_so() {
    let app = Delivery::new().with_time_left(Duration::from_secs(11));
    app.leave(&["hello"]).await;
    app.world.fail(On::call("Query").always(), Fault::Hang);
    let error = app.relay().await.expect_err("nothing could be read");
    assert!(matches!(error, RunError::Job(_)), "{error}");
    assert_eq!(app.rows().len(), 1);
}
