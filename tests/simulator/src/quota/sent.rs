//! What outside systems told so far, and what they tell next.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::amount::Amount;
use super::people::{CORRECTED, Change, Grant, PINS, SLOTS, business_id};
use crate::random::Dice;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// How a grant is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// As it is, as often as it takes.
    Same,
    /// With another amount under the same number.
    OtherAmount,
    /// Under another number.
    OtherNumber,
    /// Under a number of another pin.
    OthersNumber,
}

/// What was told.
#[derive(Default)]
pub(super) struct Sent {
    /// The grants, each way of telling them once.
    pub(super) grants: Vec<Grant>,
    /// The changes of accounts.
    pub(super) changes: Vec<Change>,
    /// What nobody can read.
    pub(super) unreadable: BTreeSet<String>,
    events: u64,
    contents: BTreeMap<(usize, usize), Grant>,
}

impl Sent {
    /// The message of a grant.
    pub(super) fn grant(&mut self, dice: &Dice, now: Timestamp, of: (usize, usize), how: Telling) -> Value {
        let content = self.contents.entry(of).or_insert_with(|| content(dice, now, of)).clone();
        let grant = match how {
            Telling::Same => content,
            Telling::OtherAmount => Grant { amount: content.amount + 1, ..content },
            Telling::OtherNumber => Grant { apply_no: format!("{}-again", content.apply_no), ..content },
            Telling::OthersNumber => Grant { apply_no: apply_no((of.0 + 1) % PINS.len(), of.1), ..content },
        };
        let is_list_driven = ["2201", "2202"].contains(&grant.business_type);
        let age = if is_list_driven && dice.happens(200) { 160 * DAY } else { *dice.one_of(&[0, HOUR, DAY]) };
        let message = grant.message(self.next_event(), ago(now, age));
        if !self.grants.contains(&grant) {
            self.grants.push(grant);
        }
        message
    }

    /// The message of a change of an account, now and then of the very instant of another.
    pub(super) fn change(&mut self, dice: &Dice, now: Timestamp, pin: usize) -> Value {
        let pin = PINS[pin];
        let others: Vec<Timestamp> =
            self.changes.iter().filter(|of| of.pin == pin).map(|of| of.occurred_at).collect();
        let occurred_at = if !others.is_empty() && dice.happens(300) {
            *dice.one_of(&others)
        } else {
            ago(now, *dice.one_of(&[0, 0, 0, HOUR, 2 * DAY]))
        };
        let total = (pin == CORRECTED && dice.happens(500))
            .then(|| *dice.one_of(&[0, 1, 5_000_000, 30_000_000, 1_000_000_000_000_000_000]));
        let states = [(7, "open"), (1, "closed"), (1, "temporarily_closed"), (1, "not_opened")];
        let kinds = [(9, "NORMAL"), (1, "KDB")];
        let (state, kind) = (*dice.weighed(&states), *dice.weighed(&kinds));
        let change =
            Change { event_id: format!("x-{}", self.next_event()), pin, state, kind, total, occurred_at };
        let message = change.message();
        self.changes.push(change);
        message
    }

    /// A message that nobody can read.
    pub(super) fn unreadable(&mut self, dice: &Dice) -> String {
        let event = self.next_event();
        let grant = json!({"event_id": format!("u-{event}"), "type": "temp_credit_granted", "pin": "p-1"});
        let text = match dice.below(3) {
            0 => format!("no JSON {event}"),
            1 => grant.to_string(),
            _ => json!({"event_id": format!("u-{event}"), "type": "credit_raised"}).to_string(),
        };
        self.unreadable.insert(text.clone());
        text
    }

    fn next_event(&mut self) -> u64 {
        self.events += 1;
        self.events
    }
}

fn ago(now: Timestamp, seconds: i64) -> Timestamp {
    now - SignedDuration::from_secs(seconds)
}

fn apply_no(pin: usize, slot: usize) -> String {
    format!("a-{}-{slot}", PINS[pin])
}

/// A grant that is raised now; the ends of months, where the rules disagree, are near.
fn content(dice: &Dice, now: Timestamp, (pin, slot): (usize, usize)) -> Grant {
    let business_type = SLOTS[slot];
    let amounts: [Amount; 5] = [1, 5_000_000, 1_234_567, 8_800_000, 999_999_999_999_999_998];
    let started = match business_type {
        "2101" => *dice.one_of(&[0, HOUR, 20 * DAY, 29 * DAY]),
        "2103" => *dice.one_of(&[0, 60 * DAY, 88 * DAY]),
        _ => *dice.one_of(&[0, HOUR, -2 * DAY, 170 * DAY]),
    };
    let lasts = ago(now, -dice.one_of(&[-HOUR, HOUR, DAY, 3 * DAY, 10 * DAY, 40 * DAY]));
    let has_end = match business_type {
        "2101" | "2103" => dice.happens(200),
        "9999" => dice.happens(500),
        _ => dice.happens(900),
    };
    Grant {
        apply_no: apply_no(pin, slot),
        pin: PINS[pin],
        business_type,
        business_id: business_id(slot),
        amount: *dice.one_of(&amounts),
        effective: ago(now, started),
        invalid: has_end.then_some(lasts),
        source: if business_type.starts_with("22") { "AUTOTASK" } else { "BUSINESS" },
    }
}
