//! Reading rows for invariants: in `DynamoDB`'s JSON, past the functions' own stores.

use std::collections::BTreeMap;

use serde_json::Value;
use world::World;

/// The text or the number in an attribute; empty if there is none.
#[must_use]
pub fn attribute(row: &Value, name: &str) -> String {
    row[name]["S"].as_str().or(row[name]["N"].as_str()).unwrap_or_default().to_owned()
}

/// The whole number in an attribute.
#[must_use]
pub fn number(row: &Value, name: &str) -> Option<u64> {
    row[name]["N"].as_str().and_then(|text| text.parse().ok())
}

/// The rows of a table by an attribute of which each has another value.
///
/// # Panics
/// When there is no such table.
#[must_use]
pub fn rows_by(world: &World, table: &str, name: &str) -> BTreeMap<String, Value> {
    world.items(table).into_iter().map(|row| (attribute(&row, name), row)).collect()
}
