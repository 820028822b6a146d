//! The director of a world under load: calls of different invocations go in between each other, some to AWS fail, and all
//! are counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use world::{Direction, Director, Fault, Seen, Service, World};

/// How many turns others may have before a call, at most.
const TURNS: u64 = 4;
/// What goes wrong at AWS, while it does.
const FAULTS: [Fault; 5] = [
    Fault::Throttled,
    Fault::InternalError,
    Fault::Reset,
    Fault::InternalErrorAfterEffect,
    Fault::ResetAfterEffect,
];

/// Directs a world.
#[derive(Debug, Default)]
pub struct Traffic {
    drawn: AtomicU64,
    faults_per_thousand: AtomicU64,
    counts: Mutex<Counts>,
}

/// How many calls there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// To AWS.
    pub aws: u64,
    /// To partners.
    pub partner: u64,
    /// Those to AWS that failed.
    pub failed: u64,
}

impl Traffic {
    /// Directs `world` from now on; so many of a thousand effects at AWS fail.
    #[must_use]
    pub fn in_world(world: &World, faults_per_thousand: u64) -> Arc<Self> {
        let faults_per_thousand = AtomicU64::new(faults_per_thousand);
        let traffic = Arc::new(Self { faults_per_thousand, ..Self::default() });
        world.direct(Arc::clone(&traffic) as Arc<dyn Director>);
        traffic
    }

    /// From now on nothing fails.
    pub fn calm(&self) {
        self.faults_per_thousand.store(0, Ordering::Relaxed);
    }

    /// The calls so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self) -> u64 {
        scattered(self.drawn.fetch_add(1, Ordering::Relaxed))
    }
}

impl Director for Traffic {
    fn turns(&self, _: &Seen) -> u32 {
        u32::try_from(self.draw() % TURNS).unwrap_or_default()
    }

    fn direct(&self, seen: &Seen) -> Direction {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.service == Service::Partner {
            counts.partner += 1;
            return Direction::default();
        }
        counts.aws += 1;
        let fails = seen.is_effect && self.draw() % 1_000 < self.faults_per_thousand.load(Ordering::Relaxed);
        if !fails {
            return Direction::default();
        }
        counts.failed += 1;
        let kinds = u64::try_from(FAULTS.len()).unwrap_or(1);
        let kind = usize::try_from(self.draw() % kinds).unwrap_or_default();
        Direction { fault: Some(FAULTS[kind]), ..Direction::default() }
    }
}

/// Numbers in a row as numbers without order, the same in every run.
#[must_use]
pub fn scattered(number: u64) -> u64 {
    let mixed = (number ^ (number >> 31)).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)) >> 16
}
