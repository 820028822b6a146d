//! The table of loans: one that is disbursed, one that is being repaid, and one that was confirmed just now.

use serde_json::{Value, json};

use super::{STAMP, THEN};

pub(super) const LOANS_TABLE: &str = "tenor-cl-borrow";
/// The order of the first, which the sample events name.
const DISBURSED: &str = "840#120522";
const BEING_REPAID: &str = "840#120526";
const CONFIRMED: &str = "840#120527";

/// The loan of an order.
pub(super) fn item(key: &Value) -> Option<Value> {
    let order = key["order"]["S"].as_str()?;
    let mut loan = match order {
        CONFIRMED => loan(order, "0"),
        DISBURSED | BEING_REPAID => disbursed(order),
        _ => return None,
    };
    if order == BEING_REPAID {
        loan["attempts"] = json!({"M": {"1": {"M": {"closed": {"L": []}, "is_open": {"BOOL": true}}}}});
    }
    Some(loan)
}

fn loan(order: &str, status: &str) -> Value {
    json!({
        "order": {"S": order},
        "borrow_no": {"S": "B0123456789abcdef0123"},
        "uid": {"S": "12394129"},
        "version": {"N": "6"},
        "status": {"N": status},
        "loan_amount": {"S": "15000.00"},
        "period": {"N": "12"},
        "period_unit": {"N": "2"},
        "card": {"M": {
            "bank_code": {"S": "GDB"},
            "card_last4": {"S": "6789"},
            "card_ref": {"S": "ref-1"},
        }},
        "created_at": {"S": THEN},
        "updated_at": {"S": THEN},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

/// As the sample event of repay-plan leaves it.
fn disbursed(order: &str) -> Value {
    let mut loan = loan(order, "30");
    let periods = [
        period("1", ["2026-02-02T15:59:59Z", "2026-01-26T16:00:00Z"], ["7406.60", "7781.60"]),
        period("2", ["2026-03-02T15:59:59Z", "2026-02-23T16:00:00Z"], ["7593.40", "7783.24"]),
    ];
    for (name, value) in [
        ("contract_id", json!({"S": "HT-120522"})),
        ("receive_amount", json!({"S": "15000.00"})),
        ("repay_amount", json!({"S": "15564.84"})),
        ("plan", json!({"L": periods})),
        ("plan_at", json!({"S": THEN})),
    ] {
        loan[name] = value;
    }
    loan
}

fn period(number: &str, [due, can_repay]: [&str; 2], [principal, repay]: [&str; 2]) -> Value {
    json!({"M": {
        "period_no": {"N": number},
        "due_time": {"S": due},
        "can_repay_time": {"S": can_repay},
        "principal": {"S": principal},
        "repay_amount": {"S": repay},
        "already_repay_amount": {"S": "0.00"},
        "overdue_fee": {"S": "0.00"},
        "status": {"S": "not_due"},
    }})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::item;

    #[test]
    fn three_loans_are_there_at_three_stages() {
        let loan = |number: u32| item(&json!({"order": {"S": format!("840#{number}")}}));
        let [disbursed, repaid, confirmed] = [120_522, 120_526, 120_527].map(|number| loan(number).unwrap());
        assert_eq!((&disbursed["status"]["N"], disbursed.get("attempts")), (&json!("30"), None));
        assert_eq!(repaid["attempts"]["M"]["1"]["M"]["is_open"]["BOOL"], true);
        assert_eq!((&confirmed["status"]["N"], confirmed.get("plan")), (&json!("0"), None));
        assert_eq!(loan(120_523), None);
    }
}
