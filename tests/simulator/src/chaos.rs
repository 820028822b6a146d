//! What goes wrong between the functions and whatever they call.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use world::{Direction, Director, Fault, Reply, Seen, Service, Stop};

use crate::invocation::{current, note_call, stop_current};
use crate::lock;
use crate::random::Dice;

/// How often a call fails, in thousand.
const FAULTS: usize = 35;
/// How often an invocation stops at an effect.
const STOPS: usize = 12;
/// How often the SDK repeats a call whose answer it did not see.
const REPEATS: usize = 12;
/// How often an index lags.
const LAGS: usize = 80;
/// How often a partner fails by itself, by an answer.
const REFUSALS: usize = 120;
/// How often a partner takes its time to answer.
const SLOW: usize = 150;
/// How many turns others may have before a call, at most.
const TURNS: usize = 6;

/// The director of a simulated world; it also writes the trace of calls.
pub struct Chaos {
    dice: Dice,
    is_quiet: AtomicBool,
    trace: Mutex<Vec<String>>,
    disturbed: Mutex<BTreeSet<u64>>,
}

impl Chaos {
    /// What these dice lead to.
    #[must_use]
    pub fn new(dice: Dice) -> Arc<Self> {
        let (trace, disturbed) = (Mutex::default(), Mutex::default());
        Arc::new(Self { dice, is_quiet: AtomicBool::new(false), trace, disturbed })
    }

    /// From now on nothing goes wrong.
    pub fn calm(&self) {
        self.is_quiet.store(true, Ordering::SeqCst);
    }

    /// Whether nothing goes wrong any more.
    #[must_use]
    pub fn is_calm(&self) -> bool {
        self.is_quiet.load(Ordering::SeqCst)
    }

    /// Whether a partner fails by itself at what it is asked now.
    #[must_use]
    pub fn partner_fails(&self) -> bool {
        !self.is_calm() && self.dice.happens(REFUSALS)
    }

    /// How long a partner takes to answer what it is asked now: now and then longer than anybody waits.
    #[must_use]
    pub fn partner_takes(&self) -> Duration {
        if self.is_calm() || !self.dice.happens(SLOW) {
            return Duration::ZERO;
        }
        Duration::from_secs(u64::try_from(1 + self.dice.below(9)).unwrap_or_default())
    }

    /// An answer that says nothing of use, as any partner may give it.
    #[must_use]
    pub fn useless_answer(&self) -> Reply {
        match self.dice.below(4) {
            0 => Reply::new(500, ""),
            1 => Reply::new(302, "").header("location", "https://elsewhere.test/"),
            2 => Reply::new(429, "").header("retry-after", "30"),
            _ => Reply::new(200, "<html>"),
        }
    }

    /// Adds a line to the trace.
    pub fn tell(&self, line: String) {
        lock(&self.trace).push(line);
    }

    /// The trace so far.
    #[must_use]
    pub fn trace(&self) -> Vec<String> {
        lock(&self.trace).clone()
    }

    /// Whether a call of this invocation failed, or the invocation was stopped.
    #[must_use]
    pub fn is_disturbed(&self, invocation: u64) -> bool {
        lock(&self.disturbed).contains(&invocation)
    }

    fn fault(&self, seen: &Seen) -> Fault {
        use Fault::{
            Hang, HangAfterEffect, InternalError, InternalErrorAfterEffect, Refused, Reset, ResetAfterEffect,
            Throttled, TransactionConflict,
        };
        let faults: &[Fault] = match (seen.service, seen.is_effect) {
            (Service::DynamoDb, true) => &[
                Throttled,
                InternalError,
                TransactionConflict,
                Reset,
                Hang,
                InternalErrorAfterEffect,
                ResetAfterEffect,
                HangAfterEffect,
            ],
            (Service::Partner, _) => &[
                Refused,
                Reset,
                Hang,
                InternalError,
                InternalErrorAfterEffect,
                ResetAfterEffect,
                HangAfterEffect,
            ],
            (_, true) => &[
                Throttled,
                InternalError,
                Reset,
                Hang,
                InternalErrorAfterEffect,
                ResetAfterEffect,
                HangAfterEffect,
            ],
            (_, false) => &[Throttled, InternalError, Reset, Hang],
        };
        *self.dice.one_of(faults)
    }

    fn decide(&self, seen: &Seen) -> Direction {
        if self.is_calm() || current().is_none() || seen.service == Service::Parameters {
            return Direction::default();
        }
        if seen.is_effect && self.dice.happens(STOPS) {
            let stop = *self.dice.one_of(&[Stop::Before, Stop::After]);
            return Direction { stop: Some(stop), ..Direction::default() };
        }
        if self.dice.happens(FAULTS) {
            return Direction { fault: Some(self.fault(seen)), ..Direction::default() };
        }
        Direction {
            is_repeated: seen.is_effect && seen.service != Service::Partner && self.dice.happens(REPEATS),
            is_stale: seen.reads_index && self.dice.happens(LAGS),
            ..Direction::default()
        }
    }
}

impl Director for Chaos {
    fn turns(&self, _: &Seen) -> u32 {
        if self.is_calm() || current().is_none() {
            return 0;
        }
        u32::try_from(self.dice.below(TURNS)).unwrap_or_default()
    }

    fn direct(&self, seen: &Seen) -> Direction {
        note_call();
        let direction = self.decide(seen);
        if direction.stop.is_some() {
            stop_current();
        }
        if direction.stop.is_some() || direction.fault.is_some() {
            lock(&self.disturbed).extend(current());
        }
        let number = current().map_or_else(|| "-".to_owned(), |number| number.to_string());
        let what = format!("  {number} {} {}", seen.operation, seen.targets.join(","));
        let mut line = what;
        for (is_so, word) in [
            (direction.stop == Some(Stop::Before), " STOPPED BEFORE".to_owned()),
            (direction.stop == Some(Stop::After), " STOPPED AFTER".to_owned()),
            (direction.fault.is_some(), format!(" {:?}", direction.fault)),
            (direction.is_repeated, " REPEATED".to_owned()),
            (direction.is_stale, " STALE".to_owned()),
        ] {
            if is_so {
                line.push_str(&word);
            }
        }
        self.tell(line);
        direction
    }
}
