//! What a context brings to be simulated.

use std::fmt;

use crate::lambda::Lambda;
use crate::random::Dice;

/// Something that must hold, and does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant's name, as docs/RELIABILITY.md has it.
    pub invariant: &'static str,
    /// What was seen instead.
    pub seen: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.invariant, self.seen)
    }
}

/// Checks one invariant.
///
/// # Errors
/// It does not hold.
pub fn hold(invariant: &'static str, holds: bool, seen: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation { invariant, seen: seen() }) }
}

/// A context over a world: its functions, a small population around it, and what must hold.
pub trait Context: Sized {
    /// Something that happens.
    type Move: fmt::Debug;

    /// Its name, as `cargo xtask simulate --context` takes it.
    const NAME: &'static str;

    /// How many steps a history has.
    const STEPS: usize;

    /// How many seeds of it the gate runs.
    const GATE_SEEDS: u64;

    /// What these seeds must reach in all, in words of [`Self::reached`]: seeds that reach nothing find nothing.
    const GATE_REACHES: &'static [&'static str];

    /// An empty world with the functions in it.
    fn new(lambda: Lambda, dice: Dice) -> impl Future<Output = Self>;

    /// What happens next.
    fn draw(&self) -> Self::Move;

    /// Has it happen.
    fn play(&self, next: &Self::Move) -> impl Future<Output = ()>;

    /// Has everything done that is still to be done, once; nothing fails meanwhile.
    fn settle(&self) -> impl Future<Output = ()>;

    /// What is still to be done, if something is.
    fn unsettled(&self) -> Option<String>;

    /// What must hold at any time.
    ///
    /// # Errors
    /// It does not.
    fn check(&self) -> Result<(), Violation>;

    /// What must hold when everything is settled.
    ///
    /// # Errors
    /// It does not.
    fn check_end(&self) -> Result<(), Violation>;

    /// How far the history came: words that are counted over all seeds.
    fn reached(&self) -> Vec<String>;
}
