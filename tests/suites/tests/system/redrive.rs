//! `cargo xtask redrive` on the real thing.

use std::{env, path::PathBuf, process::Command};

use serde_json::json;

use crate::world::{CONTRACT_EVENTS, Client, platform};

/// A reason that no other test's dead letter has.
const REASON: &str = "number_required";

fn redrive() -> String {
    let outputs = &platform().outputs;
    let binaries = PathBuf::from(env::var_os("TENOR_BINARIES").expect("TENOR_BINARIES is not set"));
    let output = Command::new(binaries.join("xtask"))
        .args(["redrive", "--reason", REASON, "--endpoint", &outputs.aws_endpoint])
        .args(["--queue-url", outputs.queue(CONTRACT_EVENTS).unwrap()])
        .args(["--dlq-url", outputs.dlq(CONTRACT_EVENTS).unwrap()])
        .env("AWS_REGION", &outputs.region)
        .env("AWS_ACCESS_KEY_ID", &outputs.iam.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", &outputs.iam.secret_access_key)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).concat();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn a_dead_letter_goes_back_to_its_queue_and_is_taken() {
    let client = Client::unknown("redriven");
    let event = client.event("e-1", "active").to_string();
    let attributes = json!({
        "dead_letter_reason": {"DataType": "String", "StringValue": REASON},
        "source_message_id": {"DataType": "String", "StringValue": "m-1"},
    });
    let dlq = platform().outputs.dlq(CONTRACT_EVENTS).unwrap();
    platform().engine.send_message_with(dlq, &event, attributes.as_object().unwrap()).unwrap();
    let said = redrive();
    assert!(said.contains(&format!("1 moved (1 {REASON})")), "{said}");
    assert!(!said.contains(&client.id), "what a message holds is not shown: {said}");
    client.await_state("active");
}
