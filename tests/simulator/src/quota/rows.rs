//! What stands in the tables and on the bus, read for the invariants.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;
use suites::host::{BUS, OUTBOX};
use suites::quota::{ACCOUNTS, APPLY_NUMBERS, GRANTS};
use world::World;

use super::amount::{self, Amount};
use crate::rows::{attribute, rows_by};

/// A row of `quota_accounts`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) state: String,
    pub(super) kind: String,
    pub(super) total: Amount,
    /// As of when it shows what the account service told.
    pub(super) occurred_at: Option<Timestamp>,
    /// Which messages of that instant it shows.
    pub(super) marks: BTreeSet<String>,
    /// Which write it shows: no two are alike.
    pub(super) stamp: String,
}

/// A row of `credit_apply`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) apply_no: String,
    pub(super) business_type: String,
    pub(super) business_id: String,
    pub(super) amount: Amount,
    pub(super) effective: Timestamp,
    pub(super) invalid: Option<Timestamp>,
    pub(super) updated: Timestamp,
    pub(super) status: String,
    pub(super) source: String,
    /// The key that it has in the index of what counts.
    pub(super) live_since: Option<Timestamp>,
    /// The key that it has in the index of what runs out.
    pub(super) due_at: Option<Timestamp>,
}

/// Everything of one world, read at one moment.
pub(super) struct Rows {
    accounts: BTreeMap<String, Account>,
    grants: BTreeMap<String, BTreeMap<String, Grant>>,
    apply_numbers: BTreeSet<String>,
    events: BTreeMap<String, Vec<Value>>,
    outbox: usize,
}

impl Rows {
    /// Reads them.
    #[must_use]
    pub(super) fn of(world: &World) -> Self {
        let accounts = rows_by(world, ACCOUNTS, "pin");
        let mut grants = BTreeMap::<String, BTreeMap<_, _>>::new();
        for row in world.items(GRANTS) {
            grants
                .entry(attribute(&row, "pin"))
                .or_default()
                .insert(attribute(&row, "grant_id"), grant(&row));
        }
        let unsent = world.items(OUTBOX);
        let outbox = unsent.len();
        let unsent =
            unsent.iter().map(|row| serde_json::from_str(&attribute(row, "body")).unwrap_or_default());
        let mut events = BTreeMap::<String, Vec<Value>>::new();
        for event in world.events(BUS).into_iter().map(|event| event.detail).chain(unsent) {
            let id = event["event_id"].as_str().unwrap_or_default().to_owned();
            events.entry(id).or_default().push(event);
        }
        Self {
            accounts: accounts.into_iter().map(|(pin, row)| (pin, account(&row))).collect(),
            grants,
            apply_numbers: rows_by(world, APPLY_NUMBERS, "apply_no").into_keys().collect(),
            events,
            outbox,
        }
    }

    /// A pin's account.
    #[must_use]
    pub(super) fn account(&self, pin: &str) -> Option<&Account> {
        self.accounts.get(pin)
    }

    /// A pin's grants, by type and id.
    pub(super) fn grants(&self, pin: &str) -> impl Iterator<Item = (&String, &Grant)> {
        self.grants.get(pin).into_iter().flatten()
    }

    /// One of them.
    #[must_use]
    pub(super) fn grant(&self, pin: &str, key: &str) -> Option<&Grant> {
        self.grants.get(pin)?.get(key)
    }

    /// The grants of all pins, with their pins.
    pub(super) fn all_grants(&self) -> impl Iterator<Item = (&String, &Grant)> {
        self.grants.iter().flat_map(|(pin, grants)| grants.values().map(move |grant| (pin, grant)))
    }

    /// The application numbers that were used.
    #[must_use]
    pub(super) fn apply_numbers(&self) -> &BTreeSet<String> {
        &self.apply_numbers
    }

    /// What was told, or is to be told, under each event id: as often as it was.
    #[must_use]
    pub(super) fn events(&self) -> &BTreeMap<String, Vec<Value>> {
        &self.events
    }

    /// How many rows the outbox has.
    #[must_use]
    pub(super) fn outbox(&self) -> usize {
        self.outbox
    }
}

fn instant(row: &Value, name: &str) -> Option<Timestamp> {
    row.get(name).map(|_| attribute(row, name).parse().expect("rows hold instants"))
}

fn account(row: &Value) -> Account {
    let marks = row["event_ids"]["SS"].as_array().into_iter().flatten();
    Account {
        state: attribute(row, "state"),
        kind: attribute(row, "account_type"),
        total: amount::read(&attribute(row, "temp_total")),
        occurred_at: instant(row, "occurred_at"),
        marks: marks.map(|mark| mark.as_str().unwrap_or_default().to_owned()).collect(),
        stamp: attribute(row, "request_stamp"),
    }
}

fn grant(row: &Value) -> Grant {
    let key = attribute(row, "grant_id");
    let (business_type, business_id) = key.split_once('#').unwrap_or_default();
    Grant {
        apply_no: attribute(row, "apply_no"),
        business_type: business_type.to_owned(),
        business_id: business_id.to_owned(),
        amount: amount::read(&attribute(row, "change_limit")),
        effective: instant(row, "effective_time").expect("each has one"),
        invalid: instant(row, "invalid_time"),
        updated: instant(row, "update_time").expect("each has one"),
        status: attribute(row, "status"),
        source: attribute(row, "source_type"),
        live_since: instant(row, "live_since"),
        due_at: instant(row, "due_at"),
    }
}
