//! What lease-reconcile is to look at, and when: a sparse index over the orders that wait for something (§12).

use std::time::Duration;

use domain::lease::{Order, OrderId, OrderState};
use jiff::Timestamp;
use platform::dynamodb::{self, DueQuery, DynamoDbError, Item, Row, number};
use platform::{Scope, shards};

use super::LeaseStore;
use super::order_row::{ORDER_ID, WATCH_AT, WATCH_SHARD};

const OPERATION: &str = "Query";
const INDEX: &str = "watch";
/// Into how many partitions the index is split.
pub const SHARDS: u32 = 4;
/// An outcome is looked for when it has been unknown for longer than this.
const UNKNOWN_FOR: Duration = Duration::from_mins(1);
/// An order that waits for the user is looked at after this, and each time in vain twice as late.
const FIRST_LOOK: Duration = Duration::from_mins(5);
/// An outcome that is not known is looked for no later than this,
const LATEST_LOOK_FOR_OUTCOME: Duration = Duration::from_mins(15);
/// and anything else no later than this.
const LATEST_LOOK: Duration = Duration::from_hours(6);

/// When the order is to be looked at, if anything is to be found out: at once if Ant told something at `notified_at`;
/// `looks` is how often it was in vain.
#[must_use]
pub fn watch_at(
    order: &Order,
    notified_at: Option<Timestamp>,
    looks: u32,
    now: Timestamp,
) -> Option<Timestamp> {
    let later = |from: Timestamp, wait: Duration| from.checked_add(wait).unwrap_or(Timestamp::MAX);
    if let Some(at) = notified_at {
        return Some(if looks == 0 { at } else { later(now, wait(looks)) });
    }
    if let Some(unknown) = &order.unknown {
        let first = later(unknown.since, UNKNOWN_FOR).max(unknown.running_until);
        return Some(if looks == 0 { first } else { later(now, wait(looks).min(LATEST_LOOK_FOR_OUTCOME)) });
    }
    match order.state {
        OrderState::ContractSigning
        | OrderState::WithholdSigning
        | OrderState::WithholdSigned
        | OrderState::Sealing => Some(later(now, wait(looks))),
        OrderState::New
        | OrderState::Synced
        | OrderState::Active
        | OrderState::PlanCancelled
        | OrderState::Fulfilled
        | OrderState::Closed
        | OrderState::Unbound => None,
    }
}

fn wait(looks: u32) -> Duration {
    FIRST_LOOK.saturating_mul(1_u32.checked_shl(looks).unwrap_or(u32::MAX)).min(LATEST_LOOK)
}

pub(super) fn shard_of(id: &OrderId) -> u32 {
    shards::shard_of(&[id.as_str()], SHARDS)
}

/// How many orders are asked for at a time.
const PAGE: i32 = 25;

/// Some of the orders to look at.
#[derive(Debug)]
pub struct WatchedPage {
    /// The orders, the longest due first.
    pub orders: Vec<OrderId>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

impl LeaseStore {
    /// A page of the orders of a shard that are to be looked at by `time`. The index lags behind the table.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn watched(
        &self,
        scope: &Scope,
        shard: u32,
        time: Timestamp,
        from: Option<Item>,
    ) -> Result<WatchedPage, DynamoDbError> {
        let query = DueQuery {
            table: &self.tables.orders,
            index: INDEX,
            shard: (WATCH_SHARD, number(shard)),
            at: (WATCH_AT, time),
            limit: Some(PAGE),
            from,
        };
        let page = dynamodb::due(scope, &self.client, query).await?;
        let id = |item| {
            let id = Row::new(item).text(ORDER_ID).map_err(|error| error.of(OPERATION))?;
            OrderId::new(id).map_err(|_| DynamoDbError::vanished(OPERATION))
        };
        let orders = page.items.iter().map(id).collect::<Result<_, _>>()?;
        Ok(WatchedPage { orders, next: page.next })
    }
}
