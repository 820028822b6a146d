//! Identity data (R6): what upstream gives in clear stands in clear nowhere else – in no log line, no row, no answer, and
//! nothing that Ant is sent but encrypted.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::bodies::{IDENTITIES, full_contract, order, with};
use suites::lease::request::Request;
use suites::lease::{
    ANT, ANT_SECRET, DOCUMENTS, HISTORY, Lease, NOTIFICATIONS, ORDER, ORDERS, Options, REQUESTS,
    SEALING_SECRET,
};

/// What the tests' keys are.
const SECRETS: [&str; 2] = ["ant-secret-one", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="];

/// Everything that a text could be hidden in: as it is, percent-encoded, in JSON's escapes, in Base64.
fn disguises(text: &str) -> Vec<String> {
    let percent = text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let escaped = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<Vec<_>>().concat();
    let debugged = format!("{:?}", text.as_bytes());
    vec![text.to_owned(), percent, escaped, STANDARD.encode(text), debugged]
}

fn check(what: &str, seen: &str) {
    for text in IDENTITIES.into_iter().chain(SECRETS) {
        for disguise in disguises(text) {
            assert!(!seen.contains(&disguise), "{text} is to be seen in {what}: {seen}");
        }
    }
}

/// Every row, and in Base64 as the bytes that it is.
fn check_rows(lease: &Lease) {
    for table in [ORDERS, DOCUMENTS, HISTORY, REQUESTS, NOTIFICATIONS, suites::host::OUTBOX] {
        for row in lease.world.items(table) {
            check(table, &row.to_string());
            let bytes = row["content"]["B"].as_str().and_then(|text| STANDARD.decode(text).ok());
            check(table, &String::from_utf8_lossy(&bytes.unwrap_or_default()));
        }
    }
}

/// Everything that left us, but for what upstream is answered.
fn check_outside(lease: &Lease) {
    check("the logs", &lease.output.text());
    check_rows(lease);
    for request in lease.world.received(ANT) {
        check("a call to Ant", &request.uri().to_string());
        check("a call to Ant", &String::from_utf8_lossy(request.body()));
    }
    for event in lease.world.events(suites::host::BUS) {
        check("an event", &event.detail.to_string());
    }
}

fn post(path: &str, body: &Value) -> Request {
    Request::post(ORDER, path).body(body).key(path)
}

#[tokio::test(start_paused = true)]
async fn a_whole_life_shows_nobody_s_identity_anywhere() {
    let lease = Lease::new().await;
    let mut answers = vec![];
    let mut requests = vec![Request::put(ORDER).body(&order()).key("key-0")];
    requests.push(post("/contract", &full_contract()));
    requests.push(post("/withhold-sign", &json!({})));
    for request in &requests {
        answers.push(lease.send(request).await);
    }
    lease.ant.user_signs_withhold(ORDER);
    for request in [
        Request::get(ORDER, "/withhold-sign"),
        post("/contract/seal", &json!({"tag": "merchant"})),
        post("/contract/seal", &json!({"tag": "guarantor"})).key("key-guarantor"),
        Request::get(ORDER, ""),
        post("/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})),
        post("/close", &json!({"reason": "RENTING_OUT", "return_confirmed": true})),
        Request::delete(ORDER, "/withhold-sign"),
        Request::get(ORDER, ""),
    ] {
        answers.push(lease.send(&request).await);
    }
    lease.notify("m-1", "ORDER_STATUS_CHANGE", ORDER).await;
    for got in &answers {
        assert_eq!(got.status, 200, "{}", got.body);
        check("an answer", &got.body);
    }
    check_outside(&lease);
}

#[tokio::test(start_paused = true)]
async fn a_flow_shows_nobody_s_identity_though_it_keeps_it() {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    for spoil in [Spoil::ResultCode("SYSTEM_BUSY"), Spoil::Timeout, Spoil::Garbage] {
        lease.ant.fail("antchain.ato.front.sign.submit", spoil);
        let got = lease.send(&Request::post(ORDER, "/sign-flow").body(&full_contract())).await;
        assert!(got.status > 500, "{}", got.body);
        check("an answer", &got.body);
    }
    let got = lease.send(&Request::post(ORDER, "/sign-flow").body(&json!({})).key("k-1")).await;
    assert_eq!(got.status, 200, "{}", got.body);
    check("an answer", &got.body);
    check_outside(&lease);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_quotes_nothing_of_what_it_refuses() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let [name, phone, id, ..] = IDENTITIES;
    let long = name.repeat(100);
    for request in [
        Request::put(ORDER).body(&with(order(), "merchantId", json!([name, phone]))),
        Request::put(ORDER).body(&with(order(), "orderUserInfo", json!({"userName": long}))),
        Request::put(ORDER).body(&with(order(), "orderUserInfo", json!({"userName": [name], "id": id}))),
        Request::put(ORDER).body(&with(order(), "orderCreateTime", phone)),
        Request::put(ORDER).body(&with(order(), "surprise", name)),
        Request::post(ORDER, "/contract").body(&with(full_contract(), "user_id_type", id)),
        Request::post(ORDER, "/contract").body(&with(full_contract(), "user_name", long.clone())),
        Request::post(ORDER, "/contract").body(&with(
            full_contract(),
            "third_signer",
            json!([{"orgName": name}]),
        )),
        Request::post(ORDER, "/contract").body(&with(full_contract(), "sign_validity", phone)),
        Request::post(ORDER, "/sign-flow").body(&with(full_contract(), "user_mobile", json!({"x": phone}))),
        Request::post(ORDER, "/contract").text(&format!("{{\"user_name\": \"{name}\"")),
    ] {
        let got = lease.send(&request).await;
        assert_eq!(got.status, 400, "{}", got.body);
        check("an answer", &got.body);
    }
    check_outside(&lease);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_opened_or_sealed_shows_nothing_either() {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    let stranger = json!({"keys": [{"id": "another", "key": STANDARD.encode([9; 32])}]});
    lease.world.put_parameter(SEALING_SECRET, &stranger.to_string());
    let lease = lease.restarted().await;
    let got = lease.send(&Request::post(ORDER, "/sign-flow").body(&full_contract())).await;
    assert_eq!(got.brief(), (500, r#"{"code":"INTERNAL_ERROR","message":"internal error"}"#));
    check_outside(&lease);
}

#[tokio::test(start_paused = true)]
async fn the_secrets_are_read_together_and_once() {
    let lease = Lease::new().await;
    lease.unbound(ORDER).await;
    assert_eq!(lease.world.parameter_reads(), 1);
    let aws = suites::aws(&lease.world);
    let text = format!("{:?}", suites::lease::deps(&lease.world, &aws, Options::default()).await);
    check("what is printed of the dependencies", &text);
    assert!(!text.contains("PRIVATE") && !text.contains("BEGIN"), "{ANT_SECRET} {text}");
}
