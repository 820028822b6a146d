//! Every 400 (§5, §12): lengths, enumerations, unknown members, and what is no whole number. Nothing is stored of a
//! request that is none, and Ant is not asked.

mod contracts;
mod orders;
mod others;
mod paths;
mod plans;
mod withholds;

use serde_json::{Value, json};
use suites::gateway::Got;
use suites::lease::request::Request;
use suites::lease::{Lease, body};

/// What is no whole number of 1 or more, and what is not one that counts.
const NO_NUMBERS: [&str; 10] = [
    "3500.0",
    "3.5e3",
    "1e3",
    "\"3500\"",
    "true",
    "-1",
    "[1]",
    "{}",
    "9223372036854775808",
    "340282366920938463463374607431768211456",
];

/// Checks that this is refused for the field of this name, and that nothing came of it.
async fn refused_for(lease: &Lease, request: &Request, field: &str) {
    let (rows, calls) = (lease.world.effects().len(), lease.ant.calls().len());
    let got = lease.send(request).await;
    check_refusal(&got, field, &format!("{request:?}"));
    assert_eq!(lease.world.effects().len(), rows, "something came of {request:?}");
    assert_eq!(lease.ant.calls().len(), calls, "Ant was asked for {request:?}");
}

fn check_refusal(got: &Got, field: &str, what: &str) {
    assert_eq!(got.status, 400, "{} for {what}", got.body);
    let body = body(got);
    let message = body["message"].as_str().expect("a message").to_owned();
    assert_eq!(body, json!({"code": "INVALID_ARGUMENT", "message": message}));
    assert!(message.contains(field), "{message:?} does not name {field}: {what}");
}

/// A text of so many characters, each of three bytes.
fn long(characters: usize) -> String {
    "租".repeat(characters)
}

/// JSON that a test wrote by hand.
fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
