//! Rows of every schema version ever written: golden files that are never changed, only added to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use suites::confirmations::{CARDS, Confirmations, LOGS, REGISTERS, bind, confirm, event};
use suites::orders::credit::but;
use suites::orders::{ORDER, UID};

const VERSIONS: [&str; 1] = [include_str!("../../../golden/marketplace/confirmations-v1.json")];
const TABLES: [&str; 3] = [CARDS, LOGS, REGISTERS];
/// One that is confirmed.
const CONFIRMED: &str = "CONFIRMED";
/// One whose page came to nothing.
const FAILED: &str = "FAILED";

/// Lives that lead to every kind of row.
async fn lived_through() -> Confirmations {
    let app = Confirmations::approved().await;
    for order in [CONFIRMED, FAILED] {
        app.approve("840", order).await;
    }
    let of = |order: &str| but(confirm(), &json!({"orderId": order}));
    app.confirm(&of(FAILED)).await;
    app.world.pass(Duration::from_mins(61)).await;
    app.check().await.unwrap();
    app.confirm(&of(CONFIRMED)).await;
    app.partners.opens(UID);
    app.confirm(&of(CONFIRMED)).await;
    app.bind(&bind()).await;
    app.bind(&but(bind(), &json!({"bankCardNum": "622202020001", "bankCode": "ICBC", "cardType": 1}))).await;
    app.bind(&bind()).await;
    let app = app.another().await;
    // The depository has forgotten.
    let nobody = suites::confirmations::Partners::in_world(&app.world);
    let app = Confirmations::over(app.world.clone(), app.platform.clone(), nobody).await;
    app.confirm(&of(ORDER)).await;
    app
}

/// What a row is called in a golden file.
fn name(row: &Value) -> String {
    let keys = ["user", "card", "uid", "order"].map(|key| row[key]["S"].as_str().unwrap_or_default());
    keys.into_iter().filter(|key| !key.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Without what is drawn.
fn comparable(mut row: Value) -> Value {
    assert!(row["request_stamp"]["S"].is_string());
    row["request_stamp"] = json!({"S": "drawn"});
    row
}

fn golden(version: &str, table: &str) -> BTreeMap<String, Value> {
    let golden: Value = serde_json::from_str(version).expect("JSON");
    serde_json::from_value(golden[table].clone()).expect("rows by name")
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let app = lived_through().await;
    let written = |table: &str| -> BTreeMap<String, Value> {
        app.world.items(table).into_iter().map(|row| (name(&row), comparable(row))).collect()
    };
    let all: BTreeMap<&str, _> = TABLES.into_iter().map(|table| (table, written(table))).collect();
    for table in TABLES {
        let newest = golden(VERSIONS[VERSIONS.len() - 1], table);
        assert_eq!(all[table], newest, "{}", serde_json::to_string_pretty(&all).unwrap());
    }
}

/// An approved order in a world with a version's rows.
async fn over(version: &str) -> Confirmations {
    let app = Confirmations::approved().await;
    app.approve("840", FAILED).await;
    for table in TABLES {
        for row in golden(version, table).into_values() {
            app.world.put_item(table, &row);
        }
    }
    app
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_completed() {
    for version in VERSIONS {
        let app = over(version).await;
        app.tell(&event("open")).await;
        assert_eq!((app.status(ORDER), app.status(FAILED)), (Some(1), Some(1)));
        let cards: Vec<_> =
            app.commands_of("loan_application").iter().map(|one| one["card"].clone()).collect();
        assert!(cards.iter().all(|card| card["card_ref"] == "card-1"), "{cards:?}");
        let app = over(version).await;
        app.world.pass(Duration::from_hours(3)).await;
        app.check().await.unwrap();
        assert_eq!(app.register(ORDER).as_deref(), Some("timed_out"));
        app.partners.opens(UID);
        app.confirm(&confirm()).await;
        assert_eq!((app.status(ORDER), app.bind(&bind()).await.status()), (Some(1), 3001));
        assert_eq!(app.partners.bound().len(), 0, "the card is known");
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_not_known_is_refused_and_not_overwritten() {
    for table in TABLES {
        let app = over(VERSIONS[0]).await;
        app.partners.opens(UID);
        for mut row in app.world.items(table) {
            row["schema_version"] = json!({"N": "2"});
            app.world.put_item(table, &row);
        }
        let before = TABLES.map(|table| app.world.items(table));
        app.world.pass(Duration::from_hours(3)).await;
        assert_eq!(app.confirm(&confirm()).await.code, 10_001, "{table}");
        app.check().await.unwrap();
        app.tell(&event("open")).await;
        assert_eq!(TABLES.map(|table| app.world.items(table)), before, "{table}");
        assert_eq!(app.status(ORDER), Some(12));
    }
}
