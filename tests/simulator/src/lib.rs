//! The simulator (design §11.4): the functions of a context, its outbox, callbacks and event sources, run in a
//! [`world::World`] under a seed. Everything that happens is drawn from it: who calls what and when, what is delivered twice,
//! late and out of order, which call fails and how, where an invocation stops, which of several invocations goes on next.
//! The same seed leads to the same trace. After each step, and when everything has settled, what must hold is checked
//! (docs/RELIABILITY.md).
#![forbid(unsafe_code)]

pub mod chaos;
pub mod context;
pub mod invocation;
pub mod lambda;
pub mod marketplace;
pub mod random;
pub mod runs;
pub mod simulation;

pub use context::{Context, Violation};
pub use simulation::{Outcome, simulate};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A context that is simulated, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The whole life of marketplace orders.
    Marketplace,
}

impl Subject {
    /// All of them.
    pub const ALL: [Self; 1] = [Self::Marketplace];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Marketplace => "marketplace",
        }
    }

    /// Runs it under a seed.
    #[must_use]
    pub fn simulate(self, seed: u64) -> Outcome {
        match self {
            Self::Marketplace => simulate::<marketplace::Marketplace>(seed),
        }
    }
}

/// Locks what a simulation shares with the world that it lives in.
pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
