//! A partner that is switched off: callbacks wait without burning attempts, and drain in order.

use serde_json::json;
use suites::callbacks::{Callbacks, ORDER, Platform, cause};
use suites::marketplace::channels::{PLATFORM, put_channel};
use world::On;

#[tokio::test(start_paused = true)]
async fn callbacks_of_a_channel_that_is_off_wait_without_an_attempt_and_drain_in_order() {
    let app = Callbacks::new().await.switched(true).await;
    app.cause_and_wake(&[1, 2, 3]).await;
    app.work_all().await;
    app.live(25 * 60).await;
    assert_eq!(app.platform.arrived(ORDER).len(), 0);
    assert_eq!(app.states(ORDER), ["pending"; 3], "nothing dies of waiting");
    assert_eq!((app.attempts(0), app.counted("callback_failed")), (vec![], 0));
    let app = app.switched(false).await;
    app.live(4).await;
    assert_eq!(app.platform.numbers(ORDER), [1, 2, 3]);
    assert_eq!(app.states(ORDER), ["delivered"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_failed_before_has_its_whole_time_left_after() {
    let app = Callbacks::new().await;
    app.platform.answers(ORDER, (0..2).map(|_| Platform::code(10_001)));
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    let app = app.switched(true).await;
    app.live(25 * 60).await;
    let app = app.switched(false).await;
    app.live(3).await;
    assert_eq!(app.states(ORDER), ["pending"], "the second failure is not the last");
    app.live(10).await;
    assert_eq!(app.states(ORDER), ["delivered"]);
}

#[tokio::test(start_paused = true)]
async fn another_channel_goes_on() {
    let app = Callbacks::new().await.switched(true).await;
    app.cause("rongshu#1", 1, &[1]).await;
    app.cause_and_wake(&[1]).await;
    app.wake("rongshu#1");
    app.work_all().await;
    assert_eq!(
        (app.states(ORDER), app.states("rongshu#1")),
        (vec!["pending".to_owned()], vec!["delivered".to_owned()])
    );
}

#[tokio::test(start_paused = true)]
async fn an_order_of_a_channel_that_is_not_configured_waits() {
    let app = Callbacks::new().await;
    app.cause("841#1", 1, &[1]).await;
    app.wake("841#1");
    app.work_all().await;
    app.live(5).await;
    assert_eq!(app.states("841#1"), ["pending"]);
    assert!(app.outcomes().iter().all(|outcome| ["switched_off", "not_due"].contains(&outcome.as_str())));
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_counted_and_its_age_told_switched_off_or_failing_alike() {
    let app = Callbacks::new().await;
    put_channel(&app.world, "rongshu", &json!({"disabled": true}));
    let app = app.another().await;
    app.platform.always(ORDER, Some(Platform::code(10_001)));
    app.cause_and_wake(&[1]).await;
    app.live(60).await;
    app.cause("rongshu#1", 1, &[1]).await;
    app.wake("rongshu#1");
    app.cause(ORDER, 2, &[2]).await;
    app.live(60).await;
    let told = |channel: &str, metric: &str| {
        let lines = app.lines().into_iter();
        lines.filter(|line| line["channel"] == channel).filter_map(|line| line[metric].as_u64()).next_back()
    };
    let oldest = |channel| told(channel, "callback_oldest_age_s").expect("an age");
    assert!((7_080..=7_200).contains(&oldest("840")), "{}", oldest("840"));
    assert!((3_480..=3_600).contains(&oldest("rongshu")), "{}", oldest("rongshu"));
    assert_eq!(told("840", "callback_orders_waiting"), Some(1));
    app.platform.always(ORDER, None);
    app.live(130).await;
    let before = told("840", "callback_orders_waiting");
    app.live(2).await;
    assert_eq!(app.states(ORDER), ["delivered"; 2]);
    assert_eq!(before, told("840", "callback_orders_waiting"));
}

#[tokio::test(start_paused = true)]
async fn the_age_is_of_what_waits_now_and_not_of_what_was_delivered() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.world.pass(std::time::Duration::from_mins(10)).await;
    app.cause(ORDER, 2, &[2]).await;
    app.platform.answers(ORDER, [Platform::takes(), Platform::code(10_001)]);
    app.wake(ORDER);
    app.work().await;
    assert_eq!(app.states(ORDER), ["delivered", "pending"]);
    let created = app.rows(ORDER)[1]["created_at"].clone();
    assert_eq!(app.head(ORDER)["waits_since"], created);
}

#[tokio::test(start_paused = true)]
async fn the_age_is_of_what_waits_now_also_if_it_was_caused_while_another_one_was_sent() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.world.pass(std::time::Duration::from_mins(10)).await;
    app.platform.answers(ORDER, [Platform::takes(), Platform::code(10_001)]);
    let (world, scope) = (app.world.clone(), app.scope());
    let during = On::call("POST").to(PLATFORM);
    app.world.before(during, move || async move { cause(&world, &scope, ORDER, 2, &[2]).await });
    app.wake(ORDER);
    app.work().await;
    assert_eq!(app.states(ORDER), ["delivered", "pending"]);
    assert_eq!(app.head(ORDER)["waits_since"], app.rows(ORDER)[1]["created_at"]);
}
