//! The loans of approved orders (marketplace §1.4, §1.7, §2.2, §11): bound cards, accounts at the depository, what the core
//! tells, and repayments.

use std::{thread, time::Duration};

use serde_json::{Value, json};

use crate::{
    marketplace::{Order, run},
    world::{eventually, platform},
};

const CARD: &str = "6225682123456789";

impl Order {
    /// An order that the core has approved.
    fn approved(channel: &'static str, test: &str) -> Self {
        let order = Self::new(channel, test);
        assert_eq!(order.call("pushOrder", &order.push(15000)).status(), 2001);
        order.has_data();
        order.becomes(&["2", "3", "10", "11"], "operator-pull", Duration::ZERO);
        order.becomes(&["10", "11"], "push-order-parse", Duration::ZERO);
        order.becomes(&["11"], "credit-application", Duration::ZERO);
        order.core_tells(
            "credit-result",
            &json!({
                "result": "approved",
                "amount_limit": {"max_loan": "15000.00", "min_loan": "5000.00", "max_period": 12, "min_period": 12},
                "amount_option": [{"min": "5000.00", "max": "15000.00", "step": "100.00", "periods": [12]}],
            }),
        );
        order.stands_at("12");
        order
    }

    fn core_tells(&self, queue: &str, message: &Value) {
        let mut message = message.clone();
        message["channel_id"] = json!(self.channel);
        let path = format!("/core/{}/{queue}", self.number);
        platform().control("POST", &path, message.to_string().as_bytes()).unwrap();
    }

    fn stands_at(&self, status: &str) {
        eventually(&format!("{} stands at {status}", self.number), || {
            self.status().filter(|now| now == status).map(|_| ())
        });
    }

    fn binds(&self) -> Value {
        let [name, cid, phone] = crate::marketplace::IDENTITIES;
        let request = json!({
            "orderId": self.number, "uid": self.uid, "name": name, "cid": cid, "phone": phone,
            "registerPhone": phone, "bankCode": "CGB", "bankCardNum": CARD, "cardType": 0,
            "successUrl": "https://m.rongshu.cn/done", "failedUrl": "https://m.rongshu.cn/failed",
        });
        self.call("bindCard", &request).response()
    }

    fn confirms(&self, amount: u32) -> Value {
        let request =
            json!({"orderId": self.number, "loanAmount": amount, "loanPeriod": 12, "periodUnit": 2});
        self.call("confirmLoan", &request).response()
    }

    fn xw(&self, method: &str, rest: &str, body: &Value) {
        let path = format!("/xw/users/{}{rest}", self.uid);
        platform().control(method, &path, body.to_string().as_bytes()).unwrap();
    }

    /// What a partner got about the order, of these kinds.
    fn told(&self, partner: &str, kinds: &[&str]) -> Vec<Value> {
        let path = format!("/requests?partner={partner}&order={}", self.number);
        let all = platform().control("GET", &path, b"").unwrap().json().unwrap();
        let of_kind = |one: &&Value| kinds.iter().any(|kind| one["kind"] == *kind);
        all.as_array().unwrap().iter().filter(of_kind).cloned().collect()
    }

    fn callbacks_become(&self, expected: &Value) {
        let mut seen = Value::Null;
        let wanted = expected.as_array().unwrap().len();
        eventually(&format!("{} has {wanted} callbacks", self.number), || {
            let all = self.told("rongshu", &["audit", "loan", "repay", "plan"]);
            seen = all.iter().map(|one| one["decrypted"]["status"].clone()).collect();
            (all.len() >= wanted).then_some(())
        });
        assert_eq!(seen, *expected);
    }
}

/// One period is left to be repaid, and then none.
fn plan(is_paid: bool) -> Value {
    json!([{
        "period_no": 1, "due_time": "2026-02-02T15:59:59Z", "can_repay_time": "2026-01-26T16:00:00Z",
        "principal": "15000.00", "repay_amount": "15375.00",
        "already_repay_amount": if is_paid { "15375.00" } else { "0.00" }, "overdue_fee": "0.00",
        "status": if is_paid { "paid" } else { "not_due" },
        "success_time": if is_paid { json!("2026-01-30T08:00:00Z") } else { Value::Null },
    }])
}

#[test]
fn an_approved_order_becomes_a_loan_once_and_is_repaid() {
    let order = Order::approved("rongshu", "loan");
    assert_eq!(order.binds()["status"], 3004);
    let waits = order.confirms(15000);
    assert!(waits["url"].as_str().is_some_and(|url| url.contains(&order.uid)), "{waits}");
    assert_eq!((order.confirms(12000), order.status().as_deref()), (waits, Some("12")));
    the_account_opens_and_three_come_to_confirm(&order);
    it_is_paid_out_and_repaid(&order);
    its_card_is_seen_nowhere(&order);
}

fn the_account_opens_and_three_come_to_confirm(order: &Order) {
    order.xw("PUT", "", &json!({"state": "open"}));
    thread::scope(|all| {
        all.spawn(|| order.xw("POST", "/events", &json!({"state": "open"})));
        all.spawn(|| run("depository-check", Duration::from_mins(61)));
        all.spawn(|| {
            let answer = order.confirms(12000);
            assert_eq!((&answer["status"], &answer["url"]), (&json!(4001), &Value::Null));
        });
    });
    order.stands_at("1");
    assert_eq!(order.rows("cl_borrow", "order").len(), 1);
    let applications = eventually("the core has the application", || {
        Some(order.told("core", &["loan_application"])).filter(|told| !told.is_empty())
    });
    let body = &applications[0]["body"];
    assert_eq!((applications.len(), &applications[0]["verified"]), (1, &json!(true)));
    let seen = (&body["loan_amount"], &body["card"]["bank_code"], &body["card"]["card_last4"]);
    assert_eq!(seen, (&json!("15000.00"), &json!("GDB"), &json!("6789")));
}

fn it_is_paid_out_and_repaid(order: &Order) {
    let paid_out = json!({
        "contract_id": "HT-1", "loan_amount": "15000.00", "receive_amount": "15000.00", "repay_amount": "15375.00",
        "plan": plan(false),
    });
    order.core_tells("repay-plan", &paid_out);
    order.callbacks_become(&json!([6001, 7001]));
    let whole = order.asked("queryLoanResult").response();
    assert_eq!((&whole["status"], &whole["contractId"]), (&json!(7001), &json!("HT-1")));
    let repay = json!({"orderId": order.number, "period": 1});
    assert_eq!(order.call("repayTrial", &repay).response()["repayAmount"], json!(15375.0));
    assert_eq!([0, 0].map(|_| order.call("repay", &repay).status()), [5001, 5001]);
    eventually("the core is to debit", || {
        Some(order.told("core", &["repayment"])).filter(|told| told.len() == 1)
    });
    let paid = json!({
        "period": 1, "attempt_no": 1, "status": "paid", "already_repay_amount": "15375.00",
        "will_repay_amount": "0.00", "repay_time": "2026-01-30T08:00:00Z", "plan": plan(true),
    });
    order.core_tells("repay-result", &paid);
    order.callbacks_become(&json!([6001, 7001, 8001, 9001]));
    assert_eq!(order.call("queryRepayResult", &repay).status(), 8001);
    assert_eq!(order.asked("getRepayPlan").response()["bankCard"], "6789");
}

fn its_card_is_seen_nowhere(order: &Order) {
    let user = format!("{}#{}", order.channel, order.uid);
    let cards = platform().outputs.table("rongshu_cards").unwrap();
    let cards = platform().engine.items(cards, "user", &user).unwrap();
    let logs =
        platform().engine.log_lines(&platform().outputs.log_groups["marketplace"], &order.number).unwrap();
    assert_eq!((cards.len(), logs.is_empty()), (2, false));
    let seen = json!([cards, order.rows("cl_borrow", "order"), logs]).to_string();
    assert!(seen.contains("6789") && !seen.contains(CARD));
}
