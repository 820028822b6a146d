//! Many callers of an HTTP function at the same instant, about one thing. How their calls go in between each other is
//! drawn from a seed; in every second round some effects at AWS fail besides.

mod callbacks;
mod instalment;
mod lease;
mod marketplace;
mod quota;

use std::collections::BTreeMap;

use futures_util::future::join_all;
use suites::load::{Traffic, size, tell_row};
use world::World;

/// How many call at once, unless `TENOR_LOAD_CALLERS` says otherwise.
const CALLERS_IN_THE_GATE: usize = 12;
/// How many times they do, unless `TENOR_LOAD_ROUNDS` says otherwise.
const ROUNDS_IN_THE_GATE: usize = 6;
/// How many of a thousand effects at AWS fail in every second round.
const FAULTS: u64 = 120;

/// One time that all call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    seed: u64,
}

impl Round {
    /// Whether effects at AWS fail in it.
    pub(crate) fn fails(self) -> bool {
        self.seed % 2 == 1
    }
}

/// The rounds of a test.
pub(crate) fn rounds() -> impl Iterator<Item = Round> {
    let rounds = size("TENOR_LOAD_ROUNDS", ROUNDS_IN_THE_GATE);
    (0..rounds).map(|seed| Round { seed: u64::try_from(seed).unwrap_or_default() })
}

/// How many call at once.
pub(crate) fn callers() -> usize {
    size("TENOR_LOAD_CALLERS", CALLERS_IN_THE_GATE)
}

/// What the callers of an operation got, over all rounds.
pub(crate) struct Callers {
    operation: &'static str,
    calls: usize,
    aws: u64,
    failed: u64,
    answers: BTreeMap<String, usize>,
}

impl Callers {
    pub(crate) fn of(operation: &'static str) -> Self {
        Self { operation, calls: 0, aws: 0, failed: 0, answers: BTreeMap::new() }
    }

    /// Has all of them call, and names what each got: one of `right`, or, where effects at AWS fail, one of `excused`.
    /// Tells how many got which of the right ones.
    pub(crate) async fn call<const RIGHT: usize>(
        &mut self,
        (world, round): (&World, Round),
        right: [&str; RIGHT],
        excused: &[&str],
        call: impl AsyncFn(usize) -> String,
    ) -> [usize; RIGHT] {
        let traffic = Traffic::seeded(world, if round.fails() { FAULTS } else { 0 }, round.seed + 1);
        let answers = join_all((0..callers()).map(|caller| call(caller))).await;
        traffic.calm();
        let counts = traffic.counts();
        (self.aws, self.failed, self.calls) =
            (self.aws + counts.aws, self.failed + counts.failed, self.calls + answers.len());
        let may_be =
            |answer: &str| right.contains(&answer) || (counts.failed > 0 && excused.contains(&answer));
        for answer in &answers {
            assert!(may_be(answer), "{} in {round:?}: {answer}", self.operation);
            *self.answers.entry(answer.clone()).or_default() += 1;
        }
        right.map(|right| answers.iter().filter(|answer| *answer == right).count())
    }

    /// Tells of it, once its effects were counted.
    pub(crate) fn tell(self) {
        let answers: Vec<_> =
            self.answers.iter().map(|(answer, times)| format!("{answer} × {times}")).collect();
        let (operation, calls, aws, failed) = (self.operation, self.calls, self.aws, self.failed);
        tell_row("parallel", &[&operation, &calls, &aws, &failed, &answers.join(", ")]);
    }
}
