//! Loans as they are stored.

use serde_json::{Value, json};

use crate::orders::{ORDER, UID};

/// The loan of [`ORDER`] with this code, as the confirmation or a result of the core leaves it: without a plan.
#[must_use]
pub fn loan(status: u16) -> Value {
    json!({
        "order": {"S": format!("840#{ORDER}")}, "borrow_no": {"S": "B0123456789abcdef0123"}, "uid": {"S": UID},
        "version": {"N": "7"}, "status": {"N": status.to_string()}, "loan_amount": {"S": "15000.00"},
        "period": {"N": "3"}, "period_unit": {"N": "2"},
        "card": {"M": {
            "bank_code": {"S": "GDB"}, "card_last4": {"S": "5678"}, "card_ref": {"S": "card-1"},
        }},
        "created_at": {"S": "2018-08-08T06:30:00.000000000Z"},
        "updated_at": {"S": "2018-08-08T06:30:00.000000000Z"},
        "schema_version": {"N": "1"}, "request_stamp": {"S": "seed"},
    })
}

/// The same, disbursed, with a plan of three periods: one is paid, one overdue and repaid in part, one not due.
#[must_use]
pub fn planned() -> Value {
    let mut loan = loan(30);
    loan["contract_id"] = json!({"S": "C-20180808-1"});
    loan["receive_amount"] = json!({"S": "14850.00"});
    loan["repay_amount"] = json!({"S": "15755.13"});
    loan["plan_at"] = json!({"S": "2018-08-08T06:36:00.000000000Z"});
    loan["plan"] = json!({"L": [
        period(1, "4876.71", "5251.71", "5251.71", "0.00", "paid"),
        period(2, "4998.63", "5251.71", "1000.00", "30.50", "overdue"),
        period(3, "5124.66", "5251.71", "0.00", "0.00", "not_due"),
    ]});
    loan
}

/// A period of a plan.
#[must_use]
pub fn period(number: u16, principal: &str, repay: &str, already: &str, fee: &str, status: &str) -> Value {
    let mut members = json!({
        "period_no": {"N": number.to_string()}, "due_time": {"S": day(number, 8)},
        "can_repay_time": {"S": day(number, 1)}, "principal": {"S": principal},
        "repay_amount": {"S": repay}, "already_repay_amount": {"S": already}, "overdue_fee": {"S": fee},
        "status": {"S": status},
    });
    if status == "paid" {
        members["success_time"] = json!({"S": "2018-09-07T08:00:00Z"});
    }
    json!({"M": members})
}

/// What the core tells of a repayment of period 2 of [`planned`]: of an attempt, or of an automatic debit, which has the
/// number 0. Paid, it is paid in full.
#[must_use]
pub fn debited(attempt_no: u32, status: &str) -> Value {
    let (already, will) = match status {
        "paid" => ("5282.21", "0.00"),
        "partly_paid" => ("2000.00", "3282.21"),
        _ => ("1000.00", "4282.21"),
    };
    let told = |number: u16, principal: &str, already: &str, fee: &str, status: &str| {
        let paid_at = (status == "paid").then_some("2018-09-07T08:00:00Z");
        json!({
            "period_no": number, "due_time": day(number, 8),
            "can_repay_time": day(number, 1), "principal": principal,
            "repay_amount": "5251.71", "already_repay_amount": already, "overdue_fee": fee, "status": status,
            "success_time": paid_at,
        })
    };
    json!({
        "event_id": format!("r-{attempt_no}-{status}"), "order_id": ORDER, "occurred_at": "2018-08-08T06:37:00Z",
        "period": 2, "attempt_no": attempt_no, "status": status, "already_repay_amount": already,
        "will_repay_amount": will, "repay_time": "2018-08-08T06:36:30Z",
        "plan": [
            told(1, "4876.71", "5251.71", "0.00", "paid"),
            told(2, "4998.63", already, "30.50", if status == "paid" { "paid" } else { "overdue" }),
            told(3, "5124.66", "0.00", "0.00", "not_due"),
        ],
    })
}

/// A day of the month in which a period is due: the first is due in September 2018.
fn day(number: u16, day: u16) -> String {
    let (year, month) = (2018 + (7 + number) / 12, (7 + number) % 12 + 1);
    format!("{year}-{month:02}-{day:02}T00:00:00Z")
}

/// The attempts to repay one period, or −1: what came of those that are closed, and whether one is open.
#[must_use]
pub fn attempts(period: i32, closed: &[&str], is_open: bool) -> Value {
    let outcomes: Vec<_> = closed.iter().map(|outcome| json!({"S": outcome})).collect();
    let mut of = json!({"closed": {"L": outcomes}, "is_open": {"BOOL": is_open}});
    if let Some(last) = closed.last() {
        of["last"] = json!({"S": last});
    }
    json!({"M": {period.to_string(): {"M": of}}})
}
