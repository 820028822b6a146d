//! Two devices, the job and other writers at the same time (§6).

use futures_util::future::join_all;
use serde_json::{Value, json};
use suites::quota::{Quota, granted, with};
use world::{Fault, On};

use super::{ABSENT, CANCELLED, FAILED, NOW, app, edit_grant, lasting, set_total, stands, with_grants};
use crate::cancel_metrics::counted;

fn transactions() -> On {
    On::call("TransactWriteItems")
}

#[tokio::test(start_paused = true)]
async fn twenty_parallel_cancels_take_the_amount_off_once_and_all_succeed() {
    let app = with_grants(NOW, &[lasting("2201", "W1"), lasting("2104", "kept")]).await;
    app.world.meet(transactions(), 20);
    let answers = join_all((0..20).map(|_| app.cancel("p-1", "2201", "W1"))).await;
    for got in &answers {
        assert_eq!(got.brief(), CANCELLED);
    }
    assert_eq!(stands(&app), ("2 3".into(), "500".into()));
    let counts = ["CANCELTEMPREQ", "CANCELTEMPSUCCESS", "CANCELTEMPRANGE,500_1000"];
    assert_eq!(counts.map(|name| app.counted(name)), [20, 20, 1], "one has the range, the others repeat");
    assert_eq!(counted(&app).len(), 41);
    assert_eq!(app.counted("internal_error"), 0);
}

#[tokio::test(start_paused = true)]
async fn parallel_cancels_of_different_grants_all_come_off() {
    let grants: Vec<Value> = (0..10).map(|number| lasting("2104", &number.to_string())).collect();
    let app = with_grants(NOW, &grants).await;
    app.world.meet(transactions(), 10);
    let ids: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let answers = join_all(ids.iter().map(|id| app.cancel("p-1", "2104", id))).await;
    assert!(answers.iter().all(|got| got.brief() == CANCELLED), "{answers:?}");
    assert_eq!(app.total("p-1").as_deref(), Some("0"));
    assert_eq!(app.counted("CANCELTEMPRANGE,500_1000"), 10);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_finds_its_grant_cancelled_meanwhile_is_a_repeat() {
    let app = app().await;
    let world = app.world.clone();
    app.world.before(transactions(), async move || {
        edit_grant(&world, &[("status", json!({"S": "3"})), ("live_since", json!(null))]);
        set_total(&world, "0");
    });
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
    assert_eq!(stands(&app), ("3".into(), "0".into()));
    assert_eq!(counted(&app), ["CANCELTEMPREQ 2201 REQUEST", "CANCELTEMPSUCCESS 2201 SUCCESS"]);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_finds_its_grant_expired_meanwhile_is_1001() {
    let app = app().await;
    let world = app.world.clone();
    app.world.before(transactions(), async move || {
        edit_grant(&world, &[("status", json!({"S": "4"})), ("live_since", json!(null))]);
        set_total(&world, "7");
    });
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), ABSENT);
    assert_eq!(stands(&app), ("4".into(), "7".into()));
}

/// A 2101 without expiry that at noon of 09-30 is due, by its filled expiry, and listed all the same.
async fn at_month_end() -> Quota {
    let grant = with(granted("p-1", "2101", "1", "500"), "effective_time", "2019-08-31T00:00:00+08:00");
    with_grants("2019-09-30T12:00:00+08:00", &[grant, lasting("2104", "2")]).await
}

#[tokio::test(start_paused = true)]
async fn cancel_and_expiry_at_the_same_time_take_the_amount_off_once() {
    let app = at_month_end().await;
    app.world.meet(transactions(), 2);
    let (got, run) =
        futures_util::join!(app.cancel("p-1", "2101", "1"), app.expire("2019-09-30T12:00:00+08:00"));
    run.unwrap();
    let (statuses, total) = stands(&app);
    assert_eq!(total, "500", "once");
    match got.brief() {
        CANCELLED => assert_eq!(statuses, "3 2"),
        refused => assert_eq!((refused, statuses.as_str()), (ABSENT, "4 2")),
    }
}

#[tokio::test(start_paused = true)]
async fn whichever_of_cancel_and_expiry_comes_first_stands() {
    let time = "2019-09-30T12:00:00+08:00";
    let app = at_month_end().await;
    app.expire(time).await.unwrap();
    assert_eq!(app.cancel("p-1", "2101", "1").await.brief(), ABSENT);
    assert_eq!(stands(&app), ("4 2".into(), "500".into()));

    let app = at_month_end().await;
    assert_eq!(app.cancel("p-1", "2101", "1").await.brief(), CANCELLED);
    app.expire(time).await.unwrap();
    assert_eq!(stands(&app), ("3 2".into(), "500".into()));
    assert_eq!(app.counted("temp_credit_expired"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_or_throttling_is_tried_again_and_not_shown() {
    for fault in [
        Fault::TransactionConflict,
        Fault::Throttled,
        Fault::Cancelled(&["TransactionConflict", "None"]),
        Fault::Cancelled(&["None", "TransactionConflict"]),
        Fault::Cancelled(&["TransactionConflict", "TransactionConflict"]),
        Fault::Cancelled(&["None", "ThrottlingError"]),
        Fault::Cancelled(&["ProvisionedThroughputExceeded", "None"]),
    ] {
        let app = app().await;
        app.world.fail(transactions().times(12), fault);
        assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED, "{fault:?}");
        assert_eq!(stands(&app), ("3".into(), "0".into()), "{fault:?}");
        assert_eq!(counted(&app)[2..], ["CANCELTEMPRANGE,500_1000 2201 SUCCESS"], "{fault:?}");
        assert!(app.logged("ERROR").is_empty(), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_that_does_not_end_is_0000_when_the_time_is_up_and_not_before() {
    let app = app().await;
    app.world.fail(transactions().always(), Fault::TransactionConflict);
    let started = app.world.time().now();
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED);
    let took = app.world.time().now().duration_since(started);
    assert!((12..15).contains(&took.as_secs()), "{took}");
    assert_eq!(stands(&app), ("2".into(), "500".into()));
    assert_eq!((app.counted("internal_error"), app.logged("ERROR").len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_conflict_on_the_account_alone_does_not_hide_that_the_total_is_too_low() {
    let app = app().await;
    set_total(&app.world, "1");
    app.world.fail(transactions(), Fault::Cancelled(&["None", "TransactionConflict"]));
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
    assert_eq!(stands(&app), ("3".into(), "0".into()));
}
