//! What fuzzing begins with: the examples that the repository has anyway.

use serde_json::Value;
use suites::contract::{described, document, json_file};

/// The bodies of the usual requests of docs/openapi.yaml, by operation.
pub(crate) fn requests() -> Vec<(String, Value)> {
    let body = |operation: &'static Value| {
        let body = &operation["requestBody"];
        let body = body["$ref"].as_str().and_then(|place| document().pointer(&place[1..])).unwrap_or(body);
        body["content"]["application/json"]["examples"]["usual"]["value"].clone()
    };
    let named = |operation: &'static Value| {
        (operation["operationId"].as_str().unwrap_or_default().to_owned(), body(operation))
    };
    described().map(|described| named(described.operation)).filter(|(_, body)| !body.is_null()).collect()
}

/// The body of the usual request of an operation.
pub(crate) fn request(operation: &str) -> String {
    usual(operation).to_string()
}

/// The business JSON of the usual call of one of Rongshu's operations.
pub(crate) fn business(operation: &str) -> String {
    let body = usual(operation);
    body["request"].as_str().unwrap_or_else(|| panic!("{operation} has no request in its example")).to_owned()
}

fn usual(operation: &str) -> Value {
    let body = requests().into_iter().find(|(name, _)| name == operation);
    body.unwrap_or_else(|| panic!("docs/openapi.yaml has no usual request of {operation}")).1
}

/// The examples of a queue's messages.
pub(crate) fn messages(queue: &str) -> Vec<String> {
    let schema = json_file(&format!("docs/messages/{queue}.json"));
    let examples = schema["examples"].as_array().unwrap_or_else(|| panic!("{queue} has no examples"));
    examples.iter().map(Value::to_string).collect()
}

/// The sample event of a function.
pub(crate) fn event(function: &str) -> Vec<u8> {
    json_file(&format!("events/{function}.json")).to_string().into_bytes()
}
