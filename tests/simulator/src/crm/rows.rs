//! What stands in the tables, read for the invariants.

use std::collections::BTreeMap;

use serde_json::Value;
use suites::crm::{BACK_IDS, CLIENTS, TASKS};
use suites::host::OUTBOX;
use world::World;

use crate::rows::{attribute, rows_by};

/// Everything of one world, read at one moment.
#[derive(Default)]
pub(super) struct Rows {
    /// The projections by organization.
    pub(super) clients: BTreeMap<String, Value>,
    /// The communication tasks by our request's id.
    pub(super) tasks: BTreeMap<String, Value>,
    /// The ids in back systems.
    pub(super) back_ids: Vec<Value>,
    /// What is not sent yet.
    pub(super) outbox: Vec<Value>,
}

impl Rows {
    /// Reads them.
    #[must_use]
    pub(super) fn of(world: &World) -> Self {
        Self {
            clients: rows_by(world, CLIENTS, "organization_id"),
            tasks: rows_by(world, TASKS, "vtbc_request_id"),
            back_ids: world.items(BACK_IDS),
            outbox: world.items(OUTBOX),
        }
    }

    /// The tasks of an organization.
    pub(super) fn of_organization(&self, organization: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.tasks.iter().filter(move |(_, row)| attribute(row, "organization_id") == organization)
    }

    /// Whether an organization has a task that was created.
    pub(super) fn has_task(&self, organization: &str) -> bool {
        self.of_organization(organization).any(|(_, row)| text(row, "status_code") == Some("0"))
    }
}

/// The text in an attribute, if there is one.
pub(super) fn text<'a>(row: &'a Value, name: &str) -> Option<&'a str> {
    row[name]["S"].as_str()
}
