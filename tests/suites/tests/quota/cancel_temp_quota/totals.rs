//! What a cancel takes off the account's total (§5 C5 and C6, §11 Totals).

use serde_json::json;
use suites::quota::{ACCOUNTS, GRANTS, Quota, opened, with};
use world::On;

use super::{CANCELLED, FAILED, app, lasting, set_total, stands, with_grants};
use crate::cancel_metrics::counted;

/// The total after a grant of `limit` is cancelled on an account whose total was corrected to `total`.
async fn after(total: &str, limit: &str) -> String {
    let app = with_grants(super::NOW, &[with(lasting("2201", "W1"), "change_limit", limit)]).await;
    let corrected = with(with(opened("p-1"), "temp_total", total), "event_id", "corrected");
    app.take(&[with(corrected, "occurred_at", "2019-06-21T00:00:00+08:00")]).await;
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
    app.total("p-1").unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_amount_comes_off_exactly_and_the_total_never_falls_below_zero() {
    for (total, limit, expected) in [
        ("1040.0001", "500.0000", "540.0001"),
        ("0.3000", "0.1000", "0.2"),
        ("500.0000", "500.0000", "0"),
        ("500.0001", "500.0000", "0.0001"),
        ("499.9999", "500.0000", "0"),
        ("100", "500.0000", "0"),
        ("0", "500.0000", "0"),
        ("99999999999999.9999", "0.0001", "99999999999999.9998"),
    ] {
        assert_eq!(after(total, limit).await, expected, "{total} - {limit}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_partly_used_quota_is_cancelled_in_full_and_counted_by_its_amount() {
    let app = app().await;
    set_total(&app.world, "1");
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED);
    assert_eq!(stands(&app), ("3".into(), "0".into()));
    assert_eq!(counted(&app)[2], "CANCELTEMPRANGE,500_1000 2201 SUCCESS");
}

/// The total after a cancel before whose tries the total becomes each of `totals` in turn.
async fn moved(totals: &[&'static str]) -> String {
    let app = app().await;
    for (tries, total) in totals.iter().copied().enumerate() {
        let world = app.world.clone();
        let on = On::call("TransactWriteItems").after(tries);
        app.world.before(on, async move || set_total(&world, total));
    }
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), CANCELLED, "{totals:?}");
    assert_eq!(counted(&app).len(), 3);
    app.total("p-1").unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_total_that_moves_between_read_and_write_is_reduced_as_it_then_stands() {
    assert_eq!(moved(&["700"]).await, "200");
    assert_eq!(moved(&["499.9999"]).await, "0");
    assert_eq!(moved(&["100", "700"]).await, "200");
    assert_eq!(moved(&["100", "500"]).await, "0");
    assert_eq!(moved(&["100", "700", "100"]).await, "0");
    assert_eq!(moved(&["0", "500.5", "0.1", "1000.0001"]).await, "500.0001");
}

#[tokio::test(start_paused = true)]
async fn a_total_that_cannot_be_read_is_0000_at_once_and_nothing_changes() {
    for total in [json!({"S": "500"}), json!({"N": "-1"})] {
        let app = app().await;
        let row = with(app.world.items(ACCOUNTS)[0].clone(), "temp_total", total.clone());
        app.world.put_item(ACCOUNTS, &row);
        let started = app.world.time().now();
        assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED, "{total}");
        assert_eq!(app.world.time().now(), started, "no retry can mend it");
        assert_eq!(app.world.items(ACCOUNTS), [row]);
        assert_eq!(app.statuses("p-1")[0].1, "2");
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_whose_account_is_not_there_is_0000_and_stays() {
    let other = app().await;
    let row = other.world.items(GRANTS)[0].clone();
    let app = Quota::new().await;
    app.world.put_item(GRANTS, &row);
    assert_eq!(app.cancel("p-1", "2201", "W1").await.brief(), FAILED);
    assert_eq!(app.world.items(GRANTS), [row]);
    assert_eq!(app.total("p-1"), None);
    assert_eq!(app.counted("internal_error"), 1);
}
