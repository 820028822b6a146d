//! What the loan core tells: the control's body, with what every message has filled in where it is absent.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::control::{Refused, read};

/// The members of a message, in their own characters.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Told(BTreeMap<String, Box<RawValue>>);

impl Told {
    /// An empty body is an object without members; a member that is null goes out as null.
    pub(super) fn read(body: &[u8], order_id: &str, number: u64, at: Timestamp) -> Result<Self, Refused> {
        let mut members: BTreeMap<String, Box<RawValue>> =
            if body.is_empty() { BTreeMap::new() } else { read(body)? };
        let usual = [
            ("event_id", Value::from(format!("core-{number}"))),
            ("order_id", Value::from(order_id)),
            ("occurred_at", Value::from(at.to_string())),
        ];
        for (name, value) in usual {
            let value = to_raw_value(&value).map_err(|error| Refused::Impossible(error.to_string()))?;
            members.entry(name.to_owned()).or_insert(value);
        }
        Ok(Self(members))
    }

    /// Compact, as it goes out.
    pub(super) fn text(&self) -> String {
        // Texts and what was read as JSON always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}
