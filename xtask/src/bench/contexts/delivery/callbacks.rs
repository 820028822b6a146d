//! The table of callbacks: an order whose one callback is to be sent, and three orders whose callback was given up.

use serde_json::{Value, json};

use super::STAMP;

pub(super) const CALLBACKS_TABLE: &str = "tenor-callbacks";
/// The order that the worker is woken for.
const WAITS: &str = "840#120522";
/// Those of which something was given up.
const DEAD: [&str; 3] = ["840#120523", "840#120524", "840#120525"];
const SEQ: &str = "00000000000000000004-000";
const HEAD: &str = "head";
const THEN: &str = "2026-01-02T03:00:00.000000000Z";

/// The row with a key.
pub(super) fn item(key: &Value) -> Option<Value> {
    let (order, seq) = (key["order"]["S"].as_str()?, key["seq"]["S"].as_str()?);
    match seq {
        HEAD if order == WAITS => Some(head()),
        SEQ if DEAD.contains(&order) => Some(dead(order)),
        _ => None,
    }
}

/// What a query finds: of an order its callbacks, of a state the keys of those in it.
pub(super) fn rows(index: Option<&str>, values: &Value) -> Vec<Value> {
    match index {
        None if values[":order"]["S"] == WAITS => vec![callback(WAITS, "pending", &[])],
        Some("state") if values[":state"]["S"] == "dead" => DEAD.map(listed).to_vec(),
        Some(_) | None => Vec::new(),
    }
}

fn head() -> Value {
    json!({
        "order": {"S": WAITS},
        "seq": {"S": HEAD},
        "last_seq": {"S": SEQ},
        "due_at": {"S": THEN},
        "due_shard": {"N": "3"},
        "waits_since": {"S": THEN},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

fn callback(order: &str, state: &str, attempts: &[Value]) -> Value {
    let number = order.split('#').next_back().unwrap_or_default();
    let body = json!({"orderId": number, "status": 6004, "remark": "资质不符"});
    json!({
        "order": {"S": order},
        "seq": {"S": SEQ},
        "kind": {"S": "audit"},
        "body": {"S": body.to_string()},
        "state": {"S": state},
        "attempts": {"L": attempts},
        "created_at": {"S": THEN},
        "correlation_id": {"S": "0f9c7d2e-credit"},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": STAMP},
    })
}

/// One that failed twice and was given up.
fn dead(order: &str) -> Value {
    let attempt = |minute: u32, outcome: &str, code: &str| {
        json!({"M": {
            "at": {"S": format!("2026-01-02T03:{minute:02}:00.000000000Z")},
            "outcome": {"S": outcome},
            "latency_ms": {"N": "120"},
            "code": {"N": code},
        }})
    };
    let mut row = callback(order, "dead", &[attempt(1, "http_error", "503"), attempt(2, "refused", "10001")]);
    row["failures"] = json!({"N": "2"});
    row["waited_ms"] = json!({"N": "60000"});
    row["dead_at"] = json!({"S": "2026-01-02T03:02:00.000000000Z"});
    row
}

/// What the index has of it: keys alone.
fn listed(order: &str) -> Value {
    json!({
        "order": {"S": order},
        "seq": {"S": SEQ},
        "state": {"S": "dead"},
        "created_at": {"S": THEN},
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{SEQ, WAITS, item, rows};

    #[test]
    fn one_callback_waits_and_what_is_listed_is_there() {
        let waiting = rows(None, &json!({":order": {"S": WAITS}}));
        assert_eq!((waiting.len(), waiting[0]["state"]["S"].as_str()), (1, Some("pending")));
        assert!(rows(Some("state"), &json!({":state": {"S": "pending"}})).is_empty());
        let listed = rows(Some("state"), &json!({":state": {"S": "dead"}}));
        assert_eq!(listed.len(), 3);
        for place in listed {
            assert_eq!(item(&place).unwrap()["state"]["S"], "dead");
        }
        assert_eq!(item(&json!({"order": {"S": "-"}, "seq": {"S": "-"}})), None);
        let head = item(&json!({"order": {"S": WAITS}, "seq": {"S": "head"}})).unwrap();
        assert_eq!(head["last_seq"]["S"], SEQ);
    }
}
