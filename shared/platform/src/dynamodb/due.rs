use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use jiff::Timestamp;

use super::{DynamoDbError, Item, text};
use crate::{Scope, rfc3339};

/// A question for what is due: of an index that is split into shards and sorted by an instant.
#[derive(Clone, Debug)]
pub struct DueQuery<'a> {
    /// The table.
    pub table: &'a str,
    /// Its index.
    pub index: &'a str,
    /// The attribute of the shard, and which one.
    pub shard: (&'a str, AttributeValue),
    /// The attribute of the instant, and by when something is due.
    pub at: (&'a str, Timestamp),
    /// The most items of a page; without it as many as fit.
    pub limit: Option<i32>,
    /// Where the page begins.
    pub from: Option<Item>,
}

/// A page of items.
#[derive(Debug)]
pub struct ItemPage {
    /// The items, the longest due first.
    pub items: Vec<Item>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

/// A page of what is due. The index lags behind the table.
///
/// # Errors
/// The call failed.
pub async fn due(scope: &Scope, client: &Client, query: DueQuery<'_>) -> Result<ItemPage, DynamoDbError> {
    let DueQuery { table, index, shard, at, limit, from } = query;
    let output = client
        .query()
        .table_name(table)
        .index_name(index)
        .key_condition_expression("#shard = :shard AND #at <= :time")
        .expression_attribute_names("#shard", shard.0)
        .expression_attribute_names("#at", at.0)
        .expression_attribute_values(":shard", shard.1)
        .expression_attribute_values(":time", text(rfc3339::sortable(at.1)))
        .set_limit(limit)
        .set_exclusive_start_key(from)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .map_err(|error| DynamoDbError::of("Query", &error))?;
    scope.units().add_read(output.consumed_capacity());
    Ok(ItemPage { items: output.items.unwrap_or_default(), next: output.last_evaluated_key })
}
