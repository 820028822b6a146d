//! The director of a world under load: calls of different invocations go in between each other, some to AWS fail, some
//! partners are absent for a while, and all calls are counted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use platform::Clock;
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

/// Between the first numbers that two seeds draw.
const SEED_APART: u64 = 1 << 32;

/// Directs a world.
#[derive(Debug)]
pub struct Traffic {
    clock: Clock,
    drawn: AtomicU64,
    faults_per_thousand: AtomicU64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    counts: Counts,
    /// Who is absent, and in which ways calls to them fail.
    absent: BTreeMap<String, &'static [Fault]>,
    /// When calls to partners were made, by the partner's origin.
    partner_calls: BTreeMap<String, Vec<Timestamp>>,
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
        Self::seeded(world, faults_per_thousand, 0)
    }

    /// The same with other chances for each seed.
    #[must_use]
    pub fn seeded(world: &World, faults_per_thousand: u64, seed: u64) -> Arc<Self> {
        let traffic = Arc::new(Self {
            clock: world.clock(),
            drawn: AtomicU64::new(seed * SEED_APART),
            faults_per_thousand: AtomicU64::new(faults_per_thousand),
            state: Mutex::default(),
        });
        world.direct(Arc::clone(&traffic) as Arc<dyn Director>);
        traffic
    }

    /// From now on nothing at AWS fails.
    pub fn calm(&self) {
        self.faults_per_thousand.store(0, Ordering::Relaxed);
    }

    /// From now on every call to a partner's origin, or to a queue, fails in one of these ways.
    pub fn leaves(&self, target: &str, faults: &'static [Fault]) {
        self.state().absent.insert(target.to_owned(), faults);
    }

    /// It answers again.
    pub fn returns(&self, target: &str) {
        self.state().absent.remove(target);
    }

    /// The calls so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.state().counts
    }

    /// When a partner was called, whether it answered or not, oldest first.
    #[must_use]
    pub fn calls_to(&self, origin: &str) -> Vec<Timestamp> {
        self.state().partner_calls.get(origin).cloned().unwrap_or_default()
    }

    /// How many calls to a partner were under way at once, at most, if each took this long.
    #[must_use]
    pub fn at_once(&self, origin: &str, took: Duration) -> usize {
        let calls = self.calls_to(origin);
        let under_way =
            |now: &Timestamp| calls.iter().filter(|begun| *begun <= now && *now < **begun + took).count();
        calls.iter().map(under_way).max().unwrap_or_default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self) -> u64 {
        scattered(self.drawn.fetch_add(1, Ordering::Relaxed))
    }

    fn one_of(&self, faults: &[Fault]) -> Option<Fault> {
        let kinds = u64::try_from(faults.len()).unwrap_or_default();
        let kind = usize::try_from(self.draw().checked_rem(kinds)?).ok()?;
        faults.get(kind).copied()
    }
}

impl Director for Traffic {
    fn turns(&self, _: &Seen) -> u32 {
        u32::try_from(self.draw() % TURNS).unwrap_or_default()
    }

    fn direct(&self, seen: &Seen) -> Direction {
        let is_partner = seen.service == Service::Partner;
        let mut state = self.state();
        if is_partner {
            state.counts.partner += 1;
            for origin in &seen.targets {
                state.partner_calls.entry(origin.clone()).or_default().push(self.clock.now());
            }
        } else {
            state.counts.aws += 1;
        }
        if let Some(faults) = seen.targets.iter().find_map(|target| state.absent.get(target)) {
            return Direction { fault: self.one_of(faults), ..Direction::default() };
        }
        let may_fail = seen.is_effect && !is_partner;
        if !may_fail || self.draw() % 1_000 >= self.faults_per_thousand.load(Ordering::Relaxed) {
            return Direction::default();
        }
        state.counts.failed += 1;
        Direction { fault: self.one_of(&FAULTS), ..Direction::default() }
    }
}

/// Numbers in a row as numbers without order, the same in every run.
#[must_use]
pub fn scattered(number: u64) -> u64 {
    let mixed = (number ^ (number >> 31)).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)) >> 16
}
