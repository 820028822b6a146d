use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::quota::{Amount, GrantId, Pin};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, Item, RowError, number, text};
use platform::{fingerprint, rfc3339};

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

/// Some of what is due.
#[derive(Debug)]
pub struct DuePage {
    /// The grants, the longest overdue first; a row that cannot be read stands as the failure that it is.
    pub grants: Vec<Result<Due, DynamoDbError>>,
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
        let page = self
            .client
            .query()
            .table_name(&self.tables.grants)
            .index_name(INDEX)
            .key_condition_expression("#due_shard = :shard AND #due_at <= :time")
            .expression_attribute_names("#due_shard", DUE_SHARD)
            .expression_attribute_names("#due_at", DUE_AT)
            .expression_attribute_values(":shard", number(shard))
            .expression_attribute_values(":time", text(rfc3339::sortable(time)))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(OPERATION, &error))?;
        scope.units().add_read(page.consumed_capacity());
        let grants = page.items().iter().map(|item| read(item).map_err(|error| error.of(OPERATION)));
        Ok(DuePage { grants: grants.collect(), next: page.last_evaluated_key })
    }
}

fn read(item: &Item) -> Result<Due, RowError> {
    let (pin, id, change_limit) = row::due(item)?;
    let pin = Pin::new(pin).map_err(|error| RowError::new(PIN, &error))?;
    Ok(Due { pin, id, change_limit })
}

/// The shard of a pin's grants.
pub(super) fn shard_of(pin: &Pin) -> u32 {
    let digits = fingerprint(&[pin.as_str()]);
    digits.bytes().next().map_or(0, |digit| u32::from(digit) % SHARDS)
}
