//! The loan core, spoken to over queues.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::running::{Answer, Running};
use crate::stand_in::StandIn;

const RESULTS: [&str; 6] =
    ["credit-result", "audit-result", "loan-result", "repay-plan", "overdue", "repay-result"];

/// A sandbox that knows its queues.
struct Core {
    sandbox: Running,
    sqs: StandIn,
}

impl Core {
    fn start() -> Self {
        let (sandbox, sqs) = (Running::start(), StandIn::start());
        let names = RESULTS.into_iter().chain(["core-commands"]);
        let urls: Value = names
            .map(|name| (name.to_owned(), json!(sqs.queue_url(name))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let told = json!({
            "aws_endpoint": sqs.url, "region": "eu-north-1", "access_key_id": "key-1",
            "secret_access_key": "secret", "queues": urls,
        });
        assert_eq!(sandbox.put("/_control/queues", told.to_string().as_bytes()).status, 200);
        Self { sandbox, sqs }
    }

    fn command(&self, command: &Value) {
        self.sqs.put("core-commands", &command.to_string(), "r-1");
    }

    fn tell(&self, order: &str, result: &str, body: &str) -> Answer {
        let control = format!("/_control/core/{order}/{result}");
        self.sandbox.call("POST", &control, body.as_bytes()).expect("an answer")
    }

    /// What the log has, once there are that many.
    fn logged(&self, query: &str, count: usize) -> Vec<Value> {
        eventually(|| Some(self.sandbox.requests(query)).filter(|entries| entries.len() >= count))
    }

    /// What came of a command that is sent alone.
    fn outcome(&self, command: &Value) -> (bool, String) {
        let before = self.sandbox.requests("?partner=core").len();
        self.command(command);
        let entry = self.logged("?partner=core", before + 1).pop().expect("an entry");
        (entry["verified"] == true, entry["outcome"].as_str().expect("an outcome").to_owned())
    }
}

/// Polls until there is something, for five seconds at most.
#[expect(clippy::disallowed_methods, reason = "the sandbox is a real process in real time")]
fn eventually<T>(look: impl Fn() -> Option<T>) -> T {
    for _ in 0..250 {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("it did not come about within five seconds");
}

fn application() -> Value {
    json!({
        "command_id": "c-1", "type": "credit_application", "channel_id": "840", "order_id": "120522",
        "uid": "12394129", "loan_amount": "15000.00", "period": 12, "period_unit": 2, "data_key": "840/1/push/a",
    })
}

fn with(mut command: Value, name: &str, value: Value) -> Value {
    command[name] = value;
    command
}

#[test]
fn a_command_is_taken_and_logged_and_a_result_is_told_on_its_queue() {
    let core = Core::start();
    core.command(&application());
    let mut entry = core.logged("?partner=core&order=120522", 1).remove(0);
    assert!(entry["at"].take().as_str().expect("an instant").ends_with('Z'));
    let expected = json!({
        "partner": "core", "order": "120522", "uid": "12394129", "kind": "credit_application",
        "method": "SQS", "path": "core-commands", "at": null, "timestamp": null, "query": null,
        "headers": {"requestID": "r-1", "x-correlation-id": "c-1"}, "form": null, "body": application(),
        "decrypted": null, "verified": true, "outcome": "accepted", "response": null,
    });
    assert_eq!(entry, expected);
    assert_eq!((core.sqs.bodies("core-commands").len(), core.sqs.in_hand()), (0, 0));
    assert!(RESULTS.iter().all(|result| core.sqs.bodies(result).is_empty()), "it answers nothing by itself");
    assert_eq!(core.logged("?order=12394129", 1).len(), 1, "by the user, too");

    let body = r#"{"result":"approved","amount_option":[{"min":"5000.00"}],"more":1.50}"#;
    let answer = core.tell("120522", "credit-result", body).json();
    let sent = core.sqs.bodies("credit-result").remove(0);
    assert!(sent.contains(r#""more":1.50"#), "in its own characters: {sent}");
    let sent: Value = serde_json::from_str(&sent).expect("JSON");
    assert_eq!((&answer["status"], &answer["sent"]), (&json!("ok"), &sent));
    assert_eq!((&sent["order_id"], &sent["result"]), (&json!("120522"), &json!("approved")));
    assert!(sent["event_id"].as_str().expect("a text").starts_with("core-"));
    assert!(sent["occurred_at"].as_str().expect("an instant").ends_with('Z'));
    let entry = core.logged("?partner=core", 1).remove(0);
    assert_eq!((&entry["outcome"], &entry["response"]), (&json!("answered"), &json!([sent])));
}

#[test]
fn each_result_goes_on_its_own_queue_with_what_it_says_itself() {
    let core = Core::start();
    for result in RESULTS {
        let own = json!({"event_id": "e-1", "order_id": "7", "occurred_at": "2018-08-08T06:37:00Z"});
        for body in ["", "{}", &own.to_string()] {
            assert_eq!(core.tell("a%2Db", result, body).status, 200, "{result}");
        }
        let sent: Vec<Value> =
            core.sqs.bodies(result).iter().map(|body| serde_json::from_str(body).expect("JSON")).collect();
        assert_eq!((sent.len(), &sent[0]["order_id"], &sent[2]), (3, &json!("a-b"), &own));
        assert_ne!(sent[0]["event_id"], sent[1]["event_id"]);
    }
}

#[test]
fn what_it_cannot_tell_is_refused_with_an_explanation() {
    let core = Core::start();
    for (result, body, status, reason) in [
        ("weather", "{}", 400, "credit-result"),
        ("credit-result", "[]", 400, "map"),
        ("credit-result", "garbage", 400, "expected"),
    ] {
        let answer = core.tell("1", result, body);
        assert_eq!(answer.status, status);
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    }
    let early = Running::start();
    let answer = early.call("POST", "/_control/core/1/credit-result", b"{}").expect("an answer");
    assert_eq!(answer.status, 409);
    core.sqs.set_broken(true);
    assert_eq!(core.tell("1", "credit-result", "{}").status, 502);
}

#[test]
fn a_repeat_is_known_by_its_id_and_must_say_the_same() {
    let core = Core::start();
    for (command, expected) in [
        (application(), (true, "accepted")),
        (application(), (true, "repeated")),
        (with(application(), "command_id", json!("c-2")), (true, "accepted")),
        (with(application(), "period", json!(6)), (false, "refused:other_command_of_that_id")),
    ] {
        let (verified, outcome) = core.outcome(&command);
        assert_eq!((verified, outcome.as_str()), expected, "{command}");
    }
    assert_eq!(core.sandbox.post("/_control/reset").status, 200);
    assert_eq!(core.sandbox.requests(""), Vec::<Value>::new());
    assert_eq!(core.outcome(&application()), (true, "accepted".to_owned()), "a reset forgets ids");
}

#[test]
fn only_a_command_that_keeps_the_contract_is_verified() {
    let core = Core::start();
    let card = json!({"bank_code": "ICBC", "card_last4": "5678", "card_ref": "card-1"});
    let loan = json!({
        "command_id": "c-3", "type": "loan_application", "order_id": "120522", "borrow_no": "b-1",
        "loan_amount": "12000.00", "period": 12, "period_unit": 2, "card": null,
    });
    let bound = json!({
        "command_id": "c-4", "type": "card_bound", "order_id": "120522", "borrow_no": "b-1", "card": card,
    });
    let repayment = json!({
        "command_id": "c-5", "type": "repayment", "order_id": "120522", "borrow_no": "b-1", "period": -1,
        "attempt_no": 1,
    });
    let with_card = with(with(loan.clone(), "command_id", json!("c-6")), "card", card.clone());
    for good in [&loan, &bound, &repayment, &with_card] {
        assert_eq!(core.outcome(good), (true, "accepted".to_owned()), "{good}");
    }
    for bad in [
        json!("garbage"),
        json!({}),
        with(application(), "type", json!("coffee")),
        with(application(), "more", json!(1)),
        with(application(), "command_id", json!("")),
        with(application(), "order_id", json!("1 2")),
        with(application(), "order_id", json!(120_522)),
        with(application(), "channel_id", json!("8#4")),
        with(application(), "uid", json!("")),
        with(application(), "loan_amount", json!("15000")),
        with(application(), "loan_amount", json!("15000.0")),
        with(application(), "loan_amount", json!("0.00")),
        with(application(), "loan_amount", json!(15000.00)),
        with(application(), "period", json!(0)),
        with(application(), "period_unit", json!(4)),
        with(application(), "data_key", json!("")),
        with(loan.clone(), "card", json!({"bank_code": "ICBC"})),
        with(bound, "card", Value::Null),
        with(repayment.clone(), "period", json!(0)),
        with(repayment, "attempt_no", json!(0)),
        with(with_card, "card", json!({"bank_code": "ICBC", "card_last4": "567", "card_ref": "card-1"})),
    ] {
        assert_eq!(core.outcome(&bad), (false, "refused:malformed".to_owned()), "{bad}");
    }
}

#[test]
fn it_goes_on_after_the_queues_were_out_of_order() {
    let core = Core::start();
    core.sqs.set_broken(true);
    for number in 1..=25 {
        core.command(&with(application(), "command_id", json!(format!("c-{number}"))));
    }
    eventually(|| (core.sqs.refused() > 1).then_some(()));
    core.sqs.set_broken(false);
    assert_eq!(core.logged("?partner=core", 25).len(), 25);
}
