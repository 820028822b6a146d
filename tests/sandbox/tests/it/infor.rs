//! `InforCRM`, spoken to over queues.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::running::{Answer, Running};
use crate::stand_in::StandIn;

const REQUEST: &str = r#"{"requestID":"elf73276-7fb6-4e80-85de-fd8a939998f0","dt":"2023-07-27T09:27:04.953+03:00","clientIdList":[{"systemCode":"vtb_mdm_id","id":"123456"},{"systemCode":"IBSO","id":"354815252"},{"systemCode":"ehd_id","id":"354815253"},{"systemCode":"INFOR","id":"A6UJ9A00EEG"}],"inn":"1200009193","ogrn":"1231200000844","kpp":"120001001","okpo":"02847208"}"#;
const REQUEST_ID: &str = "elf73276-7fb6-4e80-85de-fd8a939998f0";

/// A sandbox that knows its queues.
struct Crm {
    sandbox: Running,
    sqs: StandIn,
}

impl Crm {
    fn start() -> Self {
        let (sandbox, sqs) = (Running::start(), StandIn::start());
        let urls = ["infor-outbound", "infor-inbound"].map(|name| (name, sqs.queue_url(name)));
        let told = sandbox.put("/_control/queues", &whereabouts(&sqs.url, &urls.into_iter().collect()));
        assert_eq!(told.status, 200);
        Self { sandbox, sqs }
    }

    fn set(&self, plan: &Value) -> Answer {
        self.sandbox.put("/_control/infor", plan.to_string().as_bytes())
    }

    /// Takes requests from now on, and answers as `plan` says.
    fn consume(&self, mut plan: Value) {
        plan["consume"] = json!(true);
        assert_eq!(self.set(&plan).status, 200);
    }

    fn ask(&self, request: &str) {
        self.sqs.put("infor-outbound", request, REQUEST_ID);
    }

    /// Asks for the organization `id`, in a request that is well-formed.
    fn ask_for(&self, id: &str) {
        self.ask(&REQUEST.replace("354815253", id));
    }

    /// The messages on the inbound queue, once there are that many.
    fn answers(&self, count: usize) -> Vec<Value> {
        let bodies = eventually(|| Some(self.sqs.bodies("infor-inbound")).filter(|all| all.len() >= count));
        assert_eq!(bodies.len(), count, "{bodies:?}");
        bodies.iter().map(|body| serde_json::from_str(body).expect("JSON")).collect()
    }

    /// What the log has of the organization `id`, once it has been asked about.
    fn logged(&self, id: &str) -> Value {
        let query = format!("?partner=infor&order={id}");
        eventually(|| self.sandbox.requests(&query).pop())
    }
}

fn whereabouts(url: &str, queues: &Value) -> Vec<u8> {
    let told = json!({
        "aws_endpoint": url, "region": "eu-north-1", "access_key_id": "key-1", "secret_access_key": "secret",
        "queues": queues,
    });
    told.to_string().into_bytes()
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

#[test]
fn every_control_says_so_until_the_queues_are_known() {
    let sandbox = Running::start();
    let refused = |answer: Answer| {
        assert_eq!(answer.status, 409);
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains("infor-") && error.contains("PUT /_control/queues"), "{error}");
    };
    let all_refused = || {
        refused(sandbox.put("/_control/infor", br#"{"consume":true}"#));
        refused(sandbox.call("POST", "/_control/infor/reply", b"{}").expect("an answer"));
        refused(sandbox.call("POST", "/_control/infor/push", b"{}").expect("an answer"));
    };
    all_refused();
    let others = whereabouts("http://127.0.0.1:1", &json!({"contract-events": "http://127.0.0.1:1/q"}));
    assert_eq!(sandbox.put("/_control/queues", &others).status, 200, "a deployment without our queues");
    all_refused();
}

#[test]
fn a_control_that_cannot_be_read_is_refused_with_an_explanation() {
    let crm = Crm::start();
    for (plan, reason) in [
        (json!({"consume": "yes"}), "boolean"),
        (json!({"colour": "red"}), "colour"),
        (json!({"times": 0}), "times is from 1 to 100"),
        (json!({"delay_s": -1}), "negative"),
        (json!({"reply": []}), "map"),
    ] {
        let answer = crm.set(&plan);
        assert_eq!(answer.status, 400, "{plan}");
        let error = answer.json()["error"].as_str().expect("a reason").to_owned();
        assert!(error.contains(reason), "{error}");
    }
    let secure = whereabouts("https://sqs.example", &json!({}));
    for told in [b"{}".as_slice(), &secure] {
        assert_eq!(crm.sandbox.put("/_control/queues", told).status, 400);
    }
}

#[test]
fn a_request_is_taken_logged_and_answered_with_a_created_task() {
    let crm = Crm::start();
    crm.consume(json!({}));
    crm.ask(REQUEST);
    let replies = crm.answers(1);
    let reply = &replies[0];
    assert_eq!(reply["replyUID"], REQUEST_ID);
    assert_eq!(reply["statusCode"], "0");
    assert!(reply["taskID"].as_str().expect("text").parse::<u64>().is_ok(), "{reply}");
    assert_eq!(reply["requestID"].as_str().map(str::len), Some(REQUEST_ID.len()), "{reply}");
    let dt = reply["dt"].as_str().expect("a dt");
    assert!(dt.len() == "2023-07-27T09:27:04.953+03:00".len() && dt.ends_with("+03:00"), "{dt}");
    let sent = &crm.sqs.bodies("infor-inbound")[0];
    assert!(sent.starts_with(r#"{"requestID":""#) && sent.contains(r#"","replyUID":""#), "{sent}");

    let mut entry = eventually(|| Some(crm.logged("354815253")).filter(|entry| !entry["response"].is_null()));
    assert!(entry["at"].take().as_str().expect("an instant").ends_with('Z'));
    let expected = json!({
        "partner": "infor", "order": "354815253", "kind": "request", "method": "SQS", "path": "infor-outbound",
        "at": null, "timestamp": "2023-07-27T09:27:04.953+03:00", "query": null,
        "headers": {"requestID": REQUEST_ID, "x-correlation-id": "c-1"}, "form": null,
        "body": serde_json::from_str::<Value>(REQUEST).expect("JSON"), "decrypted": null, "verified": true,
        "outcome": "answered", "response": [reply],
    });
    assert_eq!(entry, expected);
    assert_eq!(
        (crm.sqs.bodies("infor-outbound").len(), crm.sqs.in_hand()),
        (0, 0),
        "it deletes what it took"
    );
    let log = crm.sandbox.get("/_control/requests?partner=infor").body;
    let log = String::from_utf8(log).expect("text");
    assert!(log.contains(&format!(r#""body":{REQUEST},"#)), "the body is shown as it came: {log}");
}

#[test]
fn the_reply_and_the_push_are_overlaid_and_the_push_has_the_ids_of_the_reply() {
    let crm = Crm::start();
    let reply = json!({"taskID": "T-1", "requestID": "crm-1"});
    let push =
        json!({"taskStatus": 5, "taskExecType": "Технический", "taskExecDescr": null, "applicationID": "a"});
    crm.consume(json!({"reply": reply, "push": push}));
    crm.ask(REQUEST);
    let answers = crm.answers(2);
    assert_eq!((&answers[0]["taskID"], &answers[0]["requestID"]), (&json!("T-1"), &json!("crm-1")));
    let dt = answers[1]["dt"].as_str().expect("a dt");
    let expected = json!({
        "requestID": "crm-1", "dt": dt, "statusCode": "0", "taskID": "T-1", "taskStatus": 5,
        "taskCloseDate": &dt[..10], "taskExecType": "Технический", "applicationID": "a",
    });
    assert_eq!(answers[1], expected);
    crm.consume(json!({"reply": {"statusCode": "0", "taskID": null}, "push": {}}));
    crm.ask(REQUEST);
    let answers = crm.answers(4);
    assert_eq!(answers[2].get("taskID"), None);
    assert_eq!(answers[3]["requestID"], answers[2]["requestID"]);
    assert_eq!(
        (&answers[3]["taskStatus"], &answers[3]["taskExecDescr"]),
        (&json!("3"), &json!("Обработано"))
    );
    assert_eq!(answers[3]["taskExecType"], "Ручной");
    assert_ne!(answers[3]["taskID"], "T-1");
}

#[test]
fn messages_come_twice_late_and_the_push_first_when_asked_to() {
    let crm = Crm::start();
    crm.consume(json!({"push": {}, "push_first": true, "times": 2, "delay_s": 0.05}));
    crm.ask(REQUEST);
    let answers = crm.answers(4);
    assert_eq!((&answers[0], &answers[2]), (&answers[1], &answers[3]));
    assert_eq!(
        (answers[0]["taskStatus"].as_str(), answers[2]["replyUID"].as_str()),
        (Some("3"), Some(REQUEST_ID))
    );
    assert_eq!(answers[0]["taskID"], answers[2]["taskID"]);
    eventually(|| (crm.logged("354815253")["response"] == json!(answers)).then_some(()));
}

#[test]
fn a_reply_that_is_null_is_none_and_the_request_is_taken_all_the_same() {
    let crm = Crm::start();
    crm.consume(json!({"reply": null}));
    crm.ask(REQUEST);
    let entry = crm.logged("354815253");
    assert_eq!((&entry["outcome"], &entry["response"]), (&json!("unanswered"), &Value::Null));
    crm.consume(json!({}));
    crm.ask_for("2");
    assert_eq!(crm.answers(1)[0]["replyUID"], REQUEST_ID, "the second request's reply is the first message");
}

#[test]
fn only_a_request_that_keeps_the_contract_to_the_byte_is_verified() {
    let crm = Crm::start();
    crm.consume(json!({"reply": null}));
    let verified = |organization: &str, request: &str| {
        crm.ask(&request.replace("354815253", organization));
        crm.logged(organization)["verified"] == true
    };
    let without = |part: &str| REQUEST.replacen(part, "", 1);
    let entrepreneur = REQUEST.replace("1200009193", "500100732259").replace("120001001", "");
    for (number, good) in [
        without(r#","okpo":"02847208""#),
        without(r#"{"systemCode":"IBSO","id":"354815252"},"#),
        without(r#",{"systemCode":"INFOR","id":"A6UJ9A00EEG"}"#),
        entrepreneur,
    ]
    .iter()
    .enumerate()
    {
        assert!(verified(&format!("good-{number}"), good), "{good}");
    }
    let bad = [
        without(r#"{"systemCode":"vtb_mdm_id","id":"123456"},"#),
        without(r#","ogrn":"1231200000844""#),
        without("120001001"),
        without("A6UJ9A00EEG"),
        without("elf"),
        REQUEST.replace(r#""inn":"#, r#""inn": "#),
        REQUEST.replace(
            r#""inn":"1200009193","ogrn":"1231200000844""#,
            r#""ogrn":"1231200000844","inn":"1200009193""#,
        ),
        REQUEST.replace("vtb_mdm_id", "INFOR"),
        REQUEST.replace(".953+03:00", "+03:00"),
        REQUEST.replace("09:27:04.953+03:00", "06:27:04.953+00:00"),
        REQUEST.replace(r#""02847208""#, "null"),
        REQUEST.replace("02847208", " 02847208"),
        REQUEST.replace(r#""120001001""#, "120001001"),
        REQUEST.replace("02847208\"", "02847208\",\"more\":\"\""),
    ];
    for (number, bad) in bad.iter().enumerate() {
        assert!(!verified(&format!("bad-{number}"), bad), "{bad}");
    }
}

#[test]
fn what_is_no_request_is_logged_as_it_came_and_not_answered() {
    let crm = Crm::start();
    crm.consume(json!({}));
    crm.ask("<request/>");
    let entry = eventually(|| crm.sandbox.requests("?partner=infor").pop());
    assert_eq!((&entry["body"], &entry["verified"]), (&json!("<request/>"), &json!(false)));
    assert_eq!((&entry["order"], &entry["outcome"]), (&Value::Null, &json!("unanswered")));
    crm.ask(REQUEST);
    crm.answers(1);
}

#[test]
fn a_reply_or_push_of_ones_own_goes_in_byte_for_byte() {
    let crm = Crm::start();
    let own = [r#"{ "replyUID":"r-1", "statusCode":0, "statusMsg":"Клиент не найден" }"#, r#"{"taskID": "#];
    for (control, body) in ["reply", "push"].iter().zip(own) {
        let control = format!("/_control/infor/{control}");
        assert_eq!(crm.sandbox.call("POST", &control, body.as_bytes()).expect("an answer").status, 200);
    }
    assert_eq!(crm.sqs.bodies("infor-inbound"), own);
    for body in [b"".as_slice(), b"\xff"] {
        assert_eq!(crm.sandbox.call("POST", "/_control/infor/push", body).expect("an answer").status, 400);
    }
    crm.sqs.set_broken(true);
    let refused = crm.sandbox.call("POST", "/_control/infor/push", b"{}").expect("an answer");
    assert_eq!(refused.status, 502);
    let error = refused.json()["error"].as_str().expect("a reason").to_owned();
    assert!(error.contains("SendMessage") && error.contains("AccessDenied"), "{error}");
}

#[test]
fn requests_stay_where_they_are_unless_it_consumes() {
    let crm = Crm::start();
    crm.ask_for("1");
    crm.consume(json!({}));
    crm.answers(1);
    for stop in [json!({}), json!({"consume": false})] {
        crm.set(&stop);
        crm.ask_for("2");
        stays(&crm);
        crm.consume(json!({"reply": null}));
        crm.logged("2");
        assert_eq!(crm.sandbox.post("/_control/reset").status, 200);
        crm.ask_for("3");
        stays(&crm);
        crm.consume(json!({"reply": null}));
        crm.logged("3");
    }
}

/// Two of the sandbox's own intervals pass, and the request is still there.
#[expect(clippy::disallowed_methods, reason = "the sandbox is a real process in real time")]
fn stays(crm: &Crm) {
    for _ in 0..10 {
        assert_eq!(crm.sqs.bodies("infor-outbound").len(), 1);
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_reset_forgets_the_answers_that_were_still_to_be_given_but_not_where_the_queues_are() {
    let crm = Crm::start();
    crm.consume(json!({"delay_s": 0.2}));
    crm.ask_for("1");
    crm.logged("1");
    assert_eq!(crm.sandbox.post("/_control/reset").status, 200);
    assert_eq!(crm.sandbox.requests(""), Vec::<Value>::new());
    crm.consume(json!({"delay_s": 0.3, "reply": {"replyUID": "after"}}));
    crm.ask_for("2");
    assert_eq!(crm.answers(1)[0]["replyUID"], "after");
}

#[test]
fn it_goes_on_after_the_queues_were_out_of_order() {
    let crm = Crm::start();
    crm.sqs.set_broken(true);
    crm.consume(json!({}));
    for number in 1..=25 {
        crm.ask_for(&number.to_string());
    }
    eventually(|| (crm.sqs.refused() > 1).then_some(()));
    crm.sqs.set_broken(false);
    let mut ids: Vec<_> = crm.answers(25).iter().map(|reply| reply["taskID"].clone()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 25, "each has a task of its own");
}
