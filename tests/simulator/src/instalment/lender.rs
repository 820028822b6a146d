//! The lender MKK: which lines it has closed, and what it says of them, which is not always that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::json;
use suites::instalment::MKK;
use world::{Reply, World};

use crate::chaos::Chaos;
use crate::invocation::current;
use crate::lock;
use crate::random::Dice;

/// What an answer tells whoever reads it rightly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    /// The line is closed.
    Closed,
    /// It is not.
    Open,
    /// Nothing.
    Nothing,
}

/// The lender of one world.
#[derive(Clone)]
pub(super) struct Lender {
    state: Arc<Mutex<State>>,
    dice: Dice,
    chaos: Arc<Chaos>,
}

#[derive(Default)]
struct State {
    closed: BTreeSet<String>,
    /// What each invocation was told of which line.
    told: BTreeMap<u64, Vec<(String, Told)>>,
}

impl Lender {
    /// The one in `world`: every line is open.
    #[must_use]
    pub(super) fn in_world(world: &World, dice: Dice, chaos: Arc<Chaos>) -> Self {
        let lender = Self { state: Arc::default(), dice, chaos };
        let asked = lender.clone();
        world.partner(MKK, move |request| asked.answer(request.uri().path()));
        lender
    }

    /// Closes a line, or opens it again, which it should not.
    pub(super) fn close(&self, number: &str, is_closed: bool) {
        if is_closed {
            self.state().closed.insert(number.to_owned());
        } else {
            self.state().closed.remove(number);
        }
    }

    /// Whether it has closed a line.
    #[must_use]
    pub(super) fn has_closed(&self, number: &str) -> bool {
        self.state().closed.contains(number)
    }

    /// What it told an invocation, in order.
    #[must_use]
    pub(super) fn told(&self, invocation: u64) -> Vec<(String, Told)> {
        self.state().told.get(&invocation).cloned().unwrap_or_default()
    }

    /// Whether it told one of the invocations from this one on that a line is closed.
    #[must_use]
    pub(super) fn told_closed_since(&self, invocation: u64, number: &str) -> bool {
        let state = self.state();
        let mut told = state.told.range(invocation..).flat_map(|(_, told)| told);
        told.any(|(of, what)| of == number && *what == Told::Closed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn answer(&self, path: &str) -> Reply {
        let number = path.strip_prefix("/lines/").unwrap_or_default().to_owned();
        let (told, reply) =
            if self.chaos.partner_fails() { self.useless(&number) } else { self.line(&number) };
        self.chaos.tell(format!("  lender tells {told:?} of {number}"));
        self.state().told.entry(current().unwrap_or_default()).or_default().push((number, told));
        reply
    }

    /// How the line stands; a balance that is not the limit keeps nothing from being closed (7a).
    fn line(&self, number: &str) -> (Told, Reply) {
        let is_closed = self.has_closed(number);
        let words: &[&str] = if is_closed { &["CLOSED", "closed", "Closed"] } else { &["ACTIVE", "active"] };
        let balances = [json!("50000.00"), json!(50_000), json!("49999.99"), json!(null)];
        let line = json!({
            "contract_number": number, "status": self.dice.one_of(words), "line_limit": "50000.00",
            "line_balance": self.dice.one_of(&balances),
        });
        let told = if is_closed { Told::Closed } else { Told::Open };
        (told, Reply::json(200, line.to_string()))
    }

    /// An answer that closes nothing, though some look like one that does.
    fn useless(&self, number: &str) -> (Told, Reply) {
        let line =
            |number: &str, status: &str| json!({"contract_number": number, "status": status}).to_string();
        let closed = line(number, "CLOSED");
        match self.dice.below(9) {
            0 => (Told::Open, Reply::json(200, line(number, "PAUSED"))),
            1 => (Told::Open, Reply::json(200, line(number, "CLOSED "))),
            2 => (Told::Nothing, Reply::json(200, line("99-9", "CLOSED"))),
            3 => (Told::Nothing, Reply::json(404, closed)),
            4 => (Told::Nothing, Reply::json(500, closed)),
            5 => (Told::Nothing, Reply::json(200, json!({"status": "CLOSED"}).to_string())),
            6 => (Told::Nothing, Reply::json(200, closed).broken_off(20)),
            7 => (Told::Nothing, Reply::json(200, closed).delayed(std::time::Duration::from_secs(4))),
            _ => (Told::Nothing, self.chaos.useless_answer()),
        }
    }
}
