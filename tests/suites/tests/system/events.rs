//! The sample events of `sam local invoke` are what the functions take.

use std::{fs, path::Path};

use local::Response;
use serde_json::{Value, json};

use crate::{
    lease::Lease,
    quota::Pin,
    world::{Client, platform},
};

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

#[test]
fn the_gateway_of_the_temporary_quota_answers_its_sample_events() {
    let pin = Pin::with_grant("samples", "500.0000");
    let answer = invoke_with_sample("get-temp-quota", &[("TOKEN", &pin.token())]).json().unwrap();
    assert!(answer["body"].as_str().is_some_and(|body| body.contains(r#""totalTempQuota":"500.00""#)));
    let texts = [("TOKEN", pin.token()), ("W5673649234", pin.business_id.clone())];
    let texts = texts.each_ref().map(|(from, to)| (*from, to.as_str()));
    let answer = invoke_with_sample("cancel-temp-quota", &texts).json().unwrap();
    assert!(answer["body"].as_str().is_some_and(|body| body.contains(r#""code":"1111""#)), "{answer}");
    assert_eq!(pin.total(), "0");
}

#[test]
fn credit_man_answers_its_sample_events() {
    let pin = Pin::with_grant("man-samples", "500.0000");
    let texts = [("p-1", pin.id.as_str()), ("W5673649234", pin.business_id.as_str())];
    let answer = invoke_with_sample("query-temp-credit", &texts[..1]).json().unwrap();
    assert!(answer["body"].as_str().is_some_and(|body| body.contains(r#""tempLimit":500.0000"#)), "{answer}");
    let answer = invoke_with_sample("cancel-temp-credit", &texts).json().unwrap();
    assert!(
        answer["body"].as_str().is_some_and(|body| body.contains(r#""changelimit":500.0000"#)),
        "{answer}"
    );
}

#[test]
fn credit_events_takes_its_sample_event() {
    let pin = Pin::new("credit-sample");
    let texts = [("p-1", pin.id.as_str()), ("a-1", &pin.business_id)];
    let answer = invoke_with_sample("credit-events", &texts).json().unwrap();
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(pin.total(), "500");
}

#[test]
fn the_expiry_takes_its_sample_event() {
    let answer = invoke_with_sample("temp-credit-expiry", &[]);
    assert_eq!((answer.status, answer.text().as_str()), (200, "null"));
}

#[test]
fn the_operations_of_leasing_take_their_sample_events_one_after_the_other() {
    let lease = Lease::new("samples");
    let answer = |function: &str| {
        let answer = invoke_with_sample(function, &[("LEASE-0001", &lease.id)]).json().unwrap();
        let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
        assert_eq!(answer["statusCode"], 200, "{function}: {body}");
        body["data"].clone()
    };
    assert_eq!(answer("pre-order-sync")["state"], "SYNCED");
    assert_eq!(answer("contract-sign")["state"], "CONTRACT_SIGNING");
    assert_eq!(answer("withhold-sign")["state"], "WITHHOLD_SIGNING");
    lease.becomes_at_ant(&json!({"withhold_status": "SIGNED", "unsign_pending": true}));
    assert_eq!(answer("withhold-query")["state"], "WITHHOLD_SIGNED");
    assert_eq!(answer("contract-seal")["state"], "ACTIVE");
    assert_eq!(answer("sign-flow")["waiting_for"], Value::Null);
    assert_eq!(answer("order-query")["unsign_pending"], true);
    assert_eq!(answer("unsign-confirm")["state"], "ACTIVE");
    assert_eq!(answer("withhold-plan-cancel")["state"], "PLAN_CANCELLED");
    assert_eq!(answer("lease-close")["state"], "CLOSED");
    assert_eq!(answer("withhold-unsign")["state"], "UNBOUND");
}

#[test]
fn ant_notify_reads_its_sample_event_which_no_local_key_has_signed() {
    let answer = invoke_with_sample("ant-notify", &[]).json().unwrap();
    assert_eq!(answer["statusCode"], 401, "{answer}");
    assert_eq!(answer["body"], r#"{"result_code":"SIGNATURE_INVALID"}"#);
}

#[test]
fn lease_reconcile_takes_its_sample_event() {
    let answer = invoke_with_sample("lease-reconcile", &[]);
    assert_eq!((answer.status, answer.text().as_str()), (200, "null"));
}

#[test]
fn the_marketplace_reads_its_sample_calls_which_no_local_key_has_signed() {
    for function in [
        "user-check",
        "loan-calculation",
        "push-order",
        "audit-result-query",
        "bind-card",
        "confirm-loan",
        "loan-result-query",
        "repay",
        "repay-trial",
        "repay-plan-query",
        "repay-result-query",
    ] {
        let answer = invoke_with_sample(function, &[]).json().unwrap();
        assert_eq!(answer["statusCode"], 200, "{function}: {answer}");
        assert_eq!(answer["body"], r#"{"code":10003,"message":"sign error"}"#, "{function}");
    }
}

#[test]
fn the_jobs_and_the_consumers_of_the_marketplace_take_their_sample_events() {
    for job in ["operator-pull", "push-order-parse", "credit-application", "depository-check"] {
        let answer = invoke_with_sample(job, &[]);
        assert_eq!((answer.status, answer.text().as_str()), (200, "null"), "{job}");
    }
    for consumer in ["customer-events", "partner-callback", "depository-events"] {
        let answer = invoke_with_sample(consumer, &[]).json().unwrap();
        assert_eq!(answer, json!({"batchItemFailures": []}), "{consumer}");
    }
    // They were sent long ago, and there is no such order still: they wait no longer, and go to the dead letters.
    for consumer in ["credit-result", "audit-result", "loan-result", "repay-plan", "overdue", "repay-result"]
    {
        let answer = invoke_with_sample(consumer, &[]).json().unwrap();
        assert_eq!(answer, json!({"batchItemFailures": []}), "{consumer}");
    }
}

#[test]
fn the_operators_functions_over_callbacks_answer_their_sample_events() {
    let answer = invoke_with_sample("callback-list", &[]).json().unwrap();
    assert_eq!(answer["statusCode"], 200, "{answer}");
    let answer = invoke_with_sample("callback-resend", &[]).json().unwrap();
    assert_eq!(answer["statusCode"], 404, "{answer}");
}
