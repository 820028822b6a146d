//! SSM's Parameter Store: `SecureString`s in memory, behind its JSON protocol.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::reply::ERROR_TYPE;
use crate::{Reply, lock};

const MOST_NAMES: usize = 10;
/// What stands for the ciphertext of a `SecureString` that is read without decryption.
const SEALED: &str = "AQICAHsealed";

/// Every parameter of one world.
#[derive(Default)]
pub(crate) struct Parameters {
    by_name: Mutex<BTreeMap<String, Parameter>>,
    reads: AtomicUsize,
}

struct Parameter {
    value: String,
    version: u64,
}

impl Parameters {
    pub(crate) fn put(&self, name: &str, value: &str) {
        let mut by_name = lock(&self.by_name);
        let version = by_name.get(name).map_or(1, |parameter| parameter.version + 1);
        by_name.insert(name.to_owned(), Parameter { value: value.to_owned(), version });
    }

    pub(crate) fn delete(&self, name: &str) {
        lock(&self.by_name).remove(name);
    }

    pub(crate) fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    /// Answers a request of the code under test.
    pub(crate) fn answer(&self, operation: &str, request: &Value) -> Reply {
        assert_eq!(operation, "GetParameters", "the world's Parameter Store does nothing else");
        self.reads.fetch_add(1, Ordering::SeqCst);
        let names = names_of(request);
        if names.is_empty() || names.len() > MOST_NAMES {
            let message = "1 validation error detected: 'names' must have between 1 and 10 members";
            return error(400, "ValidationException", message);
        }
        let decrypted = request["WithDecryption"].as_bool() == Some(true);
        let by_name = lock(&self.by_name);
        let found = names.iter().filter_map(|name| Some((name, by_name.get(name)?)));
        let found: Vec<Value> = found
            .map(|(name, parameter)| {
                json!({
                    "Name": name,
                    "Type": "SecureString",
                    "Value": if decrypted { &parameter.value } else { SEALED },
                    "Version": parameter.version,
                    "ARN": format!("arn:aws:ssm:eu-central-1:000000000000:parameter{name}"),
                    "DataType": "text",
                })
            })
            .collect();
        let invalid: Vec<&String> = names.iter().filter(|name| !by_name.contains_key(*name)).collect();
        amz_json(200, &json!({"Parameters": found, "InvalidParameters": invalid}))
    }
}

/// The parameters that a request names.
pub(crate) fn names_of(request: &Value) -> Vec<String> {
    let names = request["Names"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// An error answer in SSM's wire form.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Reply {
    amz_json(status, &json!({"__type": code, "message": message})).header(ERROR_TYPE, code)
}

fn amz_json(status: u16, body: &Value) -> Reply {
    Reply::new(status, body.to_string()).header("content-type", "application/x-amz-json-1.1")
}
