use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::quota::{Grant, Pin};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, RowError, text};
use platform::rfc3339;

use super::QuotaStore;
use super::row::{self, LIVE_SINCE, PIN};

const OPERATION: &str = "Query";
/// The sparse local index of effective grants, by the time since which they are.
const INDEX: &str = "effective";

impl QuotaStore {
    /// The pin's grants in status `2` that became effective after `after`, oldest first. One strong query; grants
    /// that were cancelled or ran out are not read, and rows of other credit types are passed over.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn effective(
        &self,
        scope: &Scope,
        pin: &Pin,
        after: Timestamp,
    ) -> Result<Vec<Grant>, DynamoDbError> {
        let mut grants = Vec::new();
        let mut from = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.tables.grants)
                .index_name(INDEX)
                .key_condition_expression("#pin = :pin AND #live_since > :after")
                .expression_attribute_names("#pin", PIN)
                .expression_attribute_names("#live_since", LIVE_SINCE)
                .expression_attribute_values(":pin", text(pin.as_str()))
                .expression_attribute_values(":after", text(rfc3339::sortable(after)))
                .consistent_read(true)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| DynamoDbError::of(OPERATION, &error))?;
            scope.units().add_read(page.consumed_capacity());
            let read: Result<Vec<_>, RowError> =
                page.items().iter().filter_map(|item| row::grant(item, &self.statuses).transpose()).collect();
            grants.extend(read.map_err(|error| error.of(OPERATION))?);
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(grants);
            }
        }
    }
}
