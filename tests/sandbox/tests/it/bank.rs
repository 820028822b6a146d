//! The bank that binds cards.

use serde_json::{Value, json};

use crate::running::{Answer, Running};

const NUMBER: &str = "6222020200112233445";

fn request() -> Value {
    json!({
        "request_id": "r-1", "name": "张三", "cid": "11010119900307123X", "phone": "13800138016",
        "bank_code": "GDB", "card_no": NUMBER,
    })
}

fn with(mut request: Value, name: &str, value: Value) -> Value {
    request[name] = value;
    request
}

fn ask(bank: &Running, request: &Value) -> Answer {
    bank.post_as("application/json", "/bank/cards", request.to_string().as_bytes()).expect("an answer")
}

fn faults(bank: &Running, faults: &Value) -> Answer {
    bank.put("/_control/bank/faults", faults.to_string().as_bytes())
}

fn outcomes(bank: &Running) -> Vec<Value> {
    bank.requests("?partner=bank").iter().map(|entry| entry["outcome"].clone()).collect()
}

#[test]
fn a_card_is_bound_and_the_same_request_again_gets_the_same_answer() {
    let bank = Running::start();
    let answer = ask(&bank, &request());
    assert_eq!((answer.status, answer.content_type.as_str()), (200, "application/json"));
    let bound = answer.json();
    assert_eq!(bound["status"], "bound");
    assert!(bound["card_ref"].as_str().expect("a reference").starts_with("card-"));
    assert_eq!(ask(&bank, &request()).json(), bound);
    let other = with(with(request(), "request_id", json!("r-2")), "card_no", json!("622848000000"));
    assert_ne!(ask(&bank, &other).json()["card_ref"], bound["card_ref"]);

    let log = bank.requests("?partner=bank");
    let shown =
        json!([log[0]["kind"], log[0]["verified"], log[0]["outcome"], log[0]["order"], log[0]["body"]]);
    assert_eq!(shown, json!(["bind", true, "effect", null, request()]));
    assert_eq!(log[0]["response"], bound);
    assert_eq!(outcomes(&bank), ["effect", "repeated", "effect"]);
}

#[test]
fn a_request_is_about_one_card() {
    let bank = Running::start();
    ask(&bank, &request());
    assert_eq!(ask(&bank, &with(request(), "card_no", json!("622848000000"))).status, 409);
    assert_eq!(ask(&bank, &with(request(), "phone", json!("13900139000"))).status, 200);
    assert_eq!(outcomes(&bank), ["effect", "refused:other_request_of_that_id", "repeated"]);
    assert_eq!(bank.requests("")[1]["verified"], false);
}

#[test]
fn only_a_request_that_keeps_the_contract_is_taken() {
    let bank = Running::start();
    for bad in [
        json!([]),
        json!({}),
        with(request(), "more", json!(1)),
        with(request(), "request_id", json!("")),
        with(request(), "name", json!(" ")),
        with(request(), "cid", json!("11010119900307123")),
        with(request(), "cid", json!("1101011990030712XX")),
        with(request(), "phone", json!("1380013801")),
        with(request(), "phone", json!("23800138016")),
        with(request(), "bank_code", json!("CGB")),
        with(request(), "bank_code", json!("BCM")),
        with(request(), "card_no", json!("62284800000")),
        with(request(), "card_no", json!("6222 0202 0011")),
        with(request(), "card_no", json!(622_848_000_000_u64)),
    ] {
        let answer = ask(&bank, &bad);
        assert_eq!(answer.status, 400, "{bad}");
        assert!(!String::from_utf8_lossy(&answer.body).contains(NUMBER));
        let entry = bank.requests("?partner=bank").pop().expect("an entry");
        assert_eq!((&entry["outcome"], &entry["verified"]), (&json!("refused:malformed"), &json!(false)));
    }
    let text = bank.post_as("text/plain", "/bank/cards", request().to_string().as_bytes());
    assert_eq!(text.expect("an answer").status, 400);
    assert_eq!(bank.get("/bank/cards").status, 404);
    assert_eq!(bank.get("/bank/accounts").status, 404);
    assert_eq!(bank.requests("?partner=bank").pop().expect("an entry")["outcome"], "unknown_call");
}

#[test]
fn faults_are_used_up_by_good_requests_one_by_one() {
    let bank = Running::start();
    let told = json!([{"fault": "refused"}, {"fault": "http_500", "times": 2}]);
    assert_eq!(faults(&bank, &told).status, 200);
    ask(&bank, &json!({}));
    let refused = ask(&bank, &request());
    assert_eq!(refused.status, 200);
    assert_eq!((&refused.json()["status"], &refused.json()["card_ref"]), (&json!("refused"), &Value::Null));
    assert!(!refused.json()["message"].as_str().expect("a text").is_empty());
    assert_eq!([0, 0].map(|_| ask(&bank, &request()).status), [500, 500]);
    assert_eq!(ask(&bank, &request()).json()["status"], "bound");
    let expected = ["refused:malformed", "fault:refused", "fault:http_500", "fault:http_500", "effect"];
    assert_eq!(outcomes(&bank), expected);
}

#[test]
fn a_timeout_has_its_effect_or_not() {
    let bank = Running::start();
    faults(&bank, &json!([{"fault": "timeout"}, {"fault": "timeout_after_effect"}]));
    let body = request().to_string();
    for _ in 0..2 {
        let held = bank.post_as("application/json", "/bank/cards", body.as_bytes());
        assert!(matches!(held, Err(ureq::Error::Timeout(_))), "no answer within the caller's time");
    }
    assert_eq!(ask(&bank, &request()).json()["status"], "bound");
    assert_eq!(outcomes(&bank), ["fault:timeout", "fault:timeout_after_effect", "repeated"]);
    assert_eq!(bank.requests("")[1]["response"], Value::Null);
}

#[test]
fn a_reset_forgets_cards_and_faults() {
    let bank = Running::start();
    let first = ask(&bank, &request()).json();
    faults(&bank, &json!([{"fault": "http_500"}]));
    bank.post("/_control/reset");
    let second = ask(&bank, &request()).json();
    assert_eq!(second["status"], "bound");
    assert_ne!(second["card_ref"], first["card_ref"], "no reference comes again");
    assert_eq!(outcomes(&bank), ["effect"]);
}

#[test]
fn faults_that_cannot_be_are_refused_with_an_explanation() {
    let bank = Running::start();
    for (told, reason) in [
        (json!([{"fault": "fire"}]), "timeout_after_effect"),
        (json!([{"fault": "refused", "times": 0}]), "times"),
        (json!([{"fault": "refused", "order": "1"}]), "order"),
        (json!({}), "sequence"),
    ] {
        let answer = faults(&bank, &told);
        assert_eq!(answer.status, 400);
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    }
}
