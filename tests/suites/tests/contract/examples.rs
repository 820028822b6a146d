//! The examples of docs/openapi.yaml are run: each request against the state that it needs, and the answer is the example's,
//! to the letter.

mod calls;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suites::contract::{described, document, problem};
use suites::gateway::Got;
use suites::marketplace::channels::{PLAIN, Signed};

const JSON: &str = "application/json";
/// The example that every operation has.
const NAME: &str = "usual";

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
