//! Many seeds, on several threads: each seed is a world of its own.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::{Outcome, Subject, Violation, lock};

/// What came of many seeds.
#[derive(Debug, Default)]
pub struct Runs {
    /// The seeds under which something did not hold, with the first of it.
    pub broken: BTreeMap<u64, Violation>,
    /// How often each place was reached.
    pub reached: BTreeMap<String, u64>,
    /// How many steps, calls and lines the traces have in all.
    pub lines: u64,
}

/// As many threads as the machine has processors.
#[must_use]
pub fn jobs() -> u64 {
    thread::available_parallelism().map_or(1, |threads| u64::try_from(threads.get()).unwrap_or(1))
}

/// Runs the `seeds` seeds from `first` on, `jobs` at a time.
#[must_use]
pub fn runs(subject: Subject, first: u64, seeds: u64, jobs: u64) -> Runs {
    let (next, all) = (AtomicU64::new(first), Mutex::new(Runs::default()));
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= first + seeds {
                        break;
                    }
                    let outcome = catch_unwind(|| subject.simulate(seed))
                        .unwrap_or_else(|with| panicked(with.as_ref()));
                    lock(&all).add(seed, outcome);
                }
            });
        }
    });
    all.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// A panic is what did not hold under its seed, and no reason to leave out the others.
fn panicked(with: &(dyn Any + Send)) -> Outcome {
    let text = with.downcast_ref::<String>().map(String::as_str);
    let seen = text.or_else(|| with.downcast_ref::<&str>().copied()).unwrap_or("what is no text").to_owned();
    Outcome { violation: Some(Violation { invariant: "panics", seen }), ..Outcome::default() }
}

impl Runs {
    fn add(&mut self, seed: u64, outcome: Outcome) {
        self.lines += u64::try_from(outcome.trace.len()).unwrap_or_default();
        if let Some(violation) = outcome.violation {
            self.broken.insert(seed, violation);
        }
        for word in outcome.reached {
            *self.reached.entry(word).or_default() += 1;
        }
    }

    /// In how many seeds each invariant was broken.
    #[must_use]
    pub fn by_invariant(&self) -> BTreeMap<&'static str, u64> {
        let mut counts = BTreeMap::new();
        for violation in self.broken.values() {
            *counts.entry(violation.invariant).or_default() += 1;
        }
        counts
    }
}
