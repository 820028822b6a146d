//! Which permission each call of the code under test needs, as IAM names them.

use serde_json::Value;

use crate::call::{Addressee, Call};
use crate::objects;

impl Call {
    /// The IAM action and the table, index, queue, bus, bucket or parameter it is for, `dynamodb:Query contracts` or
    /// `dynamodb:Query contracts/index/by_number`; several for a transaction, none for a partner.
    pub(crate) fn permissions(&self) -> Vec<String> {
        match &self.addressee {
            Addressee::Dynamo(request) if self.operation == "TransactWriteItems" => in_transaction(request),
            Addressee::Dynamo(request) => {
                let index = index(request);
                let tables = self.targets().into_iter();
                tables.map(|table| format!("dynamodb:{} {table}{index}", self.operation)).collect()
            }
            Addressee::Sqs(_) => {
                let action = self.operation.trim_end_matches("Batch");
                self.targets().iter().map(|queue| format!("sqs:{action} {queue}")).collect()
            }
            Addressee::EventBridge(_) => {
                self.targets().iter().map(|bus| format!("events:{} {bus}", self.operation)).collect()
            }
            Addressee::Parameters(_) => {
                self.targets().iter().map(|name| format!("ssm:{} {name}", self.operation)).collect()
            }
            Addressee::Objects(request) => {
                objects::permission(&self.operation, &request.bucket).into_iter().collect()
            }
            Addressee::Partner(_) => Vec::new(),
        }
    }
}

/// An index is a resource of its own, `<table>/index/<name>`: who may read the table may not yet read it.
fn index(request: &Value) -> String {
    request["IndexName"].as_str().map_or_else(String::new, |name| format!("/index/{name}"))
}

/// IAM knows no transaction, only what it is made of.
fn in_transaction(request: &Value) -> Vec<String> {
    let items = request["TransactItems"].as_array().into_iter().flatten();
    let actions = items.filter_map(Value::as_object).flatten();
    actions
        .map(|(kind, action)| format!("dynamodb:{} {}", action_of(kind), text(&action["TableName"])))
        .collect()
}

fn action_of(kind: &str) -> &'static str {
    match kind {
        "ConditionCheck" => "ConditionCheckItem",
        "Delete" => "DeleteItem",
        "Put" => "PutItem",
        "Update" => "UpdateItem",
        _ => panic!("a transaction has no {kind}"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
