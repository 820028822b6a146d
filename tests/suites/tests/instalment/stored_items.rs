//! Rows of every schema version ever written: golden files that are never changed, only added to.

use serde_json::{Value, json};
use suites::instalment::{CONTRACTS, EVENT_IDS, Instalment, NUMBERS, QUEUE};

/// One golden file for each version.
const VERSIONS: [&str; 1] = [include_str!("../../golden/instalment/v1.json")];

fn event(id: &str, number: Option<&str>, state: &str, second: u8) -> String {
    json!({
        "event_id": id, "type": "contract_upserted", "client_id": "c-1", "contract_number": number,
        "state": state, "occurred_at": format!("2026-01-02T03:04:{second:02}Z"),
    })
    .to_string()
}

fn without_stamp(mut row: Value) -> Value {
    let stamp = row.as_object_mut().and_then(|row| row.remove("request_stamp"));
    assert!(stamp.is_some_and(|stamp| stamp["S"].as_str().is_some_and(|text| text.len() == 32)));
    row
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let app = Instalment::new();
    for message in [event("e-1", None, "init", 5), event("e-2", Some("77-1"), "active", 6)] {
        app.world.send(QUEUE, &message, &[]);
        app.deliver().await;
    }
    let golden: Value = serde_json::from_str(VERSIONS[VERSIONS.len() - 1]).unwrap();
    for table in [CONTRACTS, NUMBERS, EVENT_IDS] {
        let row = app.world.items(table).into_iter().next().expect("a row");
        assert_eq!(without_stamp(row), golden[table], "{table}");
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_read_and_changed() {
    for version in VERSIONS {
        let golden: Value = serde_json::from_str(version).unwrap();
        let app = Instalment::new();
        for table in [CONTRACTS, NUMBERS, EVENT_IDS] {
            app.world.put_item(table, &golden[table]);
        }
        app.line("77-1", "ACTIVE", "1", "1");
        assert!(app.status("c-1").await.body.contains(r#""state":"active","contract_number":"77-1""#));
        app.world.send(QUEUE, &event("e-1", Some("77-1"), "cancel", 59), &[]);
        app.world.send(QUEUE, &event("e-3", Some("77-1"), "reject", 5), &[]);
        app.world.send(QUEUE, &event("e-4", Some("77-1"), "signing", 6), &[]);
        app.deliver().await;
        assert_eq!(app.outcomes(), ["repeated", "late", "applied"]);
        app.line("77-1", "CLOSED", "1", "1");
        assert!(app.status("c-1").await.body.contains("\"contract_closed\":true"));
    }
}
