//! What is around a call.

use serde_json::{Value, json};

use super::keys::{Channel, PLAIN, SEALED};
use super::lender::{AUDIT, DEVICE, JSON, Lender, ORDER, UID, millis_from_now};

const CLEAR: &str = r#"{"orderId":"120522","status":6004}"#;

fn envelope(channel: &Channel, timestamp: &str, request: &str) -> Value {
    let sign = channel.sign(timestamp, request);
    json!({"appId": channel.app_id, "timestamp": timestamp, "request": request, "sign": sign})
}

fn good(channel: &Channel) -> Value {
    envelope(channel, &millis_from_now(0), &channel.carried(CLEAR))
}

fn changed(change: impl FnOnce(&mut Value)) -> Value {
    let mut envelope = good(&PLAIN);
    change(&mut envelope);
    envelope
}

fn code(lender: &Lender, channel: &Channel, body: &Value) -> i64 {
    let answer = lender.post(channel, AUDIT, body).expect("an answer");
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    let code = answer["code"].as_i64().expect("a code");
    let entry = lender.newest();
    let outcome = if code == 0 { "answered".to_owned() } else { format!("refused:{code}") };
    assert_eq!((&entry["outcome"], &entry["verified"]), (&json!(outcome), &json!(code == 0)), "{answer}");
    code
}

#[test]
fn a_time_is_a_number_or_a_text() {
    let lender = Lender::start();
    for channel in [&*PLAIN, &*SEALED] {
        let mut envelope = good(channel);
        assert_eq!(code(&lender, channel, &envelope), 0);
        envelope["timestamp"] =
            serde_json::from_str(envelope["timestamp"].as_str().expect("text")).expect("a number");
        assert_eq!(code(&lender, channel, &envelope), 0);
        assert!(lender.newest()["timestamp"].is_string());
    }
}

#[test]
fn what_is_no_envelope_is_a_parameter_error() {
    let lender = Lender::start();
    for bad in [
        json!([]),
        json!({}),
        changed(|body| {
            *body = json!([body["appId"], body["timestamp"], body["request"], body["sign"]]);
        }),
        changed(|body| body["appId"] = json!("")),
        changed(|body| body["request"] = json!("")),
        changed(|body| body["sign"] = json!("")),
        changed(|body| body["sign"] = Value::Null),
        changed(|body| body["timestamp"] = json!("")),
        changed(|body| body["timestamp"] = json!("now")),
        changed(|body| body["timestamp"] = json!("+1533710259153")),
        changed(|body| body["timestamp"] = json!("99999999999999999")),
        changed(|body| body["timestamp"] = json!(1.5)),
        changed(|body| body["timestamp"] = json!(-1)),
        changed(|body| body["request"] = json!({})),
        changed(|body| body["channelId"] = json!("840")),
        changed(|body| body["colour"] = json!("red")),
    ] {
        assert_eq!(code(&lender, &PLAIN, &bad), 10002, "{bad}");
    }
}

#[test]
fn a_body_is_json_and_says_so() {
    let lender = Lender::start();
    let send = |content_type: &str, body: &[u8]| {
        lender.post_as(content_type, &PLAIN, AUDIT, body).expect("an answer").json()["code"].take()
    };
    let body = good(&PLAIN).to_string();
    for content_type in
        ["text/plain", "", "application/json; charset=GBK", "application/x-www-form-urlencoded"]
    {
        assert_eq!(send(content_type, body.as_bytes()), 10002, "{content_type}");
    }
    for content_type in [JSON, "Application/JSON;charset=utf-8", "application/json; charset=UTF-8"] {
        assert_eq!(send(content_type, body.as_bytes()), 0, "{content_type}");
    }
    let twice = body.replacen('{', r#"{"appId":"10001","#, 1);
    for bad in [b"".as_slice(), b"{", b"\xff", twice.as_bytes()] {
        assert_eq!(send(JSON, bad), 10002);
    }
}

#[test]
fn only_who_has_the_channels_id_and_key_may_call_and_in_time() {
    let lender = Lender::start();
    let aged = |seconds| envelope(&PLAIN, &millis_from_now(seconds), CLEAR);
    for (body, expected) in [
        (aged(-590), 0),
        (aged(590), 0),
        (aged(-601), 10003),
        (aged(602), 10003),
        (changed(|body| body["appId"] = json!("20002")), 10003),
        (changed(|body| body["request"] = json!(format!("{CLEAR} "))), 10003),
        (changed(|body| body["timestamp"] = json!(millis_from_now(1))), 10003),
        (changed(|body| body["sign"] = json!("no Base64!")), 10003),
        (changed(|body| body["sign"] = json!("AAAA")), 10003),
        (changed(|body| body["sign"] = json!(format!("{}\n", body["sign"].as_str().expect("text")))), 10003),
        (good(&SEALED), 10003),
    ] {
        assert_eq!(code(&lender, &PLAIN, &body), expected, "{body}");
    }
    let answer =
        lender.post(&PLAIN, AUDIT, &changed(|body| body["sign"] = json!("AAAA"))).expect("an answer");
    assert_eq!(answer.json(), json!({"code": 10003, "message": "sign error"}));
}

#[test]
fn every_byte_of_a_signature_counts() {
    let lender = Lender::start();
    let good = good(&SEALED);
    let sign = good["sign"].as_str().expect("text");
    for at in (0..sign.len()).step_by(7) {
        let mut bad = sign.as_bytes().to_vec();
        bad[at] = if bad[at] == b'A' { b'B' } else { b'A' };
        let mut body = good.clone();
        body["sign"] = json!(String::from_utf8(bad).expect("text"));
        assert_eq!(code(&lender, &SEALED, &body), 10003, "{at}");
    }
    assert_eq!(code(&lender, &SEALED, &good), 0);
}

#[test]
fn what_is_signed_but_not_sealed_as_it_should_be_is_a_parameter_error() {
    let lender = Lender::start();
    let carried = SEALED.carried(CLEAR);
    for request in [CLEAR, &carried.to_lowercase(), &carried[..32], &format!("{carried}0")] {
        let body = envelope(&SEALED, &millis_from_now(0), request);
        assert_eq!(code(&lender, &SEALED, &body), 10002, "{request}");
    }
}

#[test]
fn the_log_tells_of_an_order_whoever_says_so() {
    let lender = Lender::start();
    let mut forged = good(&SEALED);
    forged["sign"] = json!("AAAA");
    assert_eq!(code(&lender, &SEALED, &forged), 10003);
    let entry = lender.newest();
    let told = json!([entry["order"], entry["kind"], entry["decrypted"]["status"], entry["timestamp"]]);
    assert_eq!(told, json!([ORDER, "audit", 6004, forged["timestamp"]]));
    let pull = envelope(&PLAIN, "1533710259153", &json!({"uid": UID}).to_string());
    lender.post(&PLAIN, DEVICE, &pull).expect("an answer");
    let entry = lender.newest();
    assert_eq!((&entry["order"], &entry["timestamp"]), (&json!(UID), &json!("1533710259153")));
}
