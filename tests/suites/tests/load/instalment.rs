//! Onboarding tells of many contracts at once.

use serde_json::{Value, json};
use suites::instalment::{CONTRACTS, EVENT_IDS, Instalment, NUMBERS};

use crate::burst::{Burst, Taken, messages};

/// What a contract goes through, one event each; the last counts, in whatever order they come.
const STATES: [&str; 4] = ["scoring", "signing", "waiting", "active"];

fn event(client: usize, step: usize) -> String {
    json!({
        "event_id": format!("e-{client}-{step}"), "type": "contract_upserted", "client_id": format!("c-{client}"),
        "contract_number": format!("77-{client}"), "state": STATES[step],
        "occurred_at": format!("2026-01-02T03:04:{step:02}Z"),
    })
    .to_string()
}

fn column<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name]["S"].as_str().unwrap_or_default()
}

pub(crate) async fn every_contract_event_counts_once_and_the_last_of_a_contract_stays() -> Taken {
    let clients = messages() / STATES.len();
    let events = (0..clients).flat_map(|client| (0..STATES.len()).map(move |step| event(client, step)));
    let world = Instalment::new().world.clone();
    let burst = Burst { world: &world, function: "contract-events", messages: events.collect() };
    let start = async || Instalment::over(world.clone());
    let taken = burst.take(start, async |app: &Instalment| app.deliver().await).await;
    let rows = world.items(CONTRACTS);
    let [_, _, _, last] = STATES;
    assert!(rows.iter().all(|row| column(row, "state") == last), "the last event counts");
    assert!(rows.iter().all(|row| column(row, "client_id")[2..] == column(row, "contract_number")[3..]));
    let known = world.items(EVENT_IDS).len();
    assert_eq!((rows.len(), world.items(NUMBERS).len(), known), (clients, clients, clients * STATES.len()));
    taken.tell(known)
}
