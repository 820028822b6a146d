//! What the specification says, for one step after the other, with the seed's own words beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::steps::{Changed, Content, Granted};
use super::{Moment, decimal};

/// When a history begins.
pub(super) const START: Moment = (6, 25, 12);
const DAYS: [u32; 13] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// What a query says.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Refused(&'static str),
    Shown { count: usize, total: String },
}

pub(super) struct Model {
    pub(super) now: Moment,
    accounts: BTreeMap<&'static str, Account>,
    /// By pin and then by business type and id, as the table has them.
    grants: BTreeMap<(&'static str, String), Row>,
    apply_numbers: BTreeSet<u8>,
}

struct Account {
    state: &'static str,
    kind: &'static str,
    total: u64,
    /// The latest `occurred_at`, and the ids that were heard of that very instant.
    heard: Option<(Moment, BTreeSet<u8>)>,
}

struct Row {
    content: Content,
    status: &'static str,
    update_time: Moment,
}

impl Default for Account {
    fn default() -> Self {
        Self { state: "not_opened", kind: "NORMAL", total: 0, heard: None }
    }
}

/// The same day and hour of another month of the year, the day clamped to that month's end.
fn in_month(month: u32, (_, day, hour): Moment) -> Moment {
    (month, day.min(DAYS[month as usize]), hour)
}

impl Row {
    /// For how many months a grant of its type lasts that has no expiry.
    fn months(&self) -> Option<u32> {
        match self.content.business_type {
            "2101" => Some(1),
            "2103" => Some(3),
            _ => None,
        }
    }

    /// §2.1.
    fn is_listed(&self, now: Moment) -> bool {
        let Content { business_type, effective, invalid, .. } = self.content;
        let lasts = match invalid {
            Some(invalid) => invalid > now,
            None => self.months().is_some_and(|months| effective > in_month(now.0 - months, now)),
        };
        self.status == "2"
            && effective > (4, 1, 0)
            && lasts
            && !["2004", "2007"].contains(&business_type)
            && (!["2201", "2202"].contains(&business_type) || self.update_time > (3, 26, 0))
    }

    /// §10: the expiry, stored or filled, has passed.
    fn has_run_out(&self, time: Moment) -> bool {
        let Content { effective, invalid, .. } = self.content;
        let filled = self.months().map(|months| in_month(effective.0 + months, effective));
        self.status == "2" && invalid.or(filled).is_some_and(|expiry| expiry <= time)
    }
}

impl Model {
    pub(super) fn new() -> Self {
        let (accounts, grants, apply_numbers) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { now: START, accounts, grants, apply_numbers }
    }

    /// "Repeated `apply_no`, or the same pin + `business_type` + `business_id`, changes nothing."
    pub(super) fn grant(&mut self, granted: &Granted) {
        let content = &granted.content;
        let key = (content.pin, format!("{}#{}", content.business_type, content.id));
        if self.apply_numbers.contains(&granted.apply_no) || self.grants.contains_key(&key) {
            return;
        }
        self.apply_numbers.insert(granted.apply_no);
        self.accounts.entry(content.pin).or_default().total += content.amount;
        let row = Row { content: content.clone(), status: "2", update_time: granted.occurred_at };
        self.grants.insert(key, row);
    }

    /// "Older `occurred_at` than the row's: ignored."
    pub(super) fn change(&mut self, change: &Changed) {
        let account = self.accounts.entry(change.pin).or_default();
        let heard = account.heard.get_or_insert_with(|| (change.occurred_at, BTreeSet::new()));
        if change.occurred_at < heard.0 {
            return;
        }
        if change.occurred_at > heard.0 {
            *heard = (change.occurred_at, BTreeSet::new());
        }
        if heard.1.insert(change.event) {
            (account.state, account.kind) = (change.state, change.kind);
            account.total = change.total.unwrap_or(account.total);
        }
    }

    /// Whether it is a success: C1 to C4.
    pub(super) fn cancel(&mut self, pin: &'static str, business_type: &str, id: u8) -> bool {
        let now = self.now;
        let Some(row) = self.grants.get_mut(&(pin, format!("{business_type}#{id}"))) else { return false };
        if !row.is_listed(now) {
            return row.status == "3";
        }
        (row.status, row.update_time) = ("3", now);
        let amount = row.content.amount;
        self.take_off(pin, amount);
        true
    }

    pub(super) fn expire(&mut self, time: Moment) {
        let mut taken = Vec::new();
        for row in self.grants.values_mut().filter(|row| row.has_run_out(time)) {
            (row.status, row.update_time) = ("4", self.now);
            taken.push((row.content.pin, row.content.amount));
        }
        for (pin, amount) in taken {
            self.take_off(pin, amount);
        }
    }

    /// "It never goes below 0."
    fn take_off(&mut self, pin: &'static str, amount: u64) {
        let account = self.accounts.entry(pin).or_default();
        account.total = account.total.saturating_sub(amount);
    }

    pub(super) fn total(&self, pin: &str) -> Option<u64> {
        self.accounts.get(pin).map(|account| account.total)
    }

    pub(super) fn statuses(&self, pin: &str) -> Vec<(String, String)> {
        let rows = self.grants.iter().filter(|((of, _), _)| *of == pin);
        rows.map(|((_, id), row)| (id.clone(), row.status.to_owned())).collect()
    }

    /// Q2: 1006, 1110, 1117, 10012, in this order; then the list.
    pub(super) fn query(&self, pin: &str) -> Answer {
        let Some(account) = self.accounts.get(pin) else { return Answer::Refused("1006") };
        match (account.state, account.kind) {
            ("not_opened", _) => Answer::Refused("1006"),
            ("closed", _) => Answer::Refused("1110"),
            ("temporarily_closed", _) => Answer::Refused("1117"),
            (_, "KDB") => Answer::Refused("10012"),
            _ => {
                let rows = self.grants.iter().filter(|((of, _), row)| *of == pin && row.is_listed(self.now));
                let mut total = decimal(account.total);
                total.truncate(total.len() - 2);
                Answer::Shown { count: rows.count(), total }
            }
        }
    }
}
