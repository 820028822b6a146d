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
    let bodies = requests().into_iter().filter(|(name, _)| name == operation);
    bodies.map(|(_, body)| body.to_string()).next().unwrap_or_default()
}

/// The business JSON of the usual call of one of Rongshu's operations.
pub(crate) fn business(operation: &str) -> String {
    let mut bodies = requests().into_iter().filter(|(name, _)| name == operation);
    bodies.find_map(|(_, body)| body["request"].as_str().map(str::to_owned)).unwrap_or_default()
}

/// The examples of a queue's messages.
pub(crate) fn messages(queue: &str) -> Vec<String> {
    let schema = json_file(&format!("docs/messages/{queue}.json"));
    schema["examples"].as_array().into_iter().flatten().map(Value::to_string).collect()
}

/// The sample event of a function.
pub(crate) fn event(function: &str) -> Vec<u8> {
    json_file(&format!("events/{function}.json")).to_string().into_bytes()
}
