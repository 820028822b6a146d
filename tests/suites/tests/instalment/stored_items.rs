//! Rows of every schema version ever written: golden files that are never changed, only added to.

use serde_json::{Value, json};
use suites::instalment::{CONTRACTS, EVENT_IDS, Instalment, NUMBERS, QUEUE};

/// One golden file for each version: for each table, rows by a name that says what they are.
const VERSIONS: [&str; 1] = [include_str!("../../golden/instalment/v1.json")];

/// A version's rows of a table.
fn rows(version: &str, table: &str) -> Vec<Value> {
    let golden: Value = serde_json::from_str(version).expect("JSON");
    golden[table].as_object().expect("rows by name").values().cloned().collect()
}

async fn tell(app: &Instalment, client: &str, id: &str, number: Option<&str>, state: &str, second: u8) {
    let event = json!({
        "event_id": id, "type": "contract_upserted", "client_id": client, "contract_number": number,
        "state": state, "occurred_at": format!("2026-01-02T03:04:{second:02}Z"),
    });
    app.world.send(QUEUE, &event.to_string(), &[]);
    app.deliver().await;
}

/// Two clients with what leads to every row of the newest golden version.
async fn lived_through() -> Instalment {
    let app = Instalment::new();
    tell(&app, "c-1", "e-1", None, "init", 5).await;
    tell(&app, "c-1", "e-2", Some("77-1"), "active", 6).await;
    tell(&app, "c-2", "e-1", Some("77-2"), "active", 5).await;
    app.line("77-2", "CLOSED", "1", "1");
    app.status("c-2").await;
    app.renew("c-2").await;
    app
}

fn without_stamp(mut row: Value) -> Value {
    let stamp = row.as_object_mut().and_then(|row| row.remove("request_stamp"));
    assert!(stamp.is_some_and(|stamp| stamp["S"].as_str().is_some_and(|text| text.len() == 32)));
    row
}

fn sorted(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_cached_key(Value::to_string);
    rows
}

#[tokio::test(start_paused = true)]
async fn what_is_written_now_is_the_newest_golden_version() {
    let app = lived_through().await;
    for table in [CONTRACTS, NUMBERS, EVENT_IDS] {
        let written = app.world.items(table).into_iter().map(without_stamp);
        assert_eq!(sorted(written.collect()), sorted(rows(VERSIONS[VERSIONS.len() - 1], table)), "{table}");
    }
}

/// The context over a version's rows.
fn over(version: &str) -> Instalment {
    let app = Instalment::new();
    for table in [CONTRACTS, NUMBERS, EVENT_IDS] {
        for row in rows(version, table) {
            app.world.put_item(table, &row);
        }
    }
    app
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_is_shown_changed_and_closed() {
    for version in VERSIONS {
        let app = over(version);
        app.line("77-1", "ACTIVE", "1", "1");
        assert!(app.status("c-1").await.body.contains(r#""state":"active","contract_number":"77-1""#));
        tell(&app, "c-1", "e-1", Some("77-1"), "cancel", 59).await;
        tell(&app, "c-1", "e-3", Some("77-1"), "reject", 5).await;
        tell(&app, "c-1", "e-4", Some("77-1"), "signing", 6).await;
        assert_eq!(app.outcomes(), ["repeated", "late", "applied"]);
        app.line("77-1", "CLOSED", "1", "1");
        assert!(app.status("c-1").await.body.contains("\"contract_closed\":true"));
    }
}

#[tokio::test(start_paused = true)]
async fn every_golden_version_stays_closed_and_renewed() {
    for version in VERSIONS {
        let app = over(version);
        assert!(app.status("c-2").await.body.contains(r#""contract_closed":false,"state":"init""#));
        assert!(app.renew("c-2").await.body.contains(r#""state":"init""#));
        assert_eq!((app.contracts("c-2").len(), app.counted("renew_repeat"), app.asked()), (2, 1, 0));
        tell(&app, "c-2", "e-2", Some("77-2"), "active", 59).await;
        tell(&app, "c-2", "e-3", Some("77-3"), "active", 4).await;
        assert_eq!(app.outcomes(), ["stays_closed", "applied"]);
        let shown = [("CLOSED", "77-2"), ("active", "77-3")];
        let shown = shown.map(|(state, number)| (state.to_owned(), Some(number.to_owned())));
        assert_eq!(app.contracts("c-2"), shown);
    }
}
