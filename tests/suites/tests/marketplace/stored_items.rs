//! Rows of every schema version ever written: golden files that are never changed, only added to.

use serde_json::{Map, Value, json};
use suites::marketplace::channels::PLAIN;
use suites::marketplace::{CUSTOMERS, Marketplace};

use crate::people::{MD5_UPPER, PHONE_MD5, customer};

/// One golden file for each version.
const VERSIONS: [&str; 1] = [include_str!("../../golden/marketplace/customers-v1.json")];

/// A context in which every attribute has been written.
async fn lived_through() -> Marketplace {
    let app = Marketplace::new().await;
    let told = json!({"loan_in_progress": true, "refused_at": "2018-08-01T00:00:00+08:00"});
    app.tell(&[customer(&told)]).await;
    app
}

fn rows(app: &Marketplace) -> Value {
    let mut rows = app.world.items(CUSTOMERS);
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("request_stamp");
        if let Some(digests) = row.get_mut("digests") {
            digests["SS"].as_array_mut().unwrap().sort_by_key(Value::to_string);
        }
    }
    rows.into()
}

#[tokio::test(start_paused = true)]
async fn what_is_written_today_is_the_newest_version() {
    let written = json!({CUSTOMERS: rows(&lived_through().await)});
    let newest: Value = serde_json::from_str(VERSIONS[VERSIONS.len() - 1]).unwrap();
    assert_eq!(written, newest, "{written:#}");
}

#[tokio::test(start_paused = true)]
async fn rows_of_every_version_are_read_and_replaced() {
    for version in VERSIONS {
        let app = Marketplace::new().await;
        let golden: Map<String, Value> = serde_json::from_str(version).unwrap();
        for (table, rows) in &golden {
            rows.as_array().unwrap().iter().for_each(|row| app.world.put_item(table, row));
        }
        for found in [json!({"md5": MD5_UPPER}), json!({"mobileMd5": PHONE_MD5})] {
            assert_eq!(app.call(PLAIN, "userCheck", &found).await.said()["rejectReason"], 2, "{found}");
        }
        app.tell(&[customer(&json!({"event_id": "e-9", "occurred_at": "2018-08-09T00:00:00Z"}))]).await;
        assert_eq!(app.call(PLAIN, "userCheck", &json!({"md5": MD5_UPPER})).await.said()["rejectReason"], 0);
        assert_eq!(app.world.items(CUSTOMERS).len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn a_row_of_a_version_that_is_not_known_is_not_guessed_at() {
    let app = lived_through().await;
    for mut row in app.world.items(CUSTOMERS) {
        row["schema_version"] = json!({"N": "2"});
        app.world.put_item(CUSTOMERS, &row);
    }
    assert_eq!(app.call(PLAIN, "userCheck", &json!({"md5": MD5_UPPER})).await.code, 10001);
}
