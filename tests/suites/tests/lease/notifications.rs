//! What Ant tells us (§7, §12): how it is verified, that it is written down once and before it is answered, and what
//! comes of it.

mod alipay;
mod bodies;
mod effects;
mod signatures;

use serde_json::Value;
use suites::gateway::Got;
use suites::lease::{Lease, NOTIFICATIONS};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// The result code of an answer, with its HTTP status.
fn code(got: &Got) -> (i64, String) {
    let body: Value = serde_json::from_str(&got.body).expect("an answer of JSON");
    assert_eq!(body.as_object().expect("an object").len(), 1, "{body}");
    (got.status, body["result_code"].as_str().expect("a code").to_owned())
}

#[track_caller]
fn taken(got: &Got) {
    assert_eq!(code(got), (200, "OK".to_owned()));
}

#[track_caller]
fn unsigned(got: &Got) {
    assert_eq!(code(got), (401, "SIGNATURE_INVALID".to_owned()));
}

/// The ids of the notifications that are stored.
fn stored(lease: &Lease) -> Vec<String> {
    let rows = lease.world.items(NOTIFICATIONS).into_iter();
    rows.map(|row| row["msg_id"]["S"].as_str().expect("an id").to_owned()).collect()
}

/// The outcomes of the requests that were answered, in order.
fn outcomes(lease: &Lease) -> Vec<String> {
    let lines = lease.lines().into_iter().filter(|line| line["message"] == "request");
    lines.map(|line| line["outcome"].as_str().unwrap_or_default().to_owned()).collect()
}
