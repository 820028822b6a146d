//! The bank: what changes in its tables, as it tells it, and what is so in the end.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::rfc3339;
use serde_json::{Value, json};

use crate::random::Dice;

/// A client: its organization, and its id in the master data. All but `o-1` are in one shard of those who wait; the last
/// four are new when everything is calm.
pub(super) const CLIENTS: [(&str, &str); 10] = [
    ("o-2", "m-2"),
    ("o-7", "m-7"),
    ("o-15", "m-15"),
    ("o-17", "m-17"),
    ("o-37", "m-37"),
    ("o-1", "m-1"),
    ("o-42", "m-42"),
    ("o-51", "m-51"),
    ("o-72", "m-72"),
    ("o-74", "m-74"),
];
/// How many of them the bank has from the beginning.
pub(super) const RESIDENTS: usize = 6;
/// The shards of those who wait in which they are, and one in which nobody is.
pub(super) const INHABITED: [u64; 3] = [0, 1, 2];
/// The systems in which a client may have an id; of the last one nobody wants to know.
const SYSTEMS: [&str; 3] = ["ibso", "infor", "siebel"];
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// A date that is none.
const BAD_DATE: &str = "2018-08-08 06:00";

/// A part of what is known of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// Its row of `product_migration_clients`.
    Migration,
    /// Its latest entry of `wizard_status_change_log`.
    Wizard,
    /// Its row of `clientsnapshot`.
    Snapshot,
}

/// What was told of a part: the columns as they are to be stored, and of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// `occurred_at` or `change_date`.
    pub(super) at: Timestamp,
    /// Which event told it.
    pub(super) event_id: String,
    /// The columns that are not empty.
    pub(super) columns: BTreeMap<&'static str, String>,
}

/// What the bank told so far.
pub(super) struct Bank {
    dice: Dice,
    events: u64,
    parts: BTreeMap<(&'static str, Part), Vec<Told>>,
    /// Ids in back systems, by `mdm_id` and system.
    back_ids: BTreeMap<(&'static str, &'static str), Vec<Told>>,
    /// What is not on its way yet.
    pub(super) held: Vec<String>,
    /// What can never be taken, with the reason.
    pub(super) hopeless: BTreeMap<String, &'static str>,
}

impl Part {
    pub(super) const ALL: [Self; 3] = [Self::Migration, Self::Wizard, Self::Snapshot];

    /// Its columns (docs/contexts/crm.md): the instant, the event, and what it says.
    pub(super) fn columns(self) -> (&'static str, &'static str, &'static [&'static str]) {
        match self {
            Self::Migration => {
                ("migration_occurred_at", "migration_event_id", &["mdm_id", "status", "wizard_status"])
            }
            Self::Wizard => ("change_date", "change_event_id", &["changed_wizard_status"]),
            Self::Snapshot => {
                ("snapshot_occurred_at", "snapshot_event_id", &["tin", "registry_number", "kpp", "okpo"])
            }
        }
    }
}

impl Told {
    /// In which order what was told counts: the later instant, then the greater event id (§13).
    pub(super) fn stamp(&self) -> (Timestamp, &str) {
        (self.at, &self.event_id)
    }

    pub(super) fn column(&self, name: &str) -> Option<&str> {
        self.columns.get(name).map(String::as_str)
    }
}

impl Bank {
    /// A bank all of whose residents stand before the Wizard since some days, and that has told nobody.
    pub(super) fn new(dice: Dice, now: Timestamp) -> Self {
        let mut bank = Self {
            dice,
            events: 0,
            parts: BTreeMap::new(),
            back_ids: BTreeMap::new(),
            held: Vec::new(),
            hopeless: BTreeMap::new(),
        };
        for place in 0..RESIDENTS {
            let since = now - DAY * i32::try_from(4 + bank.dice.below(5)).unwrap_or(4);
            let row = since - DAY * 2;
            bank.note(place, Part::Migration, row, &[("status", "in_wizard"), ("wizard_status", "OK")]);
            bank.note(place, Part::Wizard, since, &[("changed_wizard_status", "TO_SIGN")]);
            bank.snapshot(place, row);
            bank.back_id(place, row);
        }
        bank
    }

    /// What counts of what was told of a part of a client so far.
    pub(super) fn newest(&self, organization: &str, part: Part) -> Option<&Told> {
        newest(self.of(organization, part))
    }

    /// The same of its id in a system.
    pub(super) fn newest_back_id(&self, mdm_id: &str, system: &str) -> Option<&Told> {
        newest(self.back_ids(mdm_id, system))
    }

    /// What was told of a part of a client so far.
    pub(super) fn of(&self, organization: &str, part: Part) -> &[Told] {
        let of = self.parts.iter().find(|((id, of), _)| *id == organization && *of == part);
        of.map_or(&[], |(_, told)| told)
    }

    /// What was told of a client's id in a system.
    pub(super) fn back_ids(&self, mdm_id: &str, system: &str) -> &[Told] {
        let of = self.back_ids.iter().find(|((id, of), _)| *id == mdm_id && *of == system);
        of.map_or(&[], |(_, told)| told)
    }

    /// Something changes in its tables about a client.
    pub(super) fn changes(&mut self, place: usize, now: Timestamp) {
        let at = self.instant(place, now);
        match self.dice.below(10) {
            0..3 => {
                let (status, wizard) = *self.dice.weighed(&[
                    (8, ("in_wizard", "TO_SIGN")),
                    (3, ("in_wizard", "OK")),
                    (2, (" in_wizard ", "SIGNED")),
                    (2, ("migrated", "SIGNED")),
                    (1, ("", "OK")),
                ]);
                self.note(place, Part::Migration, at, &[("status", status), ("wizard_status", wizard)]);
            }
            3..6 => {
                let statuses = [(6, "TO_SIGN"), (4, "IN_PROGRESS"), (3, "OK"), (3, "SIGNED"), (1, "")];
                let status = *self.dice.weighed(&statuses);
                let at = at - DAY * [0, 0, 1, 6, 7][self.dice.below(5)];
                self.note(place, Part::Wizard, at, &[("changed_wizard_status", status)]);
            }
            6..8 => self.snapshot(place, at),
            8 => self.back_id(place, at),
            _ => self.tells_nonsense(place),
        }
    }

    /// A client whom the bank may not have had before begins to hesitate before the Wizard.
    pub(super) fn hesitates(&mut self, place: usize, now: Timestamp) {
        self.snapshot(place, now);
        self.note(place, Part::Migration, now, &[("status", "in_wizard"), ("wizard_status", "OK")]);
        self.note(place, Part::Wizard, now, &[("changed_wizard_status", "TO_SIGN")]);
    }

    /// When something happens: now, a while ago, or at the very instant of something else.
    fn instant(&self, place: usize, now: Timestamp) -> Timestamp {
        let known = self.parts.iter().filter(|((id, _), _)| *id == CLIENTS[place].0);
        let known: Vec<Timestamp> = known.flat_map(|(_, told)| told.iter().map(|told| told.at)).collect();
        match self.dice.below(10) {
            0 | 1 if !known.is_empty() => *self.dice.one_of(&known),
            2 => now - Duration::from_secs(1 + self.dice.next() % 200_000),
            _ => now,
        }
    }

    fn snapshot(&mut self, place: usize, at: Timestamp) {
        let number = self.events;
        let kpp = if self.dice.happens(100) { String::new() } else { format!("1200{number:05}") };
        let okpo = if self.dice.happens(300) { " ".to_owned() } else { format!("0284{number:04}") };
        let tin = format!("12{number:08}");
        let registry_number = format!(" 12312{number:08} ");
        let columns: [(&'static str, &str); 4] =
            [("tin", &tin), ("registry_number", &registry_number), ("kpp", &kpp), ("okpo", &okpo)];
        self.note(place, Part::Snapshot, at, &columns);
    }

    fn back_id(&mut self, place: usize, at: Timestamp) {
        let (mdm_id, system) = (CLIENTS[place].1, *self.dice.one_of(&SYSTEMS));
        let event_id = self.event_id();
        let id = format!("{system}-{event_id}");
        let message = json!({
            "event_id": event_id, "type": "back_system_id", "mdm_id": mdm_id, "back_system_name": system,
            "back_system_id": id, "occurred_at": self.written(at),
        });
        let told = Told { at, event_id, columns: BTreeMap::from([("back_system_id", id)]) };
        self.back_ids.entry((mdm_id, system)).or_default().push(told);
        self.held.push(message.to_string());
    }

    fn note(&mut self, place: usize, part: Part, at: Timestamp, said: &[(&'static str, &str)]) {
        let (organization, mdm_id) = CLIENTS[place];
        let event_id = self.event_id();
        let (kind, date) = match part {
            Part::Migration => ("migration_client", "occurred_at"),
            Part::Wizard => ("wizard_status_changed", "change_date"),
            Part::Snapshot => ("client_snapshot", "occurred_at"),
        };
        let mut message = json!({
            "event_id": event_id, "type": kind, "organization_id": organization, date: self.written(at),
        });
        let mut columns: BTreeMap<&'static str, String> = BTreeMap::new();
        for (name, value) in said {
            message[name.strip_prefix("changed_").unwrap_or(name)] = json!(value);
            columns.insert(name, value.trim().to_owned());
        }
        if part == Part::Migration && !self.dice.happens(60) {
            message["mdm_id"] = json!(mdm_id);
            columns.insert("mdm_id", mdm_id.to_owned());
        }
        columns.retain(|_, value| !value.is_empty());
        self.parts.entry((organization, part)).or_default().push(Told { at, event_id, columns });
        self.held.push(message.to_string());
    }

    /// What can never be taken (§13).
    fn tells_nonsense(&mut self, place: usize) {
        let (organization, mdm_id) = CLIENTS[place];
        let event_id = self.event_id();
        let at = "2018-08-08T06:00:00Z";
        let message = |members: Value| -> String {
            let mut message = json!({"event_id": event_id.clone(), "occurred_at": at});
            for (name, value) in members.as_object().into_iter().flatten() {
                message[name] = value.clone();
            }
            message.to_string()
        };
        let (text, reason) = match self.dice.below(5) {
            0 => (format!("{{ {event_id}"), "unreadable"),
            1 => (message(json!({"type": "migration", "organization_id": organization})), "unknown_type"),
            2 => (message(json!({"type": "client_snapshot", "organization_id": " "})), "incomplete"),
            3 => (
                message(json!({
                    "type": "client_snapshot", "organization_id": organization, "occurred_at": BAD_DATE
                })),
                "bad_date",
            ),
            _ => {
                let name = "ibso";
                let long = "9".repeat(201);
                (
                    message(json!({
                        "type": "back_system_id", "mdm_id": mdm_id, "back_system_name": name, "back_system_id": long
                    })),
                    "too_long",
                )
            }
        };
        self.hopeless.insert(text.clone(), reason);
        self.held.push(text);
    }

    fn event_id(&mut self) -> String {
        self.events += 1;
        // Not in the order in which they are made: of two at one instant any may be the greater.
        format!("{:02}-{}", self.dice.below(100), self.events)
    }

    /// An instant as one or the other writes it.
    fn written(&self, at: Timestamp) -> String {
        if self.dice.happens(300) {
            return format!(
                "{}+03:00",
                (at + SignedDuration::from_hours(3)).strftime("%Y-%m-%dT%H:%M:%S%.9f")
            );
        }
        rfc3339::sortable(at)
    }
}

fn newest(told: &[Told]) -> Option<&Told> {
    told.iter().max_by(|one, other| one.stamp().cmp(&other.stamp()))
}
