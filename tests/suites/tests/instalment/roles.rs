//! Each function's role allows exactly the calls that it makes: nothing is missing, nothing is more (design
//! §9). What Lambda itself does with the role, reading the queue and writing logs, is not the function's call.

use std::collections::BTreeSet;

use serde_json::json;
use suites::instalment::{Instalment, QUEUE};
use suites::roles::allowed;
use world::{Fault, On};

fn event(id: &str, number: Option<&str>, second: u8) -> String {
    json!({
        "event_id": id, "type": "contract_upserted", "client_id": "c-1", "contract_number": number,
        "state": "active", "occurred_at": format!("2026-01-02T03:04:{second:02}Z"),
    })
    .to_string()
}

#[tokio::test(start_paused = true)]
async fn get_status_may_do_what_it_does() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.line("77-1", "CLOSED", "1", "1");
    app.status("c-1").await;
    assert_eq!(app.world.permissions(), allowed("instalment", "get-status"));
}

#[tokio::test(start_paused = true)]
async fn renew_contract_may_do_what_it_does() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.line("77-1", "CLOSED", "1", "1");
    app.renew("c-1").await;
    assert_eq!(app.world.permissions(), allowed("instalment", "renew-contract"));
}

#[tokio::test(start_paused = true)]
async fn contract_events_may_do_what_it_does() {
    let app = Instalment::new();
    app.world.fail(On::call("Query"), Fault::InternalError);
    for message in [
        event("e-0", Some("77-1"), 1),
        event("e-1", Some("77-1"), 2),
        event("e-2", Some("77-1"), 3),
        event("e-3", Some("77-1"), 2),
        event("e-4", None, 4),
    ] {
        app.world.send(QUEUE, &message, &[]);
    }
    app.deliver().await;
    assert_eq!(app.outcomes(), ["retry", "applied", "applied", "late", "dead_lettered"]);
    assert_eq!(app.world.permissions(), allowed("instalment", "contract-events"));
}

#[test]
fn the_webview_may_do_nothing() {
    assert_eq!(allowed("instalment", "webview"), BTreeSet::new());
}
