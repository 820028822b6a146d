//! The message on the wire (§10, Depository): one JSON object. A text that is null, empty or blank is absent.

use domain::marketplace::Uid;
use jiff::Timestamp;
use platform::{json, rfc3339};
use serde_json::{Map, Value};

use super::Reason;

/// The longest id of an event, in characters.
const LONGEST: usize = 200;

/// What the depository tells of a user's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositoryEvent {
    /// `event_id`
    pub event_id: String,
    /// `uid`; the depository knows of no channel.
    pub uid: Uid,
    /// `state`
    pub told: Told,
    /// `occurred_at`
    pub occurred_at: Timestamp,
}

/// `state`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// There is an account.
    Open,
    /// None was opened.
    Failed,
}

/// Reads a message's body.
///
/// # Errors
/// It can never succeed.
pub fn read(body: &str) -> Result<DepositoryEvent, Reason> {
    let members: Map<String, Value> = json::object(body.as_bytes()).map_err(|_| Reason::Unreadable)?;
    let event_id = required(&members, "event_id")?;
    if event_id.chars().count() > LONGEST {
        return Err(Reason::TooLong);
    }
    let told = match required(&members, "state")? {
        "open" => Told::Open,
        "failed" => Told::Failed,
        _ => return Err(Reason::UnknownState),
    };
    let occurred_at = required(&members, "occurred_at")?;
    Ok(DepositoryEvent {
        event_id: event_id.to_owned(),
        uid: uid(&members)?,
        told,
        occurred_at: rfc3339::parse(occurred_at).ok_or(Reason::BadTime)?,
    })
}

/// As text or as an integer (§11, Channels).
fn uid(members: &Map<String, Value>) -> Result<Uid, Reason> {
    match members.get("uid") {
        Some(Value::Number(number)) => number.as_u64().map(Uid::of_integer).ok_or(Reason::BadUid),
        Some(_) | None => Uid::of_text(required(members, "uid")?).map_err(|_| Reason::BadUid),
    }
}

fn required<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, Reason> {
    let text = match members.get(name) {
        None | Some(Value::Null) => None,
        Some(value) => Some(value.as_str().ok_or(Reason::Unreadable)?),
    };
    text.map(str::trim).filter(|text| !text.is_empty()).ok_or(Reason::Incomplete)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use serde_json::{Value, json};

    use super::{Told, read};
    use crate::depository_events::Reason;

    fn event(other: &Value) -> String {
        let mut event = json!({"event_id": "xw-1", "uid": "12394129", "state": "open",
            "occurred_at": "2018-08-08T06:40:00Z"});
        for (name, value) in other.as_object().unwrap() {
            event[name] = value.clone();
        }
        event.to_string()
    }

    #[test]
    fn an_event_is_read_and_its_user_does_not_print() {
        for uid in [json!("12394129"), json!(12_394_129)] {
            let event = read(&event(&json!({"uid": uid, "state": "failed", "other": 1}))).unwrap();
            assert_eq!((event.uid.as_str(), event.told), ("12394129", Told::Failed));
            assert!(!format!("{event:?}").contains("12394129"));
        }
    }

    #[test]
    fn what_can_never_succeed_is_told_apart() {
        for (other, reason) in [
            (json!({"event_id": " "}), Reason::Incomplete),
            (json!({"event_id": "x".repeat(201)}), Reason::TooLong),
            (json!({"event_id": 1}), Reason::Unreadable),
            (json!({"uid": null}), Reason::Incomplete),
            (json!({"uid": "a#b"}), Reason::BadUid),
            (json!({"uid": -1}), Reason::BadUid),
            (json!({"state": "none"}), Reason::UnknownState),
            (json!({"occurred_at": "2018-08-08"}), Reason::BadTime),
        ] {
            assert_eq!(read(&event(&other)), Err(reason), "{other}");
        }
        for body in ["", "[]", "null", "{"] {
            assert_eq!(read(body), Err(Reason::Unreadable));
        }
    }
}
