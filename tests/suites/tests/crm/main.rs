//! The CRM context through its public face, in the in-process world (spec: crm). Modules mirror the context's
//! operations.

mod client_events;
mod crash_points;
mod examples;
mod inbound;
mod model;
mod pushes;
mod races;
mod reactions;
mod replies;
mod requests;
mod roles;
mod scale;
mod selection;
mod stored_items;
mod units;

use serde_json::{Value, json};
use suites::crm::Crm;
use world::World;

/// The organization of the specification's examples.
const ORGANIZATION: &str = "354815252";

/// An entry of the Wizard's log about the example's client.
fn changed(event_id: &str, wizard_status: &str, change_date: &str) -> Value {
    json!({
        "event_id": event_id, "type": "wizard_status_changed", "organization_id": ORGANIZATION,
        "wizard_status": wizard_status, "change_date": change_date,
    })
}

/// The row of the example's client in the table of migrations.
fn migration(event_id: &str, wizard_status: &str, occurred_at: &str) -> Value {
    json!({
        "event_id": event_id, "type": "migration_client", "organization_id": ORGANIZATION, "mdm_id": "123456",
        "status": "in_wizard", "wizard_status": wizard_status, "occurred_at": occurred_at,
    })
}

/// A world with the context's tables and nothing in them.
fn furnished() -> World {
    Crm::new().world.clone()
}

/// Everything that is not what the functions themselves write down: tables, queues and the bus.
fn everything(app: &Crm) -> Value {
    app.world.state_without(&[])
}

/// The lines of a metric, each with its value of `label`, or without one.
fn counts(app: &Crm, metric: &str, label: &str) -> Vec<(String, u64)> {
    let lines = app.lines().into_iter().filter(|line| line.get("_aws").is_some());
    let counted = lines.filter_map(|line| {
        let count = line[metric].as_u64()?;
        Some((line[label].as_str().unwrap_or_default().to_owned(), count))
    });
    counted.collect()
}
