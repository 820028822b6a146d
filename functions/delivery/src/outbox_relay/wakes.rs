use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use platform::Scope;
use platform::callbacks::{CallbackStore, DueOrder, SHARDS, WakeUps};
use platform::metrics::{Measure, MeasureUnit};
use tracing::error;

/// What is due within this is woken for: the next run comes in a minute, and the index lags.
const AHEAD: Duration = Duration::from_secs(90);
/// With less time left no further page is begun: the outbox has its turn after the wake-ups.
const LEAST_TIME: Duration = Duration::from_secs(25);

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
    /// Pages that could not be read, or whose wake-ups were not all sent.
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
    /// that waits: what waits for its next try, and what waits because its partner is switched off, too.
    pub async fn wake(&self, scope: &Scope) -> Woken {
        let (mut woken, mut ages) = (Woken::default(), Ages::new());
        for shard in 0..SHARDS {
            let mut from = None;
            loop {
                if scope.remaining() < LEAST_TIME {
                    woken.out_of_time = true;
                    break;
                }
                let page = match self.store.due(scope, shard, from).await {
                    Ok(page) => page,
                    Err(failure) => {
                        error!(%failure, shard, "the callbacks that are due could not be read");
                        woken.failed += 1;
                        break;
                    }
                };
                self.wake_these(scope, &mut woken, &page.items).await;
                page.items.iter().for_each(|due| note(&mut ages, due));
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        tell(scope, ages);
        woken
    }

    async fn wake_these(&self, scope: &Scope, woken: &mut Woken, orders: &[DueOrder]) {
        let now = scope.now();
        let delay = |due: &DueOrder| Duration::try_from(due.due_at.duration_since(now)).unwrap_or_default();
        let soon: Vec<_> = orders
            .iter()
            .map(|due| (due.order.as_str(), delay(due)))
            .filter(|(_, delay)| *delay <= AHEAD)
            .collect();
        woken.waiting += u64::try_from(orders.len()).unwrap_or_default();
        match self.wake_ups.send_later(scope, &soon).await {
            Ok(()) => woken.woken += u64::try_from(soon.len()).unwrap_or_default(),
            Err(failure) => {
                error!(%failure, "wake-ups were not sent");
                woken.failed += 1;
            }
        }
    }
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
