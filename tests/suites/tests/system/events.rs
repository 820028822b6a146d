//! The sample events of `sam local invoke` are what the functions take.

use std::{fs, path::Path};

use local::Response;
use serde_json::{Value, json};

use crate::world::{Client, platform};

/// Invokes a function with its sample event, in which `texts` are replaced.
fn invoke_with_sample(function: &str, texts: &[(&str, &str)]) -> Response {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../events/{function}.json"));
    let mut sample = fs::read_to_string(path).unwrap();
    for (from, to) in texts {
        assert!(sample.contains(from), "the sample of {function} has no {from}");
        sample = sample.replace(from, to);
    }
    let name = platform().outputs.function(function).unwrap();
    platform().engine.invoke(name, &serde_json::from_str(&sample).unwrap()).unwrap()
}

#[test]
fn get_status_answers_its_sample_event() {
    let client = Client::with_active_contract("sample");
    let answer = invoke_with_sample("get-status", &[("TOKEN", &client.token())]).json().unwrap();
    assert_eq!(answer["statusCode"], 200);
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["contract_number"], client.contract_number.as_str());
}

#[test]
fn renew_contract_answers_its_sample_event() {
    let client = Client::with_active_contract("renew-sample");
    client.lender_answers(&client.line("CLOSED", "50000"));
    let answer = invoke_with_sample("renew-contract", &[("TOKEN", &client.token())]).json().unwrap();
    assert_eq!(answer["statusCode"], 200);
    assert_eq!(client.rows().len(), 2);
}

#[test]
fn webview_answers_its_sample_event() {
    let answer = invoke_with_sample("webview", &[]).json().unwrap();
    assert_eq!(answer["statusCode"], 200);
    assert!(answer["body"].as_str().is_some_and(|page| page.starts_with("<!doctype html>")));
}

#[test]
fn contract_events_takes_its_sample_event() {
    let client = Client::unknown("sample-event");
    let texts = [("c-1", client.id.as_str()), ("77-1", client.contract_number.as_str())];
    let answer = invoke_with_sample("contract-events", &texts).json().unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    client.await_state("active");
}
