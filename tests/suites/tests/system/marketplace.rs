//! The marketplace (marketplace §1, §3, §4, §5): the platform's signed calls, made by the sandbox, the pulls, the jobs.

use std::{process, time::Duration};

use platform::Clock;
use serde_json::{Value, json};

use crate::world::{dead_letter, eventually, platform, put_in_queue};

const QUEUE: &str = "customer-events";
/// What identifies the user of every order here.
pub(crate) const IDENTITIES: [&str; 3] = ["欧阳小明", "110101199003070011", "13812345678"];

/// An order, of which no other test knows, of a user of its own.
pub(crate) struct Order {
    pub(crate) channel: &'static str,
    pub(crate) number: String,
    pub(crate) uid: String,
}

impl Order {
    pub(crate) fn new(channel: &'static str, test: &str) -> Self {
        let test = format!("{test}-{}", process::id());
        Self { channel, number: format!("O-{test}"), uid: format!("U-{test}") }
    }

    /// What the platform pushes.
    pub(crate) fn push(&self, amount: u32) -> Value {
        let [name, cid, phone] = IDENTITIES;
        json!({
            "orderId": self.number, "uid": self.uid, "registerPhone": phone, "loanAmount": amount, "period": 12,
            "basicInfo": {"marriage": 50001}, "contact": {"firstName": "某某"}, "operator": {"phone": phone},
            "idInfo": {"name": name, "cid": cid, "frontFile": "QUJD", "backFile": "QUJD", "natureFile": "QUJD"},
        })
    }

    pub(crate) fn call(&self, operation: &str, business: &Value) -> Answer {
        call(operation, &format!("channel={}", self.channel), business)
    }

    pub(crate) fn asked(&self, operation: &str) -> Answer {
        self.call(operation, &json!({"orderId": self.number}))
    }

    /// The platform has everything of the order's user.
    pub(crate) fn has_data(&self) {
        let data = json!({"operator": {"a": 1}, "creditCard": {"b": 2}, "device": "c"});
        let path = format!("/rongshu/data/{}", self.uid);
        platform().control("PUT", &path, data.to_string().as_bytes()).unwrap();
    }

    pub(crate) fn rows(&self, table: &str, key: &str) -> Vec<Value> {
        let table = platform().outputs.table(table).unwrap();
        platform().engine.items(table, key, &format!("{}#{}", self.channel, self.number)).unwrap()
    }

    pub(crate) fn status(&self) -> Option<String> {
        Some(self.rows("third_orders", "order").first()?["status"]["N"].as_str()?.to_owned())
    }

    /// Runs a job, as if it were later by `ahead`, until the order stands there: a run of another test may have the order.
    pub(crate) fn becomes(&self, statuses: &[&str], job: &str, ahead: Duration) {
        eventually(&format!("{} becomes {}", self.number, statuses[0]), || {
            run(job, ahead);
            self.status().filter(|now| statuses.contains(&now.as_str()))
        });
    }

    /// What the platform was asked of the order's user.
    fn pulls(&self) -> Vec<Value> {
        let path = format!("/requests?partner=rongshu&order={}", self.uid);
        platform().control("GET", &path, b"").unwrap().json().unwrap().as_array().unwrap().clone()
    }
}

/// What we answered the platform.
pub(crate) struct Answer(Value);

impl Answer {
    fn code(&self) -> u64 {
        self.0["code"].as_u64().unwrap_or(u64::MAX)
    }

    /// The business JSON of a success.
    #[track_caller]
    pub(crate) fn response(&self) -> Value {
        assert_eq!((&self.0["http_status"], &self.0["code"]), (&json!(200), &json!(0)), "{}", self.0);
        serde_json::from_str(self.0["response"].as_str().unwrap()).unwrap()
    }

    #[track_caller]
    pub(crate) fn status(&self) -> Value {
        self.response()["status"].clone()
    }
}

/// Has the platform call us.
fn call(operation: &str, query: &str, business: &Value) -> Answer {
    let path = format!("/rongshu/call/{operation}?{query}");
    Answer(platform().control("POST", &path, business.to_string().as_bytes()).unwrap().json().unwrap())
}

/// Runs a job as if it were later by `ahead`. An hour would be too much: what other tests wait for would be given up.
pub(crate) fn run(job: &str, ahead: Duration) {
    let function = platform().outputs.function(job).unwrap();
    let time = (Clock::system().now() + ahead).to_string();
    let answer = platform().engine.invoke(function, &json!({"time": time, "id": "test"})).unwrap();
    assert_eq!((answer.header("x-amz-function-error"), answer.text().as_str()), ("", "null"), "{job}");
}

#[test]
fn an_order_goes_from_its_push_to_the_credit_application() {
    let order = Order::new("840", "life");
    let again = [(); 2].map(|()| order.call("pushOrder", &order.push(15000)).status());
    assert_eq!(again, [2001, 2001]);
    assert_eq!(order.asked("queryAuditResult").status(), 6003);
    assert_eq!(order.asked("getContracts").response().as_array().map(Vec::len), Some(2));
    run("operator-pull", Duration::ZERO);
    assert_eq!(order.status().as_deref(), Some("0"), "nothing is ready");
    assert_eq!(order.call("pushOrder", &order.push(10000)).status(), 2001, "overwritten while it waits");
    order.has_data();
    order.becomes(&["2", "3", "10"], "operator-pull", Duration::from_mins(2));
    assert_eq!(order.call("pushOrder", &order.push(15000)).status(), 2002, "too late");
    order.becomes(&["10"], "push-order-parse", Duration::ZERO);
    let steps = order.rows("third_order_history", "order");
    let to: Vec<_> = steps.iter().map(|step| step["to"]["N"].as_str().unwrap()).collect();
    assert_eq!(to, ["0", "0", "2", "3", "10"]);
    every_pull_was_signed(&order);
    nothing_of_its_user_is_seen(&order);
}

fn every_pull_was_signed(order: &Order) {
    let pulls = order.pulls();
    assert!(pulls.len() >= 6, "{}", pulls.len());
    for pull in &pulls {
        assert_eq!(pull["verified"], true, "{pull}");
    }
}

/// Who the user is stands in the bucket, and nowhere in clear beside it.
fn nothing_of_its_user_is_seen(order: &Order) {
    let stored = [("third_orders", "order"), ("third_order_history", "order"), ("third_order_data", "order")];
    let stored = stored.map(|(table, key)| order.rows(table, key)).concat();
    let logs =
        platform().engine.log_lines(&platform().outputs.log_groups["marketplace"], &order.number).unwrap();
    assert!(stored.len() > 8 && !logs.is_empty());
    let seen = json!([stored, logs]).to_string();
    for identity in IDENTITIES {
        assert!(!seen.contains(identity), "{identity} is seen");
    }
}

#[test]
fn who_is_blacklisted_may_not_borrow_and_the_platform_is_to_hear_of_it() {
    let order = Order::new("rongshu", "refused");
    let cid = format!("11010119800101{:04}", process::id() % 10_000);
    let mut push = order.push(15000);
    push["idInfo"]["cid"] = json!(cid);
    let changed = json!({
        "event_id": order.number, "type": "customer_changed", "name": "欧阳小明", "cid": cid,
        "phone": "13912345678", "birthday": "1980-01-01", "region": "330000", "is_customer": false,
        "blacklisted": true, "loan_in_progress": false, "refused_at": null,
        "occurred_at": "2026-01-02T03:04:05Z",
    });
    put_in_queue(QUEUE, &changed.to_string());
    let inquiry = json!({"name": "欧阳小明", "phone": "1391234", "cid": &cid[..13]});
    let seen = eventually("the customer is known", || {
        let response = call("userCheck", "channel=rongshu", &inquiry).response();
        (response["isBlackList"] == 1).then_some(response)
    });
    assert_eq!((&seen["isCanLoan"], &seen["rejectReason"]), (&json!(0), &json!(1)));
    order.has_data();
    assert_eq!(order.call("pushOrder", &push).status(), 2001);
    eventually("the order is refused", || {
        run("operator-pull", Duration::ZERO);
        run("push-order-parse", Duration::ZERO);
        order.status().filter(|now| now == "4")
    });
    let refused = order.asked("queryAuditResult").response();
    assert_eq!(refused, json!({"status": 6004, "remark": "资质不符"}));
    let callbacks = eventually("the platform hears of it", || {
        let rows = order.rows("callbacks", "order");
        (rows.first()?["state"]["S"] == "delivered").then_some(rows)
    });
    assert_eq!(callbacks.len(), 2, "a callback and its head");
    assert_eq!(callbacks[0]["kind"]["S"], json!("audit"));
    assert_eq!(callbacks[1]["last_seq"], callbacks[0]["seq"]);
}

#[test]
fn only_what_the_platform_signed_just_now_is_believed() {
    let order = Order::new("840", "forged");
    for query in ["tamper=sign", "tamper=timestamp", "tamper=request", "age_s=601", "age_s=-601"] {
        for channel in ["840", "rongshu"] {
            let answer = call("pushOrder", &format!("channel={channel}&{query}"), &order.push(15000));
            assert_eq!(answer.code(), 10003, "{query} {channel}: {}", answer.0);
        }
    }
    assert_eq!(order.status(), None);
    assert_eq!(order.asked("queryAuditResult").code(), 10002);
    let unknown = call("noSuchThing", "channel=840", &json!({}));
    assert_eq!(unknown.0["http_status"], 404);
}

#[test]
fn a_loan_costs_what_the_specification_says_and_banks_have_the_platform_s_codes() {
    let loan = json!({"loanAmount": 15000, "loanPeriod": 12, "periodUnit": 2});
    let answer = call("loanCalculation", "channel=rongshu", &loan);
    let text = answer.0["response"].as_str().unwrap().to_owned();
    assert!(text.contains(r#""refundAmount":17547.69"#), "{text}");
    assert!(text.contains(r#""actualAmount":15000.00"#), "{text}");
    let banks = call("getBankList", "channel=840", &json!({})).response();
    let codes: Vec<_> = banks.as_array().unwrap().iter().map(|bank| bank["bankCode"].clone()).collect();
    assert_eq!(
        (codes.len(), codes.contains(&json!("CGB")), codes.contains(&json!("GDB"))),
        (17, true, false)
    );
}

#[test]
fn a_customer_who_is_none_is_set_aside() {
    let body = json!({"event_id": "none", "type": "customer_vanished", "test": process::id()}).to_string();
    put_in_queue(QUEUE, &body);
    let letter = dead_letter(QUEUE, "customer_vanished");
    assert_eq!(
        (letter.attribute("dead_letter_reason"), letter.body.as_str()),
        ("unknown_type", body.as_str())
    );
}
