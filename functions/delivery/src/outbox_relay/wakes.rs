use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use platform::Scope;
use platform::callbacks::{CallbackStore, DueOrder, SHARDS, WakeUps};
use platform::metrics::{Measure, MeasureUnit};
use platform::shards::Pages;
use tracing::error;

/// How often the job runs.
const EVERY: SignedDuration = SignedDuration::from_mins(1);
/// What is due within this is woken for: the next run comes in a minute, and the index lags.
const AHEAD: Duration = Duration::from_secs(90);
/// So many minutes what is overdue is woken for by every run, and later by one run in [`SELDOM`].
const OFTEN_MINUTES: i64 = 4;
/// By which runs what is long overdue is woken for.
const SELDOM: i64 = 8;
/// With less time left no further page is begun.
const LEAST_TIME: Duration = Duration::from_secs(25);
/// What the outbox has for itself after the wake-ups, however slowly the queue takes them.
const OUTBOX_TIME: Duration = Duration::from_secs(20);

/// Wakes whoever sends callbacks, for each order that is due.
#[derive(Clone, Debug)]
pub struct Waking {
    /// The callbacks.
    pub store: CallbackStore,
    /// The worker's queue.
    pub wake_ups: WakeUps,
}

/// What was woken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Woken {
    /// Orders for which a wake-up was sent.
    pub woken: u64,
    /// Orders of which something waits.
    pub waiting: u64,
    /// Pages that could not be read, or whose wake-ups were not all sent, and heads that cannot be read.
    pub failed: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

/// The age of the oldest of each group, and how many orders wait.
type Ages = BTreeMap<String, (Timestamp, u64)>;

impl Woken {
    /// Whether everything was looked at, and woken for.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && !self.out_of_time
    }
}

impl Waking {
    /// Wakes for what is due soon, each wake-up held back until it is, and measures how old the oldest is of everything
    /// that waits: what waits for its next try, and what waits because its partner is switched off, too. `time` is the
    /// one that the run was scheduled for.
    pub async fn wake(&self, scope: &Scope, time: Timestamp) -> Woken {
        let (mut woken, mut ages) = (Woken::default(), Ages::new());
        let mut pages = Pages::in_turn(SHARDS, time, EVERY);
        while let Some((shard, from)) = pages.next_page() {
            if scope.remaining() < LEAST_TIME {
                woken.out_of_time = true;
                break;
            }
            match self.store.due(scope, shard, from).await {
                Ok(page) => {
                    pages.go_on(shard, page.next);
                    for (order, failure) in page.unreadable {
                        error!(%failure, order, "the head of an order's callbacks cannot be read");
                        woken.failed += 1;
                    }
                    self.wake_these(scope, time, &mut woken, &page.orders).await;
                    page.orders.iter().for_each(|due| note(&mut ages, due));
                }
                Err(failure) => {
                    error!(%failure, shard, "the callbacks that are due could not be read");
                    woken.failed += 1;
                }
            }
        }
        tell(scope, ages);
        woken
    }

    async fn wake_these(&self, scope: &Scope, time: Timestamp, woken: &mut Woken, orders: &[DueOrder]) {
        let now = scope.now();
        let delay = |due: &DueOrder| Duration::try_from(due.due_at.duration_since(now)).unwrap_or_default();
        let soon: Vec<_> = orders
            .iter()
            .filter(|due| has_its_turn(due.due_at, time))
            .map(|due| (due.order.as_str(), delay(due)))
            .filter(|(_, delay)| *delay <= AHEAD)
            .collect();
        woken.waiting += u64::try_from(orders.len()).unwrap_or_default();
        let time = scope.remaining().saturating_sub(OUTBOX_TIME);
        match self.wake_ups.send_within(scope, &soon, time).await {
            Ok(()) => woken.woken += u64::try_from(soon.len()).unwrap_or_default(),
            Err(failure) => {
                error!(%failure, "wake-ups were not sent");
                woken.failed += 1;
            }
        }
    }
}

/// Whether the run of `time` wakes for what is due at `due_at`. A wake-up that was sent waits in the queue when the worker
/// is behind: one more each minute would only lengthen the queue before those that are new. One that was lost is made up
/// for.
fn has_its_turn(due_at: Timestamp, time: Timestamp) -> bool {
    let minutes_overdue = time.duration_since(due_at).as_secs().div_euclid(EVERY.as_secs());
    minutes_overdue < OFTEN_MINUTES || minutes_overdue % SELDOM == 0
}

/// What stands before the `#` of an order is its group: the marketplace's channel.
fn note(ages: &mut Ages, due: &DueOrder) {
    let group = due.order.split_once('#').map_or("-", |(group, _)| group);
    let (oldest, orders) = ages.entry(group.to_owned()).or_insert((due.waits_since, 0));
    *oldest = due.waits_since.min(*oldest);
    *orders += 1;
}

fn tell(scope: &Scope, ages: Ages) {
    for (channel, (oldest, orders)) in ages {
        let seconds = u64::try_from(scope.now().duration_since(oldest).as_secs()).unwrap_or_default();
        let label = ("channel", channel);
        scope.measure(Measure {
            name: "callback_oldest_age_s",
            unit: MeasureUnit::Seconds,
            label: label.clone(),
            value: seconds,
        });
        scope.measure(Measure {
            name: "callback_orders_waiting",
            unit: MeasureUnit::Count,
            label,
            value: orders,
        });
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{EVERY, has_its_turn};

    #[test]
    fn what_is_overdue_is_woken_for_by_the_first_four_runs_and_then_by_each_eighth() {
        for seconds in [0, 1, 59] {
            let due_at = Timestamp::UNIX_EPOCH - SignedDuration::from_secs(seconds);
            let runs = (-2..30).filter(|run| has_its_turn(due_at, Timestamp::UNIX_EPOCH + EVERY * *run));
            assert_eq!(runs.collect::<Vec<i32>>(), [-2, -1, 0, 1, 2, 3, 8, 16, 24], "{seconds}");
        }
    }
}
