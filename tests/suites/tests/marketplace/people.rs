//! The people of these tests, and what our house tells of them.

use serde_json::{Value, json};

/// A name.
pub(crate) const NAME: &str = "张三";
/// An id number that ends in X: the specification's example.
pub(crate) const CID: &str = "11010119900307123X";
/// The MD5 of [`CID`], and of the same with a small x.
pub(crate) const MD5_UPPER: &str = "58c3acc5e0245fed9e47a7fdc225cd42";
pub(crate) const MD5_LOWER: &str = "80cca72784b61ab777d20b095e717aaf";
/// A phone.
pub(crate) const PHONE: &str = "13800138016";
/// The MD5 of [`PHONE`]; it begins with a zero.
pub(crate) const PHONE_MD5: &str = "0f6e2c46a478c0fceacfd6461a9584ce";

/// An event about a new user against whom nothing speaks, with these members besides or instead.
pub(crate) fn customer(members: &Value) -> Value {
    let mut event = json!({
        "event_id": "e-1", "type": "customer_changed", "name": NAME, "cid": CID, "phone": PHONE,
        "birthday": "1990-03-07", "region": "北京", "is_customer": false, "blacklisted": false,
        "loan_in_progress": false, "refused_at": null, "occurred_at": "2018-08-01T00:00:00Z",
    });
    for (name, value) in members.as_object().expect("an object") {
        event[name] = value.clone();
    }
    event
}

/// The MD5 of a text, in hex.
pub(crate) fn md5(text: &str) -> String {
    format!("{:x}", md5::compute(text))
}
