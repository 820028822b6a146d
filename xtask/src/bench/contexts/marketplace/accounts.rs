//! What a user has beside orders and loans: a card, which is both defaults, and a confirmation that waits for an account.

use serde_json::{Value, json};

use super::{STAMP, THEN};

pub(super) const LOGS_TABLE: &str = "tenor-cl-borrow-confirm-log";
pub(super) const REGISTERS_TABLE: &str = "tenor-cl-depository-register-apply";
pub(super) const CARDS_TABLE: &str = "tenor-rongshu-cards";
/// Whose they are.
const USER: &str = "840#12394129";
/// The order whose confirmation waits.
const WAITING: &str = "840#120529";
/// What the card's number is known by. It is another than the one that the sample event binds.
const DIGEST: &str = "3333333333333333333333333333333333333333333333333333333333333333";

/// The confirmation of an order. Of accounts and cards by their keys there are none.
pub(super) fn item(table: &str, key: &Value) -> Option<Value> {
    let is_asked = table == LOGS_TABLE && key["order"]["S"] == WAITING;
    is_asked.then(|| {
        written(json!({
            "order": {"S": WAITING},
            "uid": {"S": "12394129"},
            "loan_amount": {"S": "15000.00"},
            "period": {"N": "12"},
            "period_unit": {"N": "2"},
            "at": {"S": THEN},
        }))
    })
}

/// All that the user has in a table.
pub(super) fn rows(table: &str, values: &Value) -> Vec<Value> {
    match table {
        REGISTERS_TABLE if values[":uid"]["S"] == USER => vec![register()],
        CARDS_TABLE if values[":user"]["S"] == USER => cards().into(),
        _ => Vec::new(),
    }
}

fn register() -> Value {
    written(json!({
        "uid": {"S": USER},
        "order": {"S": WAITING},
        "state": {"S": "waiting"},
        "started_at": {"S": THEN},
        "updated_at": {"S": THEN},
        "due_shard": {"N": "1"},
        "due_at": {"S": "2026-01-02T04:00:00.000000000Z"},
    }))
}

fn cards() -> [Value; 2] {
    let card = json!({
        "user": {"S": USER},
        "card": {"S": format!("card#{DIGEST}")},
        "bank_code": {"S": "GDB"},
        "card_last4": {"S": "4321"},
        "card_ref": {"S": "ref-1"},
        "card_type": {"N": "0"},
        "bound_at": {"S": THEN},
    });
    let defaults = json!({
        "user": {"S": USER},
        "card": {"S": "default"},
        "payout": {"S": DIGEST},
        "repayment": {"S": DIGEST},
        "at": {"S": THEN},
    });
    [card, defaults].map(written)
}

fn written(mut row: Value) -> Value {
    row["schema_version"] = json!({"N": "1"});
    row["request_stamp"] = json!({"S": STAMP});
    row
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CARDS_TABLE, LOGS_TABLE, REGISTERS_TABLE, item, rows};

    #[test]
    fn a_confirmation_waits_for_the_account_of_a_user_with_a_card() {
        let log = |order: &str| item(LOGS_TABLE, &json!({"order": {"S": order}}));
        assert_eq!(log("840#120529").unwrap()["period"]["N"], "12");
        assert_eq!(log("840#120522"), None);
        let waiting = rows(REGISTERS_TABLE, &json!({":uid": {"S": "840#12394129"}}));
        assert_eq!(waiting[0]["order"]["S"], "840#120529");
        let cards = rows(CARDS_TABLE, &json!({":user": {"S": "840#12394129"}}));
        assert_eq!(cards[0]["card"]["S"], format!("card#{}", cards[1]["payout"]["S"].as_str().unwrap()));
        assert!(rows(REGISTERS_TABLE, &json!({":shard": {"N": "1"}})).is_empty());
        assert!(rows(CARDS_TABLE, &json!({":user": {"S": "840#1"}})).is_empty());
    }
}
