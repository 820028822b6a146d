//! How a minute's job goes through the orders that wait for it.

use std::collections::VecDeque;
use std::time::Duration;

use domain::marketplace::OrderKey;
use jiff::{SignedDuration, Timestamp};
use platform::Scope;
use platform::shards::Pages;
use tracing::error;

use crate::store::{OrderStore, SHARDS, Work};

/// How often a minute's job runs.
pub const EVERY_MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A run's way through the index of what is to be done.
#[derive(Debug)]
pub struct Sweep<'a> {
    store: &'a OrderStore,
    scope: &'a Scope,
    work: Work,
    /// By when something is due.
    time: Timestamp,
    least_time: Duration,
    pages: Pages,
    orders: VecDeque<OrderKey>,
    swept: Swept,
}

/// How far a run came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Shards of which not everything could be read.
    pub unread: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

impl<'a> Sweep<'a> {
    /// Begins with what is due by `time`, a schedule's; with less than `least_time` left no further order is given.
    #[must_use]
    pub fn begin(
        store: &'a OrderStore,
        scope: &'a Scope,
        (work, time): (Work, Timestamp),
        least_time: Duration,
    ) -> Self {
        let pages = Pages::in_turn(SHARDS, time, EVERY_MINUTE);
        let (orders, swept) = (VecDeque::new(), Swept::default());
        Self { store, scope, work, time, least_time, pages, orders, swept }
    }

    /// The next order that waits. The index that tells it lags behind the rows.
    pub async fn next(&mut self) -> Option<OrderKey> {
        loop {
            if let Some(order) = self.orders.pop_front() {
                self.swept.out_of_time = self.scope.remaining() < self.least_time;
                return (!self.swept.out_of_time).then_some(order);
            }
            let (shard, from) = self.pages.next_page()?;
            match self.store.work(self.scope, (self.work, shard), self.time, from).await {
                Ok(page) => {
                    self.orders.extend(page.orders);
                    self.pages.go_on(shard, page.next);
                }
                Err(failure) => {
                    error!(%failure, shard, "the orders that wait could not be read");
                    self.swept.unread += 1;
                }
            }
        }
    }

    /// How far it came.
    #[must_use]
    pub fn swept(&self) -> Swept {
        self.swept
    }
}
