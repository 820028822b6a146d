//! The one source of the present instant (docs/ARCHITECTURE.md, Invariants).

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// Tells the present instant: the machine's, or one that a test sets.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Manual(ManualTime),
}

/// The hand of a manual clock: whoever holds it sets what [`Clock::now`] answers.
#[derive(Clone, Debug)]
pub struct ManualTime(Arc<AtomicI64>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` until its hand is moved.
    #[must_use]
    pub fn manual(start: Timestamp) -> (Self, ManualTime) {
        let time = ManualTime(Arc::new(AtomicI64::new(start.as_microsecond())));
        (Self(Source::Manual(time.clone())), time)
    }

    /// The present instant, to the microsecond.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Manual(time) => time.now(),
        }
    }

    /// Whole milliseconds since `started`; none when the clock was set back.
    pub(crate) fn milliseconds_since(&self, started: Timestamp) -> u64 {
        u64::try_from(self.now().as_millisecond().saturating_sub(started.as_millisecond())).unwrap_or(0)
    }
}

impl ManualTime {
    /// Where the hand stands.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }

    /// Moves the hand to `instant`, forwards or back.
    pub fn set(&self, instant: Timestamp) {
        self.0.store(instant.as_microsecond(), Ordering::SeqCst);
    }

    /// Moves the hand forwards by `duration`.
    pub fn advance(&self, duration: std::time::Duration) {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}
