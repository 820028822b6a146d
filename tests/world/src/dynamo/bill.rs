//! What a request costs: the engine is always asked, whether or not the caller wants to know.

use dynoxide::DynoxideError;
use dynoxide::types::item_size;
use serde_json::{Map, Value};

use super::meter::{Spent, Units};

/// What the caller asked to be told, kept aside while the engine is asked for everything.
pub(super) struct Wanted {
    capacity: Capacity,
    failed_item: bool,
}

#[derive(Clone, Copy)]
enum Capacity {
    Nothing,
    Total,
    Indexes,
}

/// What an answer tells beside the total.
const SHARES: [&str; 3] = ["Table", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"];

const RETURN_CAPACITY: &str = "ReturnConsumedCapacity";
const RETURN_FAILED_ITEM: &str = "ReturnValuesOnConditionCheckFailure";

/// Has the engine tell every cost, and the row on which a condition failed (a failed condition is billed by
/// that row's size).
pub(super) fn metered(operation: &str, mut request: Value) -> (Value, Wanted) {
    let capacity = match request[RETURN_CAPACITY].as_str() {
        Some("TOTAL") => Capacity::Total,
        Some("INDEXES") => Capacity::Indexes,
        _ => Capacity::Nothing,
    };
    let failed_item = request[RETURN_FAILED_ITEM] == "ALL_OLD";
    if is_data_operation(operation) {
        request[RETURN_CAPACITY] = "INDEXES".into();
    }
    if is_single_write(operation) {
        request[RETURN_FAILED_ITEM] = "ALL_OLD".into();
    }
    (request, Wanted { capacity, failed_item })
}

impl Wanted {
    /// The answer without what the caller did not ask for.
    pub(super) fn answer(&self, mut answer: Value) -> Value {
        let Some(fields) = answer.as_object_mut() else { return answer };
        match self.capacity {
            Capacity::Indexes => {}
            Capacity::Nothing => {
                fields.remove("ConsumedCapacity");
            }
            Capacity::Total => {
                for consumed in fields.get_mut("ConsumedCapacity").into_iter().flat_map(each_mut) {
                    consumed.retain(|name, _| !SHARES.contains(&name.as_str()));
                }
            }
        }
        answer
    }

    /// The same for an error.
    pub(super) fn error(&self, mut error: Value) -> Value {
        if let Some(fields) = error.as_object_mut().filter(|_| !self.failed_item) {
            fields.remove("Item");
        }
        error
    }
}

/// What the engine's result costs.
pub(super) fn of(operation: &str, request: &Value, result: &Result<Value, DynoxideError>) -> Spent {
    let mut spent = Spent::default();
    match result {
        Ok(answer) => {
            for consumed in each(&answer["ConsumedCapacity"]) {
                charge(&mut spent, operation, consumed);
            }
        }
        Err(DynoxideError::ConditionalCheckFailedException(_, item)) => {
            let kilobytes = item.as_ref().map_or(0, item_size).div_ceil(1024).max(1);
            let units = Units::whole(u64::try_from(kilobytes).unwrap_or(u64::MAX));
            spent.charge(text(&request["TableName"]), operation, Units::default(), units);
        }
        Err(DynoxideError::TransactionCanceledException(..)) => {
            for action in actions(request) {
                spent.charge(text(&action["TableName"]), operation, Units::default(), Units::whole(2));
            }
        }
        Err(_) => {}
    }
    spent
}

fn charge(spent: &mut Spent, operation: &str, consumed: &Map<String, Value>) {
    let units = |field| consumed.get(field).map(|number: &Value| exact(number));
    let (reads, writes) = match (units("ReadCapacityUnits"), units("WriteCapacityUnits")) {
        (None, None) if is_write(operation) => (None, units("CapacityUnits")),
        (None, None) => (units("CapacityUnits"), None),
        split => split,
    };
    let table = consumed.get("TableName").map_or("", text);
    spent.charge(table, operation, reads.unwrap_or_default(), writes.unwrap_or_default());
}

fn exact(number: &Value) -> Units {
    Units::parse(&number.to_string()).unwrap_or_else(|| panic!("{number} is no number of half units"))
}

/// The actions of a transaction, whatever each does.
pub(super) fn actions(request: &Value) -> impl Iterator<Item = &Value> {
    let items = request["TransactItems"].as_array().into_iter().flatten();
    items.filter_map(|item| item.as_object()?.values().find(|action| action.is_object()))
}

fn each(value: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let many = value.as_array().into_iter().flatten().filter_map(Value::as_object);
    value.as_object().into_iter().chain(many)
}

fn each_mut(value: &mut Value) -> Vec<&mut Map<String, Value>> {
    match value {
        Value::Object(one) => vec![one],
        Value::Array(many) => many.iter_mut().filter_map(Value::as_object_mut).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn is_data_operation(operation: &str) -> bool {
    operation.contains("Item") || matches!(operation, "Query" | "Scan")
}

fn is_single_write(operation: &str) -> bool {
    matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem")
}

/// Whether an operation changes rows.
pub(crate) fn is_write(operation: &str) -> bool {
    is_single_write(operation) || matches!(operation, "BatchWriteItem" | "TransactWriteItems")
}
