//! How the effect log tells of a write.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::table::{Table, readable_key};

/// `UpdateItem contracts client_id=c-1 sequence=1`, and for several rows `TransactWriteItems [Update …; Put …]`.
pub(super) fn write(tables: &BTreeMap<String, Table>, operation: &str, request: &Value) -> String {
    match operation {
        "TransactWriteItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten();
            let actions = items.filter_map(Value::as_object).flatten().map(|(verb, action)| {
                let table = action["TableName"].as_str().unwrap_or_default();
                format!("{verb} {}", row(tables, table, action))
            });
            listed(operation, actions)
        }
        "BatchWriteItem" => {
            let by_table = request["RequestItems"].as_object().into_iter().flatten();
            let requests = by_table.flat_map(|(table, requests)| {
                let requests =
                    requests.as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
                requests.map(move |(verb, request)| {
                    let verb = verb.strip_suffix("Request").unwrap_or(verb);
                    format!("{verb} {}", row(tables, table, request))
                })
            });
            listed(operation, requests)
        }
        _ => {
            let table = request["TableName"].as_str().unwrap_or_default();
            format!("{operation} {}", row(tables, table, request))
        }
    }
}

fn listed(operation: &str, parts: impl Iterator<Item = String>) -> String {
    format!("{operation} [{}]", parts.collect::<Vec<_>>().join("; "))
}

/// A table and the key that an action names, or that stands in the item it puts.
fn row(tables: &BTreeMap<String, Table>, table: &str, action: &Value) -> String {
    let keys = tables.get(table).map(Table::keys).unwrap_or_default();
    let item = ["Key", "Item"].into_iter().find_map(|field| action[field].as_object());
    format!("{table} {}", readable_key(item.unwrap_or(&Map::new()), &keys))
}
