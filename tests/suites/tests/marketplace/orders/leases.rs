//! One run at a time has an order's pulls, and one an order that is parsed (§5, §11 Pulls).

use std::time::Duration;

use futures_util::join;
use serde_json::json;
use suites::marketplace::channels::PLATFORM;
use suites::orders::bodies::{push, with};
use suites::orders::{BUCKET, ORDER, Orders, PULL_LOG, UID};
use world::{Fault, On};

async fn pushed() -> Orders {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    app.push(&push()).await;
    app
}

/// Both have read what is due before either writes.
fn meet(app: &Orders) {
    app.world.meet(On::call("PutItem"), 2);
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_pull_each_kind_once() {
    let (app, other) = (pushed().await, pushed().await.another().await);
    drop(other);
    let other = app.another().await;
    meet(&app);
    let (one, two) = join!(app.pull(), other.pull());
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!((app.status(ORDER), app.platform.pulls().len()), (Some(2), 3));
    assert_eq!(app.history(ORDER).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_died_is_followed_by_another_after_5_minutes_and_not_before() {
    let app = pushed().await;
    // The lease, then nothing more.
    app.world.crash_after(4);
    assert!(app.world.run_until_crash(app.pull()).await.is_err());
    let row = app.pulls(ORDER);
    assert!(row.get("lease_until").is_some(), "{row}");
    let app = app.another().await;
    let tried = app.platform.pulls().len();
    app.world.pass(Duration::from_millis(5 * 60_000 - 1)).await;
    app.pull().await.unwrap();
    assert_eq!((app.status(ORDER), app.platform.pulls().len()), (Some(0), tried));
    app.pull_for(&json!({"time": "2018-08-09T00:00:00Z"})).await.unwrap();
    assert_eq!(app.platform.pulls().len(), tried, "a lease is the clock's");
    app.world.pass(Duration::from_millis(1)).await;
    app.pull().await.unwrap();
    assert_eq!(app.status(ORDER), Some(2));
    assert_eq!(app.pulls(ORDER).get("lease_until"), None);
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_lease_was_taken_over_writes_nothing() {
    let app = pushed().await;
    // While the first run waits for the platform, its lease ends and another run does everything.
    let late = app.another().await;
    let (world, platform) = (app.world.clone(), app.platform.clone());
    app.world.before(On::call("POST").to(PLATFORM), async move || {
        let mut row = world.items(PULL_LOG).remove(0);
        for ended in ["lease_until", "next_pull_at"] {
            row[ended] = json!({"S": "2018-08-08T06:30:00.000000000Z"});
        }
        world.put_item(PULL_LOG, &row);
        Orders::over(world, platform).await.pull().await.unwrap();
    });
    late.pull().await.unwrap();
    assert_eq!((app.status(ORDER), app.history(ORDER).len()), (Some(2), 2));
    let named = app.row(ORDER).unwrap()["data_keys"].to_string();
    let objects = app.world.objects(BUCKET);
    let orphans = objects.iter().filter(|object| !named.contains(&object.key)).count();
    assert!(orphans > 0 && app.row(ORDER).unwrap()["version"]["N"] == "2", "what came late is named nowhere");
}

#[tokio::test(start_paused = true)]
async fn an_index_that_lags_leads_to_nothing() {
    let app = pushed().await;
    let stale = app.pulls(ORDER);
    app.pull().await.unwrap();
    let after = (app.row(ORDER), app.history(ORDER), app.platform.pulls().len());
    // As the index may show it still: with the stamp of before.
    let fresh = app.pulls(ORDER);
    app.world.put_item(PULL_LOG, &stale);
    let (world, now) = (app.world.clone(), fresh.clone());
    app.world.before(On::call("PutItem"), async move || {
        world.put_item(PULL_LOG, &now);
    });
    app.pull().await.unwrap();
    assert_eq!((app.row(ORDER), app.history(ORDER), app.platform.pulls().len()), after);
    assert_eq!(app.pulls(ORDER), fresh);
}

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_parse_an_order_once() {
    let app = Orders::new().await;
    app.with_all_data().await;
    app.change(ORDER, |row| row["auth_items"] = json!({"SS": ["device"]}));
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (one, two) = join!(app.parse(), other.parse());
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    assert_eq!((app.status(ORDER), app.callbacks(ORDER).len()), (Some(5), 1));
    assert_eq!(app.history(ORDER).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_a_dead_run_left_in_progress_is_parsed_when_its_lease_is_over() {
    let app = Orders::new().await;
    app.with_all_data().await;
    app.world.fail(On::call("GetObject"), Fault::InternalError);
    app.parse().await.unwrap();
    assert_eq!((app.status(ORDER), app.counted("push_order_parse_failed")), (Some(3), 1));
    assert_eq!(app.audit(ORDER).await.status(), 6003);
    assert_eq!(app.push(&with(push(), "period", json!(6))).await.status(), 2002);
    app.world.pass(Duration::from_millis(5 * 60_000 - 1)).await;
    app.parse().await.unwrap();
    assert_eq!(app.status(ORDER), Some(3), "another may be at it");
    app.parse_for(&json!({"time": "2018-08-09T00:00:00Z"})).await.unwrap();
    assert_eq!(app.status(ORDER), Some(3), "a lease is the clock's");
    app.world.pass(Duration::from_millis(1)).await;
    app.parse().await.unwrap();
    assert_eq!(app.status(ORDER), Some(10));
    let steps = app.history(ORDER);
    assert_eq!(steps[2..], ["2>3 push-order-parse: to be parsed", "3>10 push-order-parse: may borrow"]);
}

#[tokio::test(start_paused = true)]
async fn a_parse_whose_lease_was_taken_over_writes_nothing() {
    let app = Orders::new().await;
    app.with_all_data().await;
    let late = app.another().await;
    let (world, platform) = (app.world.clone(), app.platform.clone());
    app.world.before(On::call("GetObject"), async move || {
        world.pass(Duration::from_mins(6)).await;
        Orders::over(world, platform).await.parse().await.unwrap();
    });
    late.parse().await.unwrap();
    assert_eq!((app.status(ORDER), app.history(ORDER).len()), (Some(10), 4));
}
