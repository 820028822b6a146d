//! Rows of every schema version ever written: golden files that are never changed, only added to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use suites::orders::bodies::{push, with};
use suites::orders::credit::{but, decision};
use suites::orders::{
    BUCKET, CALLBACKS, CONVERSION, CUSTOMERS, DATA, HISTORY, ORDER, ORDERS, Orders, PULL_LOG, Platform,
    Pulled, TABLES, UID, data, furnish, opened, sealed,
};
use world::World;

/// One golden file for each version: for each table, rows by a name that says what they are.
const VERSIONS: [&str; 2] = [
    include_str!("../../../golden/marketplace/orders-v1.json"),
    include_str!("../../../golden/marketplace/orders-v2.json"),
];
/// An order of which something was pulled.
const PULLED: &str = "PARTLY-PULLED";
/// One that waits for credit.
const ADMITTED: &str = "ADMITTED";
/// One whose user may not borrow.
const REFUSED: &str = "REFUSED";
/// One that a run left in progress.
const LEFT: &str = "LEFT-IN-PROGRESS";
/// One that is approved.
const APPROVED: &str = "APPROVED";
/// One that credit is applied for.
const IN_REVIEW: &str = "IN-REVIEW";
/// One of somebody else, who was refused credit.
const CREDIT_REFUSED: &str = "CREDIT-REFUSED";

fn golden(version: &str, table: &str) -> BTreeMap<String, Value> {
    let golden: Value = serde_json::from_str(version).expect("JSON");
    // A version that is older than a table has no rows of it.
    golden
        .get(table)
        .map_or_else(BTreeMap::new, |rows| serde_json::from_value(rows.clone()).expect("rows by name"))
}

/// The tables with rows of the functions over orders.
fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.into_iter().chain([CUSTOMERS])
}

fn of(order: &str) -> Value {
    with(push(), "orderId", json!(order))
}

/// Lives that lead to every kind of row of the newest golden version.
async fn lived_through() -> Orders {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    for order in [APPROVED, IN_REVIEW] {
        app.push(&of(order)).await;
    }
    let other = with(of(CREDIT_REFUSED), "idInfo.cid", json!("110101198501011239"));
    app.push(&with(other, "registerPhone", json!("13900139009"))).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    app.apply().await.unwrap();
    app.told(&decision(APPROVED, "approved")).await;
    app.told(&but(decision(APPROVED, "approved"), &json!({"event_id": "e-2"}))).await;
    let late = json!({"event_id": "e-3", "occurred_at": "2018-08-08T06:36:00Z"});
    app.told(&but(decision(APPROVED, "refused"), &late)).await;
    app.told(&decision(CREDIT_REFUSED, "refused")).await;
    for order in [ADMITTED, LEFT] {
        app.push(&of(order)).await;
    }
    app.push(&with(of(REFUSED), "idInfo.cid", json!("11010120100307123X"))).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    app.change(LEFT, |row| {
        row["status"] = json!({"N": "3"});
        row["work_shard"] = json!({"S": "parse#0"});
        row["work_at"] = json!({"S": "2018-08-08T06:42:00.000000000Z"});
    });
    app.platform.answers(UID, "device", Pulled::NotReady);
    app.push(&of(PULLED)).await;
    app.pull().await.unwrap();
    app.push(&of(ORDER)).await;
    app
}

/// What a row is called in a golden file.
fn name(row: &Value) -> String {
    let keys = ["order", "third_order_no", "user", "version", "kind", "seq", "message", "digest", "customer"];
    let text = |name: &str| row[name]["S"].as_str().or(row[name]["N"].as_str()).map(str::to_owned);
    let is_order = row.get("uid").is_some();
    let keys = keys.iter().filter(|key| !(is_order && **key == "version"));
    keys.filter_map(|key| text(key)).collect::<Vec<_>>().join(" ")
}

/// Without what is drawn: stamps, ids, keys of objects, and what is sealed with a nonce.
fn comparable(mut row: Value) -> Value {
    let members = row.as_object_mut().expect("a row");
    for drawn in ["request_stamp", "id", "order_no", "object_key", "correlation_id"] {
        if let Some(value) = members.get_mut(drawn) {
            assert!(value["S"].as_str().is_some_and(|text| !text.is_empty()), "{drawn}");
            *value = json!({"S": "drawn"});
        }
    }
    if let Some(person) = members.get_mut("person") {
        *person = json!({"B": "sealed"});
    }
    if let Some(Value::Object(keys)) = members.get_mut("data_keys").map(|keys| &mut keys["M"]) {
        keys.values_mut().for_each(|key| *key = json!({"S": "drawn"}));
    }
    if let Some(Value::Array(items)) = members.get_mut("auth_items").map(|items| &mut items["SS"]) {
        items.sort_by_key(Value::to_string);
    }
    row
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let app = lived_through().await;
    for table in tables() {
        let written: BTreeMap<String, Value> =
            app.world.items(table).into_iter().map(|row| (name(&row), comparable(row))).collect();
        let expected = golden(VERSIONS[VERSIONS.len() - 1], table);
        let expected: BTreeMap<_, _> =
            expected.into_iter().map(|(name, row)| (name, comparable(row))).collect();
        assert_eq!(written, expected, "{table}");
    }
}

/// A process over a world with a version's rows, as it was left; each push is in the bucket.
async fn over(version: &str) -> Orders {
    let world = World::starting_at("2018-08-08T06:38:00Z".parse().expect("an instant"));
    furnish(&world);
    for table in tables() {
        for row in golden(version, table).into_values() {
            if table == DATA && row["kind"]["S"] == "push" {
                let order = row["order"]["S"].as_str().and_then(|key| key.split_once('#')).expect("a key").1;
                let key = row["object_key"]["S"].as_str().expect("a key");
                world.put_object(BUCKET, sealed(key, of(order).to_string().as_bytes()));
            }
            world.put_item(table, &row);
        }
    }
    let platform = Platform::in_world(&world);
    Orders::over(world, platform).await
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_answered() {
    for version in VERSIONS {
        let app = over(version).await;
        for (order, status) in [
            (ORDER, 6003),
            (PULLED, 6003),
            (ADMITTED, 6003),
            (LEFT, 6003),
            (REFUSED, 6004),
            (APPROVED, 6001),
            (IN_REVIEW, 6003),
            (CREDIT_REFUSED, 6004),
        ] {
            if app.row(order).is_none() {
                assert_eq!(version, VERSIONS[0], "{order} is of a later version");
                continue;
            }
            assert_eq!(app.audit(order).await.status(), status, "{order}");
        }
        assert_eq!(app.audit(APPROVED).await.said()["amountLimit"]["maxLoan"].to_string(), "12000.0");
        for order in [ORDER, PULLED, ADMITTED, LEFT, APPROVED] {
            assert_eq!(app.push(&of(order)).await.status(), 2001, "{order}: the same content");
            let other = app.push(&with(of(order), "openId", json!("o-2"))).await.status();
            assert_eq!(other, if [ORDER, PULLED].contains(&order) { 2001 } else { 2002 }, "{order}");
        }
        assert_eq!(app.items(PULLED).len(), 6, "what was pulled before counts");
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_goes_on() {
    for version in VERSIONS {
        let app = over(version).await;
        app.platform.has_all(UID);
        app.world.pass(Duration::from_mins(5)).await;
        app.pull().await.unwrap();
        let pulled = |kind: &str| app.platform.times(kind);
        assert_eq!((pulled("operator"), pulled("device")), (1, 2), "only what was outstanding");
        app.parse().await.unwrap();
        for order in [ORDER, PULLED, LEFT, ADMITTED] {
            assert_eq!(app.status(order), Some(10), "{order}");
        }
        assert_eq!((app.status(REFUSED), app.status(APPROVED)), (Some(4), Some(12)));
        let mut pulled = app.world.objects(BUCKET).into_iter();
        assert!(pulled.any(|object| opened(&object) == data(UID, "device").as_bytes()));
        assert!(app.world.items(HISTORY).len() > golden(version, HISTORY).len());
        assert_eq!(app.world.items(CONVERSION).len(), golden(version, CONVERSION).len());
        assert_eq!(app.callbacks(REFUSED).len(), 1);
        assert_eq!(app.world.items(CALLBACKS).len(), golden(version, CALLBACKS).len());
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_applied_for_and_decided() {
    for version in VERSIONS {
        let app = over(version).await;
        app.apply().await.unwrap();
        assert_eq!((app.status(ADMITTED), app.commands().len()), (Some(11), 1));
        app.told(&but(decision(ADMITTED, "refused"), &json!({"event_id": "e-9"}))).await;
        assert_eq!((app.status(ADMITTED), app.callbacks(ADMITTED).len()), (Some(4), 1));
        let before = app.row(APPROVED);
        app.told(&but(decision(APPROVED, "approved"), &json!({"event_id": "e-9"}))).await;
        assert_eq!((app.row(APPROVED), app.outcomes().pop().as_deref()), (before, Some("unchanged")));
        if app.row(IN_REVIEW).is_none() {
            assert_eq!(version, VERSIONS[0], "it is of a later version");
            continue;
        }
        app.told(&decision(IN_REVIEW, "approved")).await;
        assert_eq!(app.status(IN_REVIEW), Some(12));
        app.told(&decision(APPROVED, "approved")).await;
        assert_eq!(app.outcomes().pop().as_deref(), Some("repeated"));
        assert_eq!(app.refusals().len(), 2 * 4 - 1, "two persons, of whom one has an X");
    }
}

#[tokio::test(start_paused = true)]
async fn a_version_that_is_not_known_is_refused_and_not_overwritten() {
    for table in [ORDERS, PULL_LOG] {
        let app = over(VERSIONS[0]).await;
        for mut row in app.world.items(table) {
            row["schema_version"] = json!({"N": "2"});
            app.world.put_item(table, &row);
        }
        let before = app.world.items(table);
        app.world.pass(Duration::from_mins(5)).await;
        app.pull().await.unwrap();
        app.parse().await.unwrap();
        if table == ORDERS {
            assert_eq!(app.audit(ORDER).await.code, 10_001);
            assert_eq!(app.push(&of(ORDER)).await.code, 10_001);
            assert!(!app.logged("ERROR").is_empty());
        }
        assert_eq!(app.world.items(table), before, "{table}");
    }
}
