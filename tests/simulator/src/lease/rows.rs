//! What stands in the tables.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::Value;
use suites::host::OUTBOX;
use suites::lease::{DOCUMENTS, HISTORY, NOTIFICATIONS, ORDERS, REQUESTS, bodies};
use world::World;

use crate::rows::{attribute, number, rows_by};

/// The rows at one moment.
pub(super) struct Rows {
    orders: BTreeMap<String, Value>,
    history: BTreeMap<String, Vec<Value>>,
    requests: BTreeMap<(String, String), Value>,
    notifications: BTreeSet<String>,
    others: Vec<Value>,
    outbox: Vec<Value>,
}

impl Rows {
    pub(super) fn of(world: &World) -> Self {
        let mut history = BTreeMap::<String, Vec<Value>>::new();
        for row in world.items(HISTORY) {
            history.entry(attribute(&row, "order_id")).or_default().push(row);
        }
        for rows in history.values_mut() {
            rows.sort_by_key(|row| number(row, "version"));
        }
        let key = |row: &Value| (attribute(row, "order_id"), attribute(row, "request"));
        let told = world.items(NOTIFICATIONS);
        let notifications = told.iter().map(|row| attribute(row, "msg_id")).collect();
        let others = world.items(DOCUMENTS).into_iter().chain(told).collect();
        Self {
            orders: rows_by(world, ORDERS, "order_id"),
            history,
            requests: world.items(REQUESTS).into_iter().map(|row| (key(&row), row)).collect(),
            notifications,
            others,
            outbox: world.items(OUTBOX),
        }
    }

    /// An order's row; null when there is none.
    pub(super) fn order(&self, order: &str) -> Value {
        self.orders.get(order).cloned().unwrap_or_default()
    }

    /// Its state; empty when there is none.
    pub(super) fn state(&self, order: &str) -> String {
        self.orders.get(order).map(|row| attribute(row, "state")).unwrap_or_default()
    }

    /// Whether a call of it has no outcome yet.
    pub(super) fn is_unknown(&self, order: &str) -> bool {
        self.orders.get(order).is_some_and(|row| row.get("unknown_operation").is_some())
    }

    /// Whether Ant told something of it that was not looked at yet.
    pub(super) fn is_marked(&self, order: &str) -> bool {
        self.orders.get(order).is_some_and(|row| row.get("notified_at").is_some())
    }

    /// The transitions of an order, oldest first.
    pub(super) fn history(&self, order: &str) -> &[Value] {
        self.history.get(order).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether an answer is kept under a key: that of a day ago lies there until the database deletes it.
    pub(super) fn keeps(&self, order: &str, request: &str, now: Timestamp) -> bool {
        let row = self.requests.get(&(order.to_owned(), request.to_owned()));
        let is_good =
            |row: &Value| number(row, "expires_at").is_some_and(|at| at > now.as_second().unsigned_abs());
        row.is_some_and(|row| row.get("body").is_some() && is_good(row))
    }

    /// Whether a notification is stored.
    pub(super) fn has_notification(&self, msg_id: &str) -> bool {
        self.notifications.contains(msg_id)
    }

    /// How many rows the outbox has.
    pub(super) fn outbox(&self) -> usize {
        self.outbox.len()
    }

    /// A row that tells who somebody is, if there is one among those that were not looked at before.
    pub(super) fn telling(&self, looked_at: &mut BTreeSet<String>) -> Option<String> {
        let all = self.orders.values().chain(self.history.values().flatten()).chain(self.requests.values());
        let all = all.chain(&self.others).chain(&self.outbox);
        let mut fresh = all.filter(|row| {
            let key = ["order_id", "version", "kind", "request", "msg_id"].map(|name| attribute(row, name));
            looked_at.insert(format!("{} {}", attribute(row, "request_stamp"), key.join(" ")))
        });
        fresh.find(|row| tells(row)).map(Value::to_string)
    }
}

/// Whether a text in it tells who somebody is, also one that stands there as bytes.
pub(super) fn tells(value: &Value) -> bool {
    let is_clear = |bytes: Vec<u8>| tells(&Value::String(String::from_utf8_lossy(&bytes).into_owned()));
    if value["B"].as_str().and_then(|text| BASE64_STANDARD.decode(text).ok()).is_some_and(is_clear) {
        return true;
    }
    match value {
        Value::String(text) => bodies::IDENTITIES.iter().any(|one| text.contains(one)),
        Value::Array(items) => items.iter().any(tells),
        Value::Object(members) => members.values().any(tells),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
