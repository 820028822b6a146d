//! The queue `contract-events` (§11, §13).

mod batches;
mod model;
mod races;
mod refusals;
mod repeats;
mod rows;

use serde_json::{Value, json};
use suites::instalment::{Instalment, QUEUE};

/// An event as onboarding sends it, at the given second of 2026-01-02T03:04.
fn event(id: &str, client: &str, number: Option<&str>, state: &str, second: u8) -> Value {
    json!({
        "event_id": id,
        "type": "contract_upserted",
        "client_id": client,
        "contract_number": number,
        "state": state,
        "occurred_at": format!("2026-01-02T03:04:{second:02}Z"),
    })
}

/// Sends a message and has it handled once.
async fn tell(app: &Instalment, body: impl ToString) {
    app.world.send(QUEUE, &body.to_string(), &[]);
    app.deliver().await;
}

/// The client's contracts as (state, number).
fn rows(app: &Instalment, client: &str) -> Vec<(String, String)> {
    let rows = app.contracts(client).into_iter();
    rows.map(|(state, number)| (state, number.unwrap_or_else(|| "-".to_owned()))).collect()
}

/// One expected row.
fn row(state: &str, number: &str) -> (String, String) {
    (state.to_owned(), number.to_owned())
}
