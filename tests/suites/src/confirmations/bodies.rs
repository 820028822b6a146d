//! What is asked, and what the depository tells.

use serde_json::{Value, json};

use crate::orders::{ORDER, UID};

/// The card of most tests.
pub const CARD_NUMBER: &str = "6222020200011234567";

/// The binding of a card for [`ORDER`], with every field of the specification.
#[must_use]
pub fn bind() -> Value {
    json!({
        "orderId": ORDER, "uid": UID, "name": "张三", "cid": "11010119900307123X", "phone": "13800138016",
        "registerPhone": "13800138016", "bankCode": "CGB", "bankName": "广发银行",
        "bankCardNum": CARD_NUMBER, "cardType": 0, "successUrl": "https://platform.test/bound?order=1",
        "failedUrl": "https://platform.test/failed"
    })
}

/// The confirmation of [`ORDER`].
#[must_use]
pub fn confirm() -> Value {
    json!({
        "orderId": ORDER, "loanAmount": 12000.00, "loanPeriod": 12, "periodUnit": 2,
        "successUrl": "https://platform.test/confirmed", "failedUrl": "https://platform.test/failed",
        "platform": "ios"
    })
}

/// What the depository tells of the user of most tests.
#[must_use]
pub fn event(state: &str) -> Value {
    json!({"event_id": format!("xw-{state}"), "uid": UID, "state": state,
        "occurred_at": "2018-08-08T06:45:00Z"})
}
