use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;

use super::Outbox;
use super::pending::{ENTRY, Pending, SHARD};
use crate::dynamodb::{DynamoDbError, Item, number, text};
use crate::{Scope, rfc3339};

const OPERATION: &str = "Query";
/// How many rows a page has at most: two calls' worth of deletions.
const PAGE: i32 = 50;

/// Some of what is unsent.
#[derive(Debug)]
pub struct Page {
    /// The rows, oldest first.
    pub rows: Vec<Pending>,
    /// The rows that cannot be read, as the failures that they are.
    pub unreadable: Vec<DynamoDbError>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

impl Outbox {
    /// A page of what a shard holds that was made before `before`. The read is eventually consistent: what was sent a
    /// moment ago may still stand there, and is then sent twice.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn unsent(
        &self,
        scope: &Scope,
        shard: u32,
        before: Timestamp,
        from: Option<Item>,
    ) -> Result<Page, DynamoDbError> {
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#shard = :shard AND #entry < :before")
            .expression_attribute_names("#shard", SHARD)
            .expression_attribute_names("#entry", ENTRY)
            .expression_attribute_values(":shard", number(shard))
            .expression_attribute_values(":before", text(rfc3339::sortable(before)))
            .limit(PAGE)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(OPERATION, &error))?;
        scope.units().add_read(page.consumed_capacity());
        let (mut rows, mut unreadable) = (Vec::new(), Vec::new());
        for item in page.items() {
            match Pending::read(&self.table, item) {
                Ok(row) => rows.push(row),
                Err(error) => unreadable.push(error.of(OPERATION)),
            }
        }
        Ok(Page { rows, unreadable, next: page.last_evaluated_key })
    }
}
