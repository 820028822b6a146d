//! How a minute's job goes through the orders that wait for it.

use std::time::Duration;

use domain::marketplace::OrderKey;
use platform::Scope;
use tracing::error;

use crate::store::{OrderStore, SHARDS, Work};

/// What a job looks at.
#[derive(Clone, Copy, Debug)]
pub struct Sweep {
    /// What is to be done.
    pub work: Work,
    /// With less time left no further order is begun.
    pub least_time: Duration,
}

/// How far a run came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Shards of which not everything could be read.
    pub unread: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

impl Sweep {
    /// Has every order taken that waits, one after the other. The index that tells them lags behind the rows.
    pub async fn each(
        self,
        store: &OrderStore,
        scope: &Scope,
        mut take: impl AsyncFnMut(&OrderKey),
    ) -> Swept {
        let mut swept = Swept::default();
        // Another shard comes first each time: if the time is not enough for all, none waits for ever.
        let minute = scope.now().as_second().div_euclid(60);
        let first = u32::try_from(minute.rem_euclid(i64::from(SHARDS))).unwrap_or(0);
        for shard in (first..SHARDS).chain(0..first) {
            let mut from = None;
            loop {
                let page = match store.work(scope, (self.work, shard), scope.now(), from).await {
                    Ok(page) => page,
                    Err(failure) => {
                        error!(%failure, shard, "the orders that wait could not be read");
                        swept.unread += 1;
                        break;
                    }
                };
                for key in &page.orders {
                    if scope.remaining() < self.least_time {
                        swept.out_of_time = true;
                        return swept;
                    }
                    take(key).await;
                }
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        swept
    }
}
