//! The message on the wire (§11): one JSON object.

use domain::instalment::{ClientId, ContractEvent, ContractNumber, ContractState, EventId};
use platform::{json, rfc3339};
use serde_json::{Map, Value};

use super::Reason;
use crate::store::Identity;

const TYPE: &str = "contract_upserted";

/// A message whose sender and id are readable, with what it says or why that is refused: a repeated id is
/// dropped whatever else the message holds.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whose event it is, and which.
    pub identity: Identity,
    /// What it says.
    pub content: Result<ContractEvent, Reason>,
}

/// Reads a message's body.
///
/// # Errors
/// Without client and id there is nothing that it could be a repeat of.
pub fn read(body: &str) -> Result<Message, Reason> {
    let members: Map<String, Value> = json::object(body.as_bytes()).map_err(|_| Reason::Unreadable)?;
    let identity = Identity {
        client: ClientId::new(text(&members, "client_id")?)?,
        event: EventId::new(text(&members, "event_id")?)?,
    };
    Ok(Message { identity, content: content(&members) })
}

fn content(members: &Map<String, Value>) -> Result<ContractEvent, Reason> {
    if text(members, "type")? != TYPE {
        return Err(Reason::UnknownType);
    }
    let number = match members.get("contract_number") {
        Some(Value::Null) => None,
        Some(_) => Some(ContractNumber::new(text(members, "contract_number")?)?),
        None => return Err(Reason::Incomplete),
    };
    let state = ContractState::parse(text(members, "state")?)?;
    let occurred_at = rfc3339::parse(text(members, "occurred_at")?).ok_or(Reason::BadOccurredAt)?;
    Ok(ContractEvent { number, state, occurred_at })
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<&'a str, Reason> {
    match members.get(name) {
        None | Some(Value::Null) => Err(Reason::Incomplete),
        Some(value) => value.as_str().ok_or(Reason::Unreadable),
    }
}
