//! The world's time: a hand that the test may move, and that follows tokio's paused clock.

use std::sync::Mutex;

use platform::clock::ManualTime;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::lock;

/// Waiting on tokio's clock (a time-out, a pause between retries, a slow answer) takes time for everybody:
/// the hand is moved along whenever the world is called or left.
pub(crate) struct Time {
    hand: ManualTime,
    seen: Mutex<Option<Instant>>,
}

impl Time {
    pub(crate) fn new(hand: ManualTime) -> Self {
        let seen = Handle::try_current().is_ok().then(Instant::now);
        Self { hand, seen: Mutex::new(seen) }
    }

    pub(crate) fn hand(&self) -> &ManualTime {
        &self.hand
    }

    /// Moves the hand by what has passed on tokio's clock since the last time.
    pub(crate) fn follow(&self) {
        let now = Instant::now();
        if let Some(seen) = lock(&self.seen).replace(now) {
            self.hand.advance(now.saturating_duration_since(seen));
        }
    }

    /// Follows now, and again when the guard is dropped, whoever ends the wait.
    pub(crate) fn follow_to_end(&self) -> Following<'_> {
        self.follow();
        Following(self)
    }
}

/// A wait in which the hand moves along.
pub(crate) struct Following<'a>(&'a Time);

impl Drop for Following<'_> {
    fn drop(&mut self) {
        self.0.follow();
    }
}
