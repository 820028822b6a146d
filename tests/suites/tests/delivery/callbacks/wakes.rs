//! The relay's wake-ups.

use std::time::Duration;

use suites::callbacks::{Callbacks, ORDER, PARTNER_CALLBACK, Platform};
use world::{Fault, On};

#[tokio::test(start_paused = true)]
async fn an_order_nobody_woke_for_is_woken_for_by_the_next_run() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.wake_due().await.expect("a run");
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["delivered"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_due_within_90_seconds_is_woken_for_when_it_is_and_what_is_later_is_not() {
    let app = Callbacks::new().await;
    app.platform.always(ORDER, Some(Platform::code(10_001)));
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    app.wake_due().await.expect("a run");
    let due: jiff::Timestamp =
        app.head(ORDER)["due_at"]["S"].as_str().expect("an instant").parse().expect("an instant");
    app.work_all().await;
    assert_eq!(app.platform.numbers(ORDER), [1]);
    let left = due.duration_since(app.world.time().now()).unsigned_abs();
    app.world.pass(left + Duration::from_secs(1)).await;
    app.work_all().await;
    assert_eq!(app.platform.numbers(ORDER), [1, 1]);
    // The next one is due in five minutes.
    app.wake_due().await.expect("a run");
    assert_eq!(app.world.messages(PARTNER_CALLBACK).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_run_without_callbacks_wakes_nobody() {
    let app = Callbacks::new().await;
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    let effects = app.world.effects().len();
    app.wake_due().await.expect("a run");
    assert_eq!(app.world.effects().len(), effects);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_cannot_read_or_send_fails_and_the_next_one_wakes() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    for on in [On::call("Query").to("callbacks"), On::any().to(PARTNER_CALLBACK)] {
        app.world.fail(on.times(4), Fault::InternalError);
        assert!(app.wake_due().await.is_err());
        assert_eq!(app.world.messages(PARTNER_CALLBACK).len(), 0);
    }
    while app.wake_due().await.is_err() {}
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["delivered"]);
}

#[tokio::test(start_paused = true)]
async fn many_orders_are_woken_for_in_batches_over_pages() {
    let app = Callbacks::new().await;
    for order in 0..1_100 {
        app.cause(&format!("840#{order}"), 1, &[1]).await;
    }
    let effects = app.world.effects().len();
    app.wake_due().await.expect("a run");
    assert_eq!(app.world.messages(PARTNER_CALLBACK).len(), 1_100);
    let calls = app.world.effects().len() - effects;
    assert!((110..=118).contains(&calls), "{calls}");
}
