//! What the jobs are to work on, and when: a sparse index over the orders that a job takes further (§5).

use domain::marketplace::{OrderKey, ThirdOrderStatus};
use jiff::Timestamp;
use platform::dynamodb::{self, DueQuery, DynamoDbError, Item, Row, text};
use platform::{Scope, shards};

use super::order_row::{ORDER, order_key};
use super::orders::OrderStore;

const OPERATION: &str = "Query";
const INDEX: &str = "work";
pub(super) const WORK_SHARD: &str = "work_shard";
pub(super) const WORK_AT: &str = "work_at";
/// Into how many partitions each job's part of the index is split.
pub const SHARDS: u32 = 4;
/// How many orders are asked for at a time.
const PAGE: i32 = 25;

/// What is to be done to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// It is to be parsed (item 6).
    Parse,
    /// Credit is to be applied for (item 7).
    Apply,
}

/// Some of the orders that a job is to work on.
#[derive(Debug)]
pub struct WorkPage {
    /// The orders, the longest due first.
    pub orders: Vec<OrderKey>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

impl Work {
    /// What is to be done to an order that stands here.
    #[must_use]
    pub fn of(status: ThirdOrderStatus) -> Option<Self> {
        match status {
            ThirdOrderStatus::ToBeParsed | ThirdOrderStatus::InProgress => Some(Self::Parse),
            ThirdOrderStatus::WaitingForCredit => Some(Self::Apply),
            ThirdOrderStatus::InformationIncomplete
            | ThirdOrderStatus::Processed
            | ThirdOrderStatus::Refused
            | ThirdOrderStatus::LoanFailed
            | ThirdOrderStatus::CreditInProgress
            | ThirdOrderStatus::WaitingForConfirmation
            | ThirdOrderStatus::WaitingForUseOfFunds => None,
        }
    }

    fn shard(self, shard: u32) -> String {
        match self {
            Self::Parse => format!("parse#{shard}"),
            Self::Apply => format!("apply#{shard}"),
        }
    }

    pub(super) fn shard_of(self, key: &OrderKey) -> String {
        self.shard(shard_of(key))
    }
}

/// The shard of an order, in every index.
pub(super) fn shard_of(key: &OrderKey) -> u32 {
    shards::shard_of(&[key.channel.as_str(), key.number.as_str()], SHARDS)
}

impl OrderStore {
    /// A page of the orders of a shard that are to be worked on by `time`. The index lags behind the table.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn work(
        &self,
        scope: &Scope,
        (work, shard): (Work, u32),
        time: Timestamp,
        from: Option<Item>,
    ) -> Result<WorkPage, DynamoDbError> {
        let query = DueQuery {
            table: &self.tables.orders,
            index: INDEX,
            shard: (WORK_SHARD, text(work.shard(shard))),
            at: (WORK_AT, time),
            limit: Some(PAGE),
            from,
        };
        let page = dynamodb::due(scope, &self.client, query).await?;
        let key = |item| {
            let key = Row::new(item).text(ORDER).map_err(|error| error.of(OPERATION))?;
            order_key(key).ok_or_else(|| DynamoDbError::vanished(OPERATION))
        };
        let orders = page.items.iter().map(key).collect::<Result<_, _>>()?;
        Ok(WorkPage { orders, next: page.next })
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::{ChannelId, OrderKey, OrderNumber, ThirdOrderStatus};

    use super::{SHARDS, Work, shard_of};

    fn key(number: u64) -> OrderKey {
        OrderKey { channel: ChannelId::of_text("840").unwrap(), number: OrderNumber::of_integer(number) }
    }

    #[test]
    fn an_order_keeps_its_shard_and_the_shards_are_even() {
        let shards: Vec<_> = (1..=8).map(|number| shard_of(&key(number))).collect();
        assert_eq!(shards, [2, 1, 3, 3, 3, 3, 0, 0]);
        let mut orders = [0_u32; SHARDS as usize];
        for number in 0..10_000 {
            orders[shard_of(&key(number)) as usize] += 1;
        }
        assert!(orders.iter().all(|count| (2_375..=2_625).contains(count)), "{orders:?}");
    }

    #[test]
    fn an_order_that_a_job_takes_further_is_in_the_index() {
        for status in ThirdOrderStatus::ALL {
            let expected = match status.code() {
                2 | 3 => Some(Work::Parse),
                10 => Some(Work::Apply),
                _ => None,
            };
            assert_eq!(Work::of(*status), expected, "{status:?}");
        }
        assert_eq!(Work::Apply.shard(3), "apply#3");
        assert!(Work::Parse.shard_of(&key(1)).starts_with("parse#"));
    }
}
