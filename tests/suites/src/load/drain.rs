//! Lambda's pollers, as many as a function's source has: each takes a batch, and the next as soon as that is done.

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::join_all;
use world::{Delivery, World};

use super::Source;

/// How long a poller waits for messages.
const LONGEST_POLL: Duration = Duration::from_secs(20);
/// How often a poller comes in vain before the queue counts as stuck: hours, with the waits in between.
const MOST_POLLS: u32 = 20_000;

/// What was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Batches.
    pub batches: u64,
    /// Messages that were deleted.
    pub handled: u64,
    /// Messages that were left to come again, each time counted.
    pub returned: u64,
    /// The messages of the largest batch.
    pub largest: usize,
    /// The batches that were under way at once, at most.
    pub at_once: usize,
}

#[derive(Default)]
struct Watch {
    drained: Cell<Drained>,
    under_way: Cell<usize>,
}

impl Watch {
    fn note(&self, change: impl FnOnce(&mut Drained)) {
        let mut drained = self.drained.get();
        change(&mut drained);
        self.drained.set(drained);
    }

    fn end(&self, delivery: &Delivery) {
        self.under_way.set(self.under_way.get() - 1);
        let (handled, failed) = (delivery.handled.len(), delivery.failed.len());
        if handled + failed > 0 {
            self.note(|drained| {
                drained.batches += 1;
                drained.handled += u64::try_from(handled).unwrap_or_default();
                drained.returned += u64::try_from(failed).unwrap_or_default();
                drained.largest = drained.largest.max(handled + failed);
            });
        }
    }

    fn begin(&self) {
        self.under_way.set(self.under_way.get() + 1);
        self.note(|drained| drained.at_once = drained.at_once.max(self.under_way.get()));
    }
}

/// Has the processes take what is in the queue until nothing is.
///
/// # Panics
/// When messages come again and again.
pub async fn drain<P>(
    world: &World,
    source: &Source,
    processes: &[P],
    take: impl AsyncFn(&P) -> Delivery,
) -> Drained {
    let watch = Watch::default();
    let pollers = processes.iter().map(async |process| {
        for _ in 0..MOST_POLLS {
            watch.begin();
            let delivery = take(process).await;
            watch.end(&delivery);
            if delivery == Delivery::default() {
                let Some(pause) = pause(world, &source.queue) else { return };
                tokio::time::sleep(pause).await;
                world.pass(Duration::ZERO).await;
            }
        }
        panic!("{} is not drained: {:?}", source.queue, watch.drained.get());
    });
    join_all(pollers).await;
    watch.drained.get()
}

/// How long nothing is visible in the queue; `None` when nothing is left in it.
fn pause(world: &World, queue: &str) -> Option<Duration> {
    let next = world.messages(queue).into_iter().map(|message| message.visible_at).min()?;
    let left = Duration::try_from(next.duration_since(world.time().now())).unwrap_or_default();
    Some(left.clamp(Duration::from_millis(1), LONGEST_POLL))
}
