//! Who hesitates, and since when (§5, §13).

use serde_json::{Value, json};
use suites::crm::{CLIENTS, Crm, SCAN, example_client, with, without};

use super::is_asked;
use crate::{changed, migration};

/// Seven days before the run.
const SINCE: &str = "2023-07-20T06:00:00+03:00";

/// What is told of a client who is due, with another row of its migration.
fn with_migration(migration: Value) -> Vec<Value> {
    let mut told = example_client(SINCE);
    told[0] = migration;
    told
}

#[tokio::test(start_paused = true)]
async fn seven_full_days_to_the_second_are_enough_and_a_second_less_is_not() {
    assert!(is_asked(&example_client("2023-07-20T06:00:00+03:00")).await);
    assert!(is_asked(&example_client("2023-07-20T03:00:00Z")).await, "the same instant");
    for since in ["2023-07-20T06:00:01+03:00", "2023-07-20T06:00:00.000000001+03:00", SCAN] {
        assert!(!is_asked(&example_client(since)).await, "{since}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_counting_starts_again_with_each_change_of_the_wizard() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-10T00:00:00+03:00")).await;
    app.tell(&[changed("e-2", "IN_PROGRESS", "2023-07-21T06:00:00+03:00")]).await;
    for time in [SCAN, "2023-07-28T05:59:59+03:00"] {
        app.scan(time).await;
        assert!(app.sent().is_empty(), "{time}");
    }
    app.scan("2023-07-28T06:00:00+03:00").await;
    assert_eq!(app.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_latest_change_counts_whatever_order_they_come_in() {
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
        let changes = [
            changed("e-3", "OK", "2023-07-10T00:00:00+03:00"),
            changed("e-2", "IN_PROGRESS", "2023-07-21T00:00:00+03:00"),
            changed("e-1", "TO_SIGN", "2023-07-15T00:00:00+03:00"),
        ];
        let app = Crm::new();
        app.tell(&example_client("2023-07-05T00:00:00+03:00")).await;
        app.tell(&order.map(|place| changes[place].clone())).await;
        app.scan(SCAN).await;
        assert!(app.sent().is_empty(), "{order:?}");
        app.scan("2023-07-28T00:00:00+03:00").await;
        assert_eq!(app.sent().len(), 1, "{order:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_without_an_entry_in_the_log_is_not_asked_about_and_that_is_logged() {
    let app = Crm::new();
    let mut told = example_client(SINCE);
    let entry = told.remove(1);
    app.tell(&told).await;
    app.scan(SCAN).await;
    assert!(app.sent().is_empty());
    let said = "a client in the Wizard has no entry in the log";
    let lines: Vec<_> = app.lines().into_iter().filter(|line| line["message"] == said).collect();
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| line["organization_id"] == "354815252"), "{lines:?}");
    app.tell(&[entry]).await;
    app.scan(SCAN).await;
    assert_eq!(app.sent().len(), 1, "the entry came late");
}

#[tokio::test(start_paused = true)]
async fn ok_in_progress_and_to_sign_hesitate_and_signed_and_any_other_do_not() {
    for (status, asked) in [
        (json!("OK"), true),
        (json!("IN_PROGRESS"), true),
        (json!("TO_SIGN"), true),
        (json!(" TO_SIGN "), true),
        (json!("SIGNED"), false),
        (json!("to_sign"), false),
        (json!("X".repeat(300)), false),
        (json!(""), false),
        (Value::Null, false),
    ] {
        let mut told = example_client(SINCE);
        told[1] = with(told[1].clone(), "wizard_status", status.clone());
        assert_eq!(is_asked(&told).await, asked, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_a_client_whose_migration_is_in_the_wizard_is_asked_about() {
    let row = migration("e-1", "OK", "2023-07-01T00:00:00+03:00");
    assert!(is_asked(&with_migration(row.clone())).await);
    for status in [json!("migrated"), json!("IN_WIZARD"), json!(""), Value::Null] {
        assert!(!is_asked(&with_migration(with(row.clone(), "status", status.clone()))).await, "{status}");
    }
    assert!(!is_asked(&with_migration(without(row, "status"))).await);
    assert!(!is_asked(&example_client(SINCE)[1..]).await, "no row of its migration came");
}

#[tokio::test(start_paused = true)]
async fn a_client_who_leaves_the_wizard_is_no_longer_asked_about_and_one_who_returns_is() {
    let app = Crm::new();
    app.tell(&example_client(SINCE)).await;
    let left = with(migration("e-2", "OK", "2023-07-21T00:00:00+03:00"), "status", "migrated");
    app.tell(&[left]).await;
    assert_eq!(app.world.items(CLIENTS)[0].get("waiting_since"), None, "the index does not have it");
    app.scan(SCAN).await;
    assert!(app.sent().is_empty());
    app.tell(&[migration("e-3", "OK", "2023-07-22T00:00:00+03:00")]).await;
    app.scan(SCAN).await;
    assert_eq!(app.sent().len(), 1, "status comes from the row alone, and days from the log alone");
}

#[tokio::test(start_paused = true)]
async fn the_newer_of_row_and_log_says_the_wizards_status_and_the_row_on_a_tie() {
    let (before, same, after) =
        ("2023-07-20T05:59:59+03:00", "2023-07-20T03:00:00Z", "2023-07-20T06:00:01+03:00");
    for (row_at, row, log, asked) in [
        (before, "SIGNED", "TO_SIGN", true),
        (before, "TO_SIGN", "SIGNED", false),
        (same, "SIGNED", "TO_SIGN", false),
        (same, "TO_SIGN", "SIGNED", true),
        (after, "SIGNED", "TO_SIGN", false),
        (after, "TO_SIGN", "SIGNED", true),
        (after, "", "TO_SIGN", false),
        (before, "", "TO_SIGN", true),
    ] {
        let mut told = with_migration(migration("e-1", row, row_at));
        told[1] = changed("e-2", log, SINCE);
        assert_eq!(is_asked(&told).await, asked, "{row} at {row_at}, {log}");
        told.reverse();
        assert_eq!(is_asked(&told).await, asked, "{row} at {row_at}, {log}, the other way round");
    }
}
