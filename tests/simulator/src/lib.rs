//! The simulator (design §11.4): the functions of a context, its outbox, callbacks and event sources, run in a
//! [`world::World`] under a seed. Everything that happens is drawn from it: who calls what and when, what is delivered twice,
//! late and out of order, which call fails and how, where an invocation stops, which of several invocations goes on next.
//! The same seed leads to the same trace. After each step, and when everything has settled, what must hold is checked
//! (docs/RELIABILITY.md).
#![forbid(unsafe_code)]

pub mod chaos;
pub mod context;
pub mod crm;
pub mod instalment;
pub mod invocation;
pub mod lambda;
pub mod lease;
pub mod marketplace;
pub mod outbox;
pub mod quota;
pub mod random;
pub mod rows;
pub mod runs;
pub mod simulation;
pub mod sources;

pub use context::{Context, Violation};
pub use simulation::{Outcome, simulate};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A context that is simulated, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Clients who hesitate, and the tasks about them.
    Crm,
    /// Instalment lines and their renewals.
    Instalment,
    /// Lease orders, from their registration to the end of their withhold agreement.
    Lease,
    /// The whole life of marketplace orders.
    Marketplace,
    /// The temporary quota: grants and accounts.
    Quota,
}

/// What is known of a context without running it, and how it is run.
struct Entry {
    name: &'static str,
    gate_seeds: u64,
    gate_reaches: &'static [&'static str],
    simulate: fn(u64) -> Outcome,
}

impl Entry {
    fn of<C: Context>() -> Self {
        let (name, gate_seeds, gate_reaches) = (C::NAME, C::GATE_SEEDS, C::GATE_REACHES);
        Self { name, gate_seeds, gate_reaches, simulate: simulate::<C> }
    }
}

impl Subject {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Crm, Self::Instalment, Self::Lease, Self::Marketplace, Self::Quota];

    fn entry(self) -> Entry {
        match self {
            Self::Crm => Entry::of::<crm::Crm>(),
            Self::Instalment => Entry::of::<instalment::Instalment>(),
            Self::Lease => Entry::of::<lease::Lease>(),
            Self::Marketplace => Entry::of::<marketplace::Marketplace>(),
            Self::Quota => Entry::of::<quota::Quota>(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// How many seeds of it the gate runs.
    #[must_use]
    pub fn gate_seeds(self) -> u64 {
        self.entry().gate_seeds
    }

    /// What these must reach in all.
    #[must_use]
    pub fn gate_reaches(self) -> &'static [&'static str] {
        self.entry().gate_reaches
    }

    /// Runs it under a seed.
    #[must_use]
    pub fn simulate(self, seed: u64) -> Outcome {
        (self.entry().simulate)(seed)
    }
}

/// Locks what a simulation shares with the world that it lives in.
pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
