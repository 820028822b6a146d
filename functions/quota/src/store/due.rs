use domain::quota::{Amount, GrantId, Pin};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{self, DueQuery, DynamoDbError, Item, Row, RowError, number};
use platform::shards;

use super::QuotaStore;
use super::row::{self, DUE_AT, DUE_SHARD, PIN};

const OPERATION: &str = "Query";
/// The sparse index of effective grants that run out, by when they do.
const INDEX: &str = "due";
/// Into how many partitions the index is split: all grants of a list run out at once, and one partition takes 1,000
/// writes a second.
pub const SHARDS: u32 = 4;

/// A grant that ran out and is still counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Whose it is.
    pub pin: Pin,
    /// Which it is.
    pub id: GrantId,
    /// What it raised the quota by.
    pub change_limit: Amount,
}

/// A row of the index that cannot be read.
#[derive(Debug)]
pub struct UnreadableDue {
    /// The grant's key.
    pub grant_id: String,
    /// Whose it is, if that can be told.
    pub pin: String,
    /// What is wrong with it.
    pub failure: DynamoDbError,
}

/// Some of what is due.
#[derive(Debug)]
pub struct DuePage {
    /// The grants, the longest overdue first.
    pub grants: Vec<Due>,
    /// What cannot be read.
    pub unreadable: Vec<UnreadableDue>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

impl QuotaStore {
    /// A page of what a shard holds that ran out at `time` or before. The index lags behind the table: what was taken
    /// off a moment ago may still stand here.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn due(
        &self,
        scope: &Scope,
        shard: u32,
        time: Timestamp,
        from: Option<Item>,
    ) -> Result<DuePage, DynamoDbError> {
        let query = DueQuery {
            table: &self.tables.grants,
            index: INDEX,
            shard: (DUE_SHARD, number(shard)),
            at: (DUE_AT, time),
            limit: None,
            from,
        };
        let page = dynamodb::due(scope, &self.client, query).await?;
        let (mut grants, mut unreadable) = (Vec::new(), Vec::new());
        for item in &page.items {
            match read(item) {
                Ok(due) => grants.push(due),
                Err(error) => unreadable.push(UnreadableDue {
                    grant_id: row::grant_key(item).to_owned(),
                    pin: Row::new(item).text(PIN).unwrap_or_default().to_owned(),
                    failure: error.of(OPERATION),
                }),
            }
        }
        Ok(DuePage { grants, unreadable, next: page.next })
    }
}

fn read(item: &Item) -> Result<Due, RowError> {
    let (pin, id, change_limit) = row::due(item)?;
    let pin = Pin::new(pin).map_err(|error| RowError::new(PIN, &error))?;
    Ok(Due { pin, id, change_limit })
}

/// The shard of a pin's grants: the first digit of its fingerprint, which every shard has four of.
pub(super) fn shard_of(pin: &Pin) -> u32 {
    shards::shard_of(&[pin.as_str()], SHARDS)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::quota::Pin;

    use super::{SHARDS, shard_of};

    fn shard(pin: &str) -> u32 {
        shard_of(&Pin::new(pin).unwrap())
    }

    #[test]
    fn a_pin_keeps_its_shard() {
        let shards = ["p-1", "p-2", "p-3", "p-4", "p-5", "p-6", "p-7", "p-8"].map(shard);
        assert_eq!(shards, [3, 1, 1, 3, 3, 3, 1, 3]);
    }

    #[test]
    fn the_shards_are_even() {
        let mut pins = [0_u32; SHARDS as usize];
        for number in 0..10_000 {
            pins[shard(&format!("pin-{number}")) as usize] += 1;
        }
        assert!(pins.iter().all(|count| (2_375..=2_625).contains(count)), "{pins:?}");
    }
}
