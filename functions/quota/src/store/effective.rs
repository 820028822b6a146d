use domain::quota::{Grant, Pin};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, RowError, query, text};
use platform::rfc3339;

use super::QuotaStore;
use super::row::{self, LIVE_SINCE, PIN};

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
        let call = self
            .client
            .query()
            .table_name(&self.tables.grants)
            .index_name(INDEX)
            .key_condition_expression("#pin = :pin AND #live_since > :after")
            .expression_attribute_names("#pin", PIN)
            .expression_attribute_names("#live_since", LIVE_SINCE)
            .expression_attribute_values(":pin", text(pin.as_str()))
            .expression_attribute_values(":after", text(rfc3339::sortable(after)));
        let items = query(scope, call).await?;
        let grants = items.iter().filter_map(|item| row::grant(item, &self.statuses).transpose());
        grants.collect::<Result<_, _>>().map_err(|error: RowError| error.of("Query"))
    }
}
