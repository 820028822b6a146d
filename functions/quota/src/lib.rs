//! The quota context: the temporary quota of Baitiao (spec: quota; docs/contexts/quota.md). One file is one
//! operation: `query` and `cancel` are the use cases, `gateway` and `credit_man` the two wires that lead to them;
//! `store` is the DynamoDB access.

pub mod cancel;
pub mod cancel_temp_credit;
pub mod cancel_temp_quota;
pub mod credit_events;
pub mod credit_man;
pub mod deps;
pub mod ending;
pub mod gateway;
pub mod get_temp_quota;
pub mod online_texts;
pub mod paging;
pub mod query;
pub mod query_temp_credit;
pub mod store;
pub mod temp_credit_expiry;

/// The context's name in logs and metrics.
pub const CONTEXT: &str = "quota";

/// What stands for a pin in a log: the first twelve digits of its fingerprint.
fn pin_fingerprint(pin: &str) -> String {
    let mut digits = platform::fingerprint(&[pin]);
    digits.truncate(12);
    digits
}
