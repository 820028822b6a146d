//! API Gateway's events at the HTTP entry point: whatever comes is answered, and an operation is given what was sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use platform::http::{Answer, Anyone, BodyRule, Endpoint, IamCaller, Refusal, Request, respond};
use platform::metrics::Source;
use platform::{Clock, Output, Scope};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::input::run;
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "http-event", hold, seeds };

const BODY_BYTES: usize = 65_536;

/// Answers with what it was given.
struct Echo;

/// The same for those whom IAM let through.
struct EchoToOperators;

fn told<C>(request: &Request<C>) -> Result<Answer, Refusal> {
    let query: Vec<_> = {
        let query = request.query()?;
        query.names().map(|name| (name.to_owned(), query.get(name).map(str::to_owned))).collect()
    };
    let told = json!({
        "body": request.body(),
        "order": request.path("order_id"),
        "query": query,
        "key": request.header("idempotency-key"),
    });
    Ok(Answer::json(StatusCode::OK, "told", &told))
}

fn refused(refusal: &Refusal) -> Answer {
    assert!(!matches!(refusal, Refusal::Panicked | Refusal::TimedOut), "{refusal}");
    Answer::json(StatusCode::BAD_REQUEST, "refused", &json!({"refused": refusal.to_string()}))
}

impl Endpoint for Echo {
    type Caller = Anyone;
    const SOURCE: Source = Source { context: "fuzz", function: "echo" };
    const BODY: BodyRule = BodyRule::Text { limit: BODY_BYTES };

    fn gate(&self) -> &() {
        &()
    }

    async fn answer(&self, _: &Scope, request: Request<Anyone>) -> Result<Answer, Refusal> {
        told(&request)
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        refused(refusal)
    }
}

impl Endpoint for EchoToOperators {
    type Caller = IamCaller;
    const SOURCE: Source = Source { context: "fuzz", function: "echo-to-operators" };
    const BODY: BodyRule = BodyRule::Json { limit: BODY_BYTES };

    fn gate(&self) -> &() {
        &()
    }

    async fn answer(&self, _: &Scope, request: Request<IamCaller>) -> Result<Answer, Refusal> {
        let _: Value = request.json()?;
        told(&request)
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        refused(refusal)
    }
}

fn call(endpoint: &impl Endpoint, event: &RawValue) -> Option<Value> {
    let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
    let deadline = clock.now() + std::time::Duration::from_secs(10);
    let answer = run(respond(endpoint, &clock, &Output::memory(), "request-1", deadline, event));
    assert!(answer.headers.contains_key("x-correlation-id"));
    let body = answer.body.map(|body| body.to_vec()).unwrap_or_default();
    let body: Value = serde_json::from_slice(&body).expect("an answer of JSON");
    (answer.status_code == 200).then_some(body)
}

fn hold(data: &[u8]) {
    let Ok(event) = serde_json::from_slice::<&RawValue>(data) else { return };
    let event = event.to_owned();
    let is_authorized = serde_json::from_slice::<Value>(data)
        .is_ok_and(|event| event["requestContext"]["authorizer"]["iam"].is_object());
    assert!(call(&EchoToOperators, &event).is_none() || is_authorized, "IAM let nobody through");
    let Some(told) = call(&Echo, &event) else { return };
    let query = told["query"].as_array().expect("pairs").iter().map(|pair| {
        let pair = [&pair[0], &pair[1]].map(|text| encoded(text.as_str().unwrap_or_default()));
        pair.join("=")
    });
    let query: Vec<String> = query.collect();
    let mut again = json!({
        "rawQueryString": query.join("&"),
        "headers": {"Idempotency-Key": told["key"]},
        "pathParameters": {"order_id": told["order"]},
        "isBase64Encoded": true,
        "body": STANDARD.encode(told["body"].as_str().expect("a text")),
    });
    if told["key"].is_null() {
        again["headers"] = json!({});
    }
    if told["order"].is_null() {
        again["pathParameters"] = json!({});
    }
    let again = serde_json::value::to_raw_value(&again).expect("JSON");
    assert_eq!(call(&Echo, &again), Some(told));
}

/// Every byte percent-encoded.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02X}"))
}

fn seeds() -> Vec<Vec<u8>> {
    let by_hand = [
        r#"{"rawQueryString":"state=dead&limit=%35+1","pathParameters":{"order_id":"LEASE-0001"},"body":"e30=","isBase64Encoded":true}"#,
        r#"{"queryStringParameters":{"a":"1"},"headers":{"Idempotency-Key":"k","Content-Type":"application/json"},"requestContext":{"authorizer":{"iam":{"userArn":null}}},"body":"{}"}"#,
    ];
    let samples = ["get-status", "callback-list", "ant-notify", "user-check", "order-query"];
    by_hand.map(|text| text.as_bytes().to_vec()).into_iter().chain(samples.map(seeds::event)).collect()
}
