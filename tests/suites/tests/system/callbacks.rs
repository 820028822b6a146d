//! The credit answer and the callbacks (marketplace §4, §10; design §5): what the core decides, what the platform hears of
//! it, in order and after failures, and what operators do about what was given up.

use std::{process, time::Duration};

use platform::Clock;
use serde_json::{Value, json};

use crate::{
    marketplace::Order,
    world::{dead_letter, eventually, platform, put_in_queue},
};

const CREDIT_RESULT: &str = "credit-result";

/// An order of somebody whom no other test knows, and who is refused here.
fn pushed(channel: &'static str, test: &str, born: &str) -> (Order, Value) {
    let order = Order::new(channel, test);
    let cid = format!("110101{born}{:04}", process::id() % 10_000);
    let phone = format!("137{:08}", process::id());
    let mut push = order.push(15000);
    push["registerPhone"] = json!(phone);
    push["idInfo"]["cid"] = json!(cid);
    push["idInfo"]["name"] = json!("司马相如");
    order.has_data();
    assert_eq!(order.call("pushOrder", &push).status(), 2001);
    let inquiry = json!({"name": "司马相如", "phone": &phone[..7], "cid": &cid[..13]});
    (order, inquiry)
}

fn decided(order: &Order, result: &str) {
    let path = format!("/core/{}/credit-result", order.number);
    let message = json!({"result": result, "channel_id": order.channel});
    platform().control("POST", &path, message.to_string().as_bytes()).unwrap();
}

/// The callbacks that the platform got about an order, oldest first.
fn heard(number: &str) -> Vec<Value> {
    let all = platform().control("GET", &format!("/requests?partner=rongshu&order={number}"), b"");
    let all = all.unwrap().json().unwrap();
    let is_callback = |one: &&Value| ["audit", "loan"].iter().any(|kind| one["kind"] == *kind);
    all.as_array().unwrap().iter().filter(is_callback).cloned().collect()
}

fn kinds(heard: &[Value]) -> Vec<&str> {
    heard.iter().filter_map(|one| one["kind"].as_str()).collect()
}

#[test]
fn a_refusal_and_an_approval_that_expires_end_their_orders_and_the_platform_hears_of_both() {
    let orders = [
        (pushed("840", "credit-refused", "19850202"), "refused"),
        (pushed("rongshu", "credit-expired", "19860303"), "expired"),
    ];
    for job in ["operator-pull", "push-order-parse", "credit-application"] {
        let next = match job {
            "operator-pull" => &["2", "3", "10", "11"][..],
            "push-order-parse" => &["10", "11"],
            _ => &["11"],
        };
        for ((order, _), _) in &orders {
            order.becomes(next, job, Duration::ZERO);
        }
    }
    for ((order, _), result) in &orders {
        decided(order, result);
    }
    for ((order, inquiry), result) in &orders {
        let told = eventually("the platform hears of it", || {
            Some(heard(&order.number)).filter(|heard| !heard.is_empty())
        });
        assert_eq!((told.len(), &told[0]["verified"]), (1, &json!(true)), "{result}");
        let answer = json!({"status": 6004, "remark": "资质不符"});
        let mut callback = answer.clone();
        callback["orderId"] = json!(order.number);
        assert_eq!((&told[0]["decrypted"], order.asked("queryAuditResult").response()), (&callback, answer));
        assert_eq!(order.status().as_deref(), Some("4"), "{result}");
        let seen = order.call("userCheck", inquiry).response();
        assert_eq!(seen["isCanLoan"], 0, "{result}: who was refused is, for a while");
    }
}

#[test]
fn a_decision_about_an_order_that_never_came_is_set_aside() {
    let number = format!("O-never-{}", process::id());
    let message = json!({
        "event_id": number, "channel_id": "840", "order_id": number, "result": "refused",
        "occurred_at": "2026-01-02T03:04:05Z",
    });
    // It was sent long ago: it waits no longer.
    let record = json!({
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d", "receiptHandle": "none", "body": message.to_string(),
        "attributes": {"ApproximateReceiveCount": "6", "SentTimestamp": "1767323045000"},
        "messageAttributes": {}, "eventSource": "aws:sqs", "awsRegion": "us-east-1",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:credit-result",
    });
    let function = platform().outputs.function(CREDIT_RESULT).unwrap();
    let answer = platform().engine.invoke(function, &json!({"Records": [record]})).unwrap();
    assert_eq!(answer.json().unwrap(), json!({"batchItemFailures": []}));
    let letter = dead_letter(CREDIT_RESULT, &number);
    assert_eq!(letter.attribute("dead_letter_reason"), "unknown_order");
}

/// Two callbacks of an order as a change each causes them, `audit` and `loan`; the first has waited for so long already.
fn caused(number: &str, waited_ms: u64) -> Vec<Value> {
    let order = format!("840#{number}");
    let now = format!("{:.9}", Clock::system().now());
    let callback = |version: u64, (kind, status): (&str, u16), waited_ms: u64| {
        json!({
            "order": {"S": order}, "seq": {"S": seq(version)}, "kind": {"S": kind},
            "body": {"S": json!({"orderId": number, "status": status}).to_string()},
            "state": {"S": "pending"}, "attempts": {"L": []}, "created_at": {"S": now},
            "waited_ms": {"N": waited_ms.to_string()}, "correlation_id": {"S": number},
            "schema_version": {"N": "1"}, "request_stamp": {"S": "test"},
        })
    };
    let head = json!({
        "order": {"S": order}, "seq": {"S": "head"}, "last_seq": {"S": seq(2)}, "due_at": {"S": now},
        "due_shard": {"N": "0"}, "waits_since": {"S": now},
        "schema_version": {"N": "1"}, "request_stamp": {"S": "test"},
    });
    vec![callback(1, ("audit", 6004), waited_ms), callback(2, ("loan", 7003), 0), head]
}

fn seq(version: u64) -> String {
    format!("{version:020}-000")
}

/// What operators are shown of an order: the kind, the state and what came of each try.
fn listed(number: &str) -> Vec<(String, String, usize)> {
    let answer = platform().call_signed("GET", &format!("/ops/callbacks?order=840%23{number}"), &[], b"");
    let list = answer.unwrap().json().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let shown = |item: &Value| {
        (text(&item["kind"]), text(&item["state"]), item["attempts"].as_array().map_or(0, Vec::len))
    };
    list["items"].as_array().unwrap().iter().map(shown).collect()
}

fn resend(callback_id: &str) -> (u16, Value) {
    let body = json!({"callback_id": callback_id}).to_string();
    let answer = platform().post_signed("/ops/callbacks/resend", body.as_bytes()).unwrap();
    (answer.status, answer.json().unwrap())
}

#[test]
fn callbacks_keep_their_order_and_one_that_was_given_up_is_resent_and_arrives() {
    // The platform is started with a second between tries, and half a minute in all.
    assert_eq!(platform().outputs.callbacks.give_up, "30s");
    let [slow, dead] = ["slow", "dead"].map(|test| format!("O-callbacks-{test}-{}", process::id()));
    let rows = [caused(&slow, 0), caused(&dead, 28_000)].concat();
    let puts: Vec<_> = rows.iter().map(|row| json!({"PutRequest": {"Item": row}})).collect();
    let table = platform().outputs.table("callbacks").unwrap();
    let faults = json!([
        {"kind": "audit", "order": slow, "fault": "http_500", "times": 2},
        {"kind": "audit", "order": dead, "fault": "code:10001", "times": 100},
    ]);
    platform().control("PUT", "/rongshu/faults", faults.to_string().as_bytes()).unwrap();
    let batch = json!({"RequestItems": {table: puts}});
    platform().engine.json(local::JsonService::DynamoDb, "BatchWriteItem", &batch).unwrap();
    for number in [&slow, &dead] {
        put_in_queue("partner-callback", &json!({"order": format!("840#{number}")}).to_string());
    }
    for number in [&slow, &dead] {
        eventually("the second callback arrives", || kinds(&heard(number)).contains(&"loan").then_some(()));
    }
    assert_eq!(kinds(&heard(&slow)), ["audit", "audit", "audit", "loan"], "the second waits for the first");
    it_is_resent(&dead);
}

fn it_is_resent(number: &str) {
    let is_done = || Some(listed(number)).filter(|shown| shown[1].1 == "delivered");
    let shown = eventually("the second is delivered", is_done);
    assert_eq!([0, 1].map(|place| shown[place].0.as_str()), ["audit", "loan"]);
    assert_eq!(shown[0].1, "dead");
    let tries = shown[0].2;
    assert!((2..=4).contains(&tries), "{shown:?}");
    platform().control("PUT", "/rongshu/faults", b"[]").unwrap();
    let id = format!("840#{number}#{}", seq(1));
    assert_eq!(resend(&id), (200, json!({"resent": 1})));
    let arrived = eventually("it arrives", || {
        let heard = heard(number);
        (heard.len() == tries + 2).then_some(heard)
    });
    assert_eq!(kinds(&arrived)[tries..], ["loan", "audit"]);
    assert!(arrived.iter().all(|one| one["verified"] == true));
    let is_delivered = || Some(listed(number)).filter(|shown| shown[0].1 == "delivered");
    assert_eq!(eventually("it is delivered", is_delivered)[0].2, tries + 1);
    assert_eq!(resend(&id).0, 409, "it is not dead any more");
    assert_eq!(resend(&id.replace("840#", "840#not-")).0, 404);
    let unsigned = platform().get(&format!("/ops/callbacks?order=840%23{number}")).unwrap();
    assert_eq!(unsigned.status, 403);
}
