//! What onboarding told so far, and what it tells next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::model::Event;
use super::rows::Contract;
use crate::random::Dice;

/// The clients.
pub(super) const CLIENTS: [&str; 3] = ["c-1", "c-2", "c-3"];

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// What was told.
#[derive(Default)]
pub(super) struct Sent {
    /// Everything that can be read, each content of an id once.
    pub(super) events: Vec<Event>,
    /// What nobody can read.
    pub(super) unreadable: BTreeSet<String>,
    ids: BTreeMap<&'static str, u64>,
    numbers: u64,
    others: u64,
}

impl Sent {
    /// What onboarding tells next of a client whose contracts stand so.
    pub(super) fn next(
        &mut self,
        dice: &Dice,
        now: Timestamp,
        client: &'static str,
        rows: &[Contract],
    ) -> Value {
        let newest = rows.last();
        let number = newest.and_then(|row| row.number.clone());
        let (number, state) = match newest {
            None => (None, *dice.one_of(&["init", "scoring"])),
            Some(row) if row.awaits_number() && dice.happens(600) => (Some(self.number()), "active"),
            Some(row) if row.awaits_number() => {
                (None, *dice.one_of(&["scoring", "active", "cancel", "reject"]))
            }
            Some(row) if row.is_over() => (number, *dice.one_of(&["active", "cancel", "CLOSED"])),
            Some(_) => {
                (number, *dice.weighed(&[(6, "active"), (2, "scoring"), (1, "cancel"), (1, "CLOSED")]))
            }
        };
        self.tell(dice, now, client, (number, state))
    }

    /// Anything that it might tell of a client, the numbers of others included.
    pub(super) fn any(&mut self, dice: &Dice, now: Timestamp, client: &'static str) -> Value {
        let state = *dice.one_of(&["init", "scoring", "active", "active", "cancel", "reject", "CLOSED"]);
        let new = self.number();
        let told = self.events.iter().filter_map(|event| event.number.clone());
        let told: Vec<String> = told.chain([new]).collect();
        let number = dice.happens(700).then(|| dice.one_of(&told).clone());
        self.tell(dice, now, client, (number, state))
    }

    /// Something that was told, under the same id; now and then with other content, which changes nothing.
    pub(super) fn again(&mut self, dice: &Dice, client: &'static str) -> Option<Value> {
        let of_client: Vec<&Event> = self.events.iter().filter(|event| event.client == client).collect();
        let mut event = (!of_client.is_empty()).then(|| (*dice.one_of(&of_client)).clone())?;
        if dice.happens(150) {
            event.state = "reject";
        }
        let message = message(&event, dice);
        if !self.events.contains(&event) {
            self.events.push(event);
        }
        Some(message)
    }

    /// A message that nobody can read.
    pub(super) fn unreadable(&mut self, dice: &Dice) -> String {
        self.others += 1;
        let id = format!("u-{}", self.others);
        let text = match dice.below(3) {
            0 => format!("no JSON {id}"),
            1 => json!({"event_id": id, "type": "contract_upserted", "client_id": ""}).to_string(),
            _ => json!({"event_id": id, "type": "contract_upserted", "client_id": "c-1", "state": "active"})
                .to_string(),
        };
        self.unreadable.insert(text.clone());
        text
    }

    /// The contents under which an id was told.
    #[must_use]
    pub(super) fn contents(&self, client: &str, id: &str) -> Vec<Event> {
        self.events.iter().filter(|event| event.client == client && event.id == id).cloned().collect()
    }

    fn number(&mut self) -> String {
        self.numbers += 1;
        format!("77-{}", self.numbers)
    }

    fn tell(
        &mut self,
        dice: &Dice,
        now: Timestamp,
        client: &'static str,
        (number, state): (Option<String>, &'static str),
    ) -> Value {
        let others: Vec<Timestamp> = self.events.iter().map(|event| event.occurred_at).collect();
        let occurred_at = if !others.is_empty() && dice.happens(100) {
            *dice.one_of(&others)
        } else {
            now - SignedDuration::from_secs(*dice.one_of(&[0, 0, 0, 60, HOUR, DAY]))
        };
        let last = self.ids.entry(client).or_default();
        *last += 1;
        let event = Event { id: format!("e-{last}"), client, number, state, occurred_at };
        let message = message(&event, dice);
        self.events.push(event);
        message
    }
}

/// The message that tells an event; the known states are written in any case.
fn message(event: &Event, dice: &Dice) -> Value {
    let state = if event.state != "scoring" && dice.happens(200) {
        event.state.to_ascii_uppercase()
    } else {
        event.state.to_owned()
    };
    json!({
        "event_id": event.id, "type": "contract_upserted", "client_id": event.client,
        "contract_number": event.number, "state": state, "occurred_at": event.occurred_at.to_string(),
    })
}
