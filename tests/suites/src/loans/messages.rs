//! What the core tells of a loan, and a loan's row as a confirmation leaves it.

use serde_json::{Value, json};

use crate::orders::ORDER;

/// The number of the loan of most tests.
pub const BORROW_NO: &str = "B0370ec440fbd0b956127";

/// A message of this event that happened so many seconds after the confirmation.
///
/// # Panics
/// Never: the instant is one.
#[must_use]
pub fn of(event_id: &str, seconds: i64, members: &Value) -> Value {
    let confirmed: jiff::Timestamp = "2018-08-08T07:00:00Z".parse().expect("an instant");
    let at = (confirmed + jiff::SignedDuration::from_secs(seconds)).to_string();
    let mut message = json!({"event_id": event_id, "order_id": ORDER, "occurred_at": at});
    for (name, value) in members.as_object().into_iter().flatten() {
        message[name] = value.clone();
    }
    message
}

/// `audit-result`, with a code or without.
#[must_use]
pub fn audit(result: &str, borrow_status: Option<u16>) -> Value {
    of("e-1", 0, &json!({"result": result, "borrow_status": borrow_status}))
}

/// `loan-result`
#[must_use]
pub fn loan_result(borrow_status: u16) -> Value {
    of("e-1", 0, &json!({"borrow_status": borrow_status}))
}

/// `repay-plan` of a loan with nothing repaid.
#[must_use]
pub fn repay_plan() -> Value {
    let members = json!({
        "contract_id": "C-2018-1", "loan_amount": "12000.00", "receive_amount": "11800.00",
        "repay_amount": "12600.00", "plan": plan([("not_due", "0.00"); 3]),
    });
    of("e-1", 0, &members)
}

/// `overdue` of a plan.
#[must_use]
pub fn overdue(plan: &Value) -> Value {
    of("e-2", 60, &json!({"plan": plan}))
}

/// `repay-result` of an attempt.
#[must_use]
pub fn repay_result(period: i64, attempt_no: u32, status: &str, plan: &Value) -> Value {
    let (already, will) = match status {
        "paid" => ("4200.00", "0.00"),
        "partly_paid" => ("1000.00", "3200.00"),
        _ => ("0.00", "4200.00"),
    };
    let members = json!({
        "period": period, "attempt_no": attempt_no, "status": status, "already_repay_amount": already,
        "will_repay_amount": will, "repay_time": "2018-09-08T02:00:00Z", "plan": plan,
    });
    of("e-3", 120, &members)
}

/// A plan of three periods, each with its status and its fee.
#[must_use]
pub fn plan(periods: [(&str, &str); 3]) -> Value {
    let period = |(at, (status, fee)): (usize, (&str, &str))| {
        let (no, month) = (at + 1, at + 9);
        let is_paid = status == "paid";
        json!({
            "period_no": no, "due_time": format!("2018-{month:02}-08T00:00:00Z"),
            "can_repay_time": format!("2018-{month:02}-01T00:00:00Z"), "principal": "4000.00",
            "repay_amount": "4200.00", "already_repay_amount": if is_paid { "4200.00" } else { "0.00" },
            "overdue_fee": fee, "status": status,
            "success_time": is_paid.then(|| format!("2018-{month:02}-08T02:00:00Z")),
        })
    };
    Value::Array(periods.into_iter().enumerate().map(period).collect())
}

/// The plan of which everything is paid.
#[must_use]
pub fn paid_off() -> Value {
    plan([("paid", "0.00"); 3])
}

/// The row of a loan that was confirmed with the order's eighth write.
#[must_use]
pub fn stored() -> Value {
    json!({
        "order": {"S": format!("840#{ORDER}")}, "borrow_no": {"S": BORROW_NO}, "uid": {"S": crate::orders::UID},
        "version": {"N": "8"}, "status": {"N": "0"}, "loan_amount": {"S": "12000.00"}, "period": {"N": "3"},
        "period_unit": {"N": "2"}, "created_at": {"S": "2018-08-08T07:00:00.000000000Z"},
        "card": {"M": {
            "bank_code": {"S": "GDB"}, "card_last4": {"S": "5678"}, "card_ref": {"S": "ref-1"},
        }},
        "updated_at": {"S": "2018-08-08T07:00:00.000000000Z"}, "schema_version": {"N": "1"},
        "request_stamp": {"S": "confirmed"},
    })
}
