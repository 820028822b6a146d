//! From an operation's name and JSON to the embedded engine's own call, and back.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Runs one operation.
pub(super) fn run(database: &Database, operation: &str, request: &Value) -> Result<Value, DynoxideError> {
    match operation {
        "BatchGetItem" => typed(request, |request| database.batch_get_item(request)),
        "BatchWriteItem" => typed(request, |request| database.batch_write_item(request)),
        "CreateTable" => typed(request, |request| database.create_table(request)),
        "DeleteItem" => typed(request, |request| database.delete_item(request)),
        "DescribeTable" => typed(request, |request| database.describe_table(request)),
        "GetItem" => typed(request, |request| database.get_item(request)),
        "PutItem" => typed(request, |request| database.put_item(request)),
        "Query" => typed(request, |request| database.query(request)),
        "Scan" => typed(request, |request| database.scan(request)),
        "TransactGetItems" => typed(request, |request| database.transact_get_items(request)),
        "TransactWriteItems" => typed(request, |request| database.transact_write_items(request)),
        "UpdateItem" => typed(request, |request| database.update_item(request)),
        "UpdateTimeToLive" => typed(request, |request| database.update_time_to_live(request)),
        _ => panic!("the world's DynamoDB does not do {operation}"),
    }
}

fn typed<Request: DeserializeOwned, Answer: Serialize>(
    request: &Value,
    run: impl FnOnce(Request) -> dynoxide::Result<Answer>,
) -> Result<Value, DynoxideError> {
    let request = serde_json::from_str(&request.to_string())
        .map_err(|error| DynoxideError::ValidationException(error.to_string()))?;
    let answer = run(request)?;
    Ok(serde_json::to_value(answer).expect("the engine's answers are JSON"))
}
