//! The retry plan over virtual hours, in seconds.

use std::time::Duration;

use suites::callbacks::{Callbacks, ORDER, Platform};
use world::Reply;

/// The seconds between what arrived.
fn waits(app: &Callbacks) -> Vec<i64> {
    let arrived = app.platform.arrived(ORDER);
    arrived.windows(2).map(|two| two[1].at.duration_since(two[0].at).as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn over_thirty_hours_the_waits_are_those_of_the_plan_within_a_fifth_and_then_the_callback_is_dead() {
    let app = Callbacks::new().await;
    app.platform.always(ORDER, Some(Platform::code(10_001)));
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    app.live(30 * 60).await;
    let waits = waits(&app);
    let planned = [60, 300, 900].into_iter().chain(std::iter::repeat(3600));
    for (place, (wait, planned)) in waits.iter().zip(planned).enumerate() {
        // SQS holds whole seconds back; and no two waits need be alike.
        let bounds = planned * 8 / 10..=planned * 12 / 10 + 2;
        assert!(bounds.contains(wait), "wait {place}: {wait} s, planned {planned} s");
    }
    assert!(waits.iter().any(|wait| *wait > 3_700) && waits.iter().any(|wait| (2_880..3_500).contains(wait)));
    let whole: i64 = waits.iter().sum();
    assert!((22 * 3600..=24 * 3600 + 60).contains(&whole), "{whole}");
    assert_eq!(app.states(ORDER), ["dead"]);
    assert_eq!(app.counted("callback_dead"), 1);
    assert_eq!(app.attempts(0).len(), waits.len() + 1);
    assert_eq!(app.counted("callback_failed"), waits.len() as u64 + 1);
    assert!(app.logged("ERROR").iter().any(|line| line["message"] == "a callback was given up"));
}

#[tokio::test(start_paused = true)]
async fn a_dead_callback_lets_the_next_through() {
    let app = Callbacks::new().await;
    app.cause_and_wake(&[1, 2]).await;
    app.platform.answers(ORDER, (0..40).map(|_| Platform::code(10_001)));
    app.work_all().await;
    app.live(24 * 60).await;
    app.platform.answers(ORDER, []);
    let numbers = app.platform.numbers(ORDER);
    let dead = numbers.iter().filter(|number| **number == 1).count();
    assert_eq!(app.states(ORDER)[0], "dead");
    assert_eq!(numbers[dead], 2, "the second is tried as soon as the first is given up");
    app.live(24 * 60).await;
    assert_eq!(app.states(ORDER), ["dead", "delivered"]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_makes_a_wait_longer_within_bounds_and_never_shorter() {
    for (header, shortest, longest) in [
        ("120", 120, 123),
        ("1", 48, 75),
        ("0", 48, 75),
        ("soon", 48, 75),
        ("999999", 6 * 3600, 6 * 3600 + 3),
    ] {
        for status in [200, 429, 503] {
            let app = Callbacks::new().await;
            let refused = Reply::json(status, r#"{"code":10001}"#).header("retry-after", header);
            app.platform.answers(ORDER, [refused]);
            app.cause_and_wake(&[1]).await;
            app.work_all().await;
            app.live(if header == "999999" { 6 * 60 + 2 } else { 4 }).await;
            let waits = waits(&app);
            assert_eq!(waits.len(), 1, "{header} {status}");
            assert!((shortest..=longest).contains(&waits[0]), "{header} {status}: {} s", waits[0]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_wake_up_that_comes_before_its_time_sends_nothing() {
    let app = Callbacks::new().await;
    app.platform.answers(ORDER, [Platform::code(10_001)]);
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    for _ in 0..5 {
        app.world.pass(Duration::from_secs(8)).await;
        app.wake(ORDER);
        app.work_all().await;
    }
    assert_eq!(app.platform.numbers(ORDER), [1]);
    app.cause_and_wake(&[2]).await;
    app.work_all().await;
    assert_eq!(app.platform.numbers(ORDER), [1], "a new callback does not hurry the one before it");
}

#[tokio::test(start_paused = true)]
async fn the_first_try_after_a_failure_comes_on_the_second_without_the_relay() {
    let app = Callbacks::new().await;
    app.platform.answers(ORDER, [Platform::code(10_001)]);
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    for _ in 0..75 {
        app.world.pass(Duration::from_secs(1)).await;
        app.work_all().await;
    }
    assert_eq!(app.states(ORDER), ["delivered"]);
    assert!((48..=73).contains(&waits(&app)[0]), "{:?}", waits(&app));
}
