//! The population: three pins with a few grants each, and what is told of them.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Value, json};

use super::amount::{self, Amount};

/// The pins.
pub(super) const PINS: [&str; 3] = ["p-1", "p-2", "p-3"];
/// The pin whose total the account service corrects.
pub(super) const CORRECTED: &str = "p-2";
/// The business types of a pin's grants; the ids are the same for all pins.
pub(super) const SLOTS: [&str; 9] = ["2101", "2104", "2201", "2103", "2004", "2101", "2104", "2202", "9999"];

/// A grant as the raising systems tell it. Repeats are told under other event ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) apply_no: String,
    pub(super) pin: &'static str,
    pub(super) business_type: &'static str,
    pub(super) business_id: String,
    pub(super) amount: Amount,
    pub(super) effective: Timestamp,
    pub(super) invalid: Option<Timestamp>,
    pub(super) source: &'static str,
}

/// What the account service tells of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) event_id: String,
    pub(super) pin: &'static str,
    pub(super) state: &'static str,
    pub(super) kind: &'static str,
    pub(super) total: Option<Amount>,
    pub(super) occurred_at: Timestamp,
}

/// The business id of a slot: 24 digits, which a number would lose.
#[must_use]
pub(super) fn business_id(slot: usize) -> String {
    format!("2019082810395318341000{slot:02}")
}

/// An instant as messages write it, in the offset of whoever writes.
#[must_use]
pub(super) fn instant(at: Timestamp, is_in_shanghai: bool) -> String {
    if is_in_shanghai { at.display_with_offset(Offset::constant(8)).to_string() } else { at.to_string() }
}

impl Grant {
    /// The key of its row, beside the pin.
    #[must_use]
    pub(super) fn key(&self) -> String {
        format!("{}#{}", self.business_type, self.business_id)
    }

    /// The message that tells it.
    #[must_use]
    pub(super) fn message(&self, event: u64, occurred_at: Timestamp) -> Value {
        let is_in_shanghai = event.is_multiple_of(2);
        let exact = amount::written(self.amount);
        let short = exact.trim_end_matches('0').trim_end_matches('.');
        json!({
            "event_id": format!("e-{event}"), "type": "temp_credit_granted", "apply_no": self.apply_no,
            "pin": self.pin, "business_type": self.business_type, "business_id": self.business_id,
            "business_name": "临时提额", "change_limit": if is_in_shanghai { short } else { exact.as_str() },
            "effective_time": instant(self.effective, is_in_shanghai),
            "invalid_time": self.invalid.map(|at| instant(at, is_in_shanghai)), "source_type": self.source,
            "occurred_at": instant(occurred_at, is_in_shanghai),
        })
    }
}

impl Change {
    /// The message that tells it.
    #[must_use]
    pub(super) fn message(&self) -> Value {
        json!({
            "event_id": self.event_id, "type": "account_changed", "pin": self.pin, "state": self.state,
            "account_type": self.kind, "temp_total": self.total.map(amount::written),
            "occurred_at": instant(self.occurred_at, true),
        })
    }

    /// What the account's row keeps of the message's id.
    #[must_use]
    pub(super) fn mark(&self) -> String {
        let mut digits = platform::fingerprint(&[&self.event_id]);
        digits.truncate(32);
        digits
    }
}
