//! The relay's wake-ups.

use std::collections::BTreeMap;
use std::time::Duration;

use platform::callbacks::{SHARDS, shard_of};
use serde_json::json;
use suites::callbacks::{CALLBACKS, Callbacks, ORDER, PARTNER_CALLBACK, Platform};
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

#[tokio::test(start_paused = true)]
async fn what_the_worker_does_not_get_to_is_woken_for_more_and_more_seldom() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    let mut woken = Vec::new();
    for minute in 0..20 {
        let before = app.world.messages(PARTNER_CALLBACK).len();
        app.wake_due().await.expect("a run");
        woken.extend((app.world.messages(PARTNER_CALLBACK).len() > before).then_some(minute));
        app.world.pass(Duration::from_mins(1)).await;
    }
    assert_eq!(woken, [0, 1, 2, 3, 8, 16]);
    app.work_all().await;
    assert_eq!(app.platform.numbers(ORDER), [1]);
}

#[tokio::test(start_paused = true)]
async fn runs_whose_time_is_enough_for_one_shard_alone_come_to_each_in_turn() {
    let app = Callbacks::new().await;
    let mut orders = BTreeMap::new();
    for number in 0.. {
        let order = format!("840#{number}");
        orders.entry(shard_of(&order)).or_insert(order);
        if orders.len() == SHARDS as usize {
            break;
        }
    }
    for order in orders.values() {
        app.cause(order, 1, &[1]).await;
    }
    let waking = app.relay().waking.as_ref().expect("it wakes");
    for run in 1..=4 {
        // The first send uses up what a second page would need.
        app.world.fail(On::call("SendMessageBatch"), Fault::HangAfterEffect);
        let woken = waking.wake(&app.scope_with(Duration::from_millis(25_500)), app.world.time().now()).await;
        assert!(woken.out_of_time);
        assert_eq!(app.world.messages(PARTNER_CALLBACK).len(), run, "another shard's");
        let time = app.world.time().now().as_second();
        app.world.pass(Duration::from_secs(u64::try_from(60 - time.rem_euclid(60)).unwrap_or(60))).await;
    }
    app.work_all().await;
    assert!(orders.values().all(|order| app.states(order) == ["delivered"]));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_slow_leaves_the_outbox_its_time() {
    let app = Callbacks::new().await;
    for order in 0..600 {
        app.cause(&format!("840#{order}"), 1, &[1]).await;
    }
    for batch in 0..60 {
        let slow = || tokio::time::sleep(Duration::from_secs(1));
        app.world.before(On::call("SendMessageBatch").after(batch), slow);
    }
    let scope = app.scope();
    let started = app.world.time().now();
    let waking = app.relay().waking.as_ref().expect("it wakes");
    let woken = waking.wake(&scope, started).await;
    assert!(!woken.is_complete());
    assert!(scope.remaining() >= Duration::from_secs(20), "{:?}", scope.remaining());
}

#[tokio::test(start_paused = true)]
async fn a_head_that_cannot_be_read_holds_no_other_order_up_and_fails_the_run() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    let mut broken = app.head(ORDER);
    broken["order"] = json!({"S": "840#broken"});
    broken["due_at"] = json!({"S": "1"});
    app.world.put_item(CALLBACKS, &broken);
    assert!(app.wake_due().await.is_err());
    assert!(app.logged("ERROR").iter().any(|line| line["order"] == "840#broken"));
    app.work_all().await;
    assert_eq!(app.states(ORDER), ["delivered"]);
}
