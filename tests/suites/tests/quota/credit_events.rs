//! The queue `credit-events` (§10, §11): accounts that change, and grants.

mod accounts;
mod batches;
mod drain;
mod end_of_time;
mod grants;
mod refusals;
mod totals;

use serde_json::{Value, json};
use suites::quota::Quota;

/// What the account service says of `p-1`: open, a person's, at this instant.
fn changed(event_id: &str, occurred_at: &str) -> Value {
    json!({
        "event_id": event_id, "type": "account_changed", "pin": "p-1", "state": "open",
        "account_type": "NORMAL", "occurred_at": occurred_at,
    })
}

/// The account's state, type and total.
fn account(app: &Quota, pin: &str) -> [String; 3] {
    let row = app.account(pin).expect("an account");
    [&row["state"]["S"], &row["account_type"]["S"], &row["temp_total"]["N"]]
        .map(|value| value.as_str().unwrap_or_default().to_owned())
}
