//! The examples of docs/openapi.yaml are run: each request against the state that it needs, and the answer is the example's,
//! to the letter.

mod calls;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suites::contract::{described, document, problem};
use suites::gateway::Got;
use suites::marketplace::channels::{PLAIN, Signed};

use crate::changes;

const JSON: &str = "application/json";
/// The example that every operation has.
const NAME: &str = "usual";
/// How many of an example's changes are tried.
const SAMPLE: usize = 8;

/// What stands there, or where its `$ref` leads.
fn there(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str().and_then(|place| place.strip_prefix('#')) {
        Some(place) => document().pointer(place).expect("a place"),
        None => value,
    }
}

/// The body of an operation's usual request; null for one that has none.
fn request(operation: &'static Value) -> &'static Value {
    &there(&operation["requestBody"])["content"][JSON]["examples"][NAME]["value"]
}

/// The body that is answered to it.
fn answer(operation: &'static Value) -> &'static Value {
    &there(&operation["responses"]["200"])["content"][JSON]["examples"][NAME]["value"]
}

#[tokio::test(start_paused = true)]
async fn every_operation_has_an_example_that_is_answered_as_it_says() {
    let mut run = BTreeSet::new();
    for described in described() {
        let name = described.operation["operationId"].as_str().expect("a name");
        let Got { status, body, headers } = calls::usual(name, request(described.operation)).await;
        assert_eq!(status, 200, "{name}: {body}");
        run.insert(name.to_owned());
        if name == "webview" {
            continue;
        }
        let got: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(got, *answer(described.operation), "{name}");
        assert_eq!(problem(&described.route, &Got { status, body, headers }), None);
    }
    assert_eq!(run.len(), described().count());
}

#[test]
fn the_envelopes_of_the_examples_are_signed_as_the_platform_signs() {
    let mut signed = 0;
    for described in described().filter(|described| described.operation["x-signed-by"] == "rongshu") {
        let envelope = request(described.operation);
        let business = envelope["request"].as_str().expect("a text");
        let timestamp = envelope["timestamp"].as_i64().expect("a timestamp");
        let expected = Signed::new(PLAIN, timestamp, business).sign;
        assert_eq!(
            (&envelope["channelId"], &envelope["sign"]),
            (&json!(PLAIN), &json!(expected)),
            "{business}"
        );
        signed += 1;
    }
    assert_eq!(signed, 13);
}

/// An operation's usual request with another value in one place: a few of all that there are, spread evenly. Of an envelope
/// what it says is changed, not what carries it.
fn changed(request: &Value) -> Vec<Value> {
    let changed = match request["request"].as_str() {
        Some(business) => {
            let within = |said: Value| {
                let mut request = request.clone();
                request["request"] = said.to_string().into();
                request
            };
            let said = serde_json::from_str(business).expect("JSON");
            changes::of(&said).into_iter().map(within).collect()
        }
        None => changes::of(request),
    };
    let step = changed.len().div_ceil(SAMPLE);
    changed.into_iter().step_by(step).collect()
}

/// Each answer is held against the document where it is read ([`Got::of`]).
#[tokio::test(start_paused = true)]
async fn whatever_else_is_asked_is_answered_as_described_and_never_with_a_failure_of_ours() {
    let mut asked = 0;
    for described in described() {
        let name = described.operation["operationId"].as_str().expect("a name");
        let request = request(described.operation);
        for changed in changed(request).into_iter().filter(|_| !request.is_null()) {
            let got = calls::usual(name, &changed).await;
            assert_ne!(got.status, 500, "{name}: {changed}");
            let internal = ["\"code\":10001", "\"code\":\"0000\"", "\"code\":\"1034\""];
            assert!(!internal.iter().any(|code| got.body.contains(code)), "{name}: {changed}: {}", got.body);
            asked += 1;
        }
    }
    assert!(asked > 150, "{asked}");
}
