//! The table of the outbox: a row is written with the change that causes its message, and deleted once that is sent.

use std::collections::HashMap;
use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, Put, WriteRequest};
use bench::Error;
use futures_util::future::try_join_all;

use crate::clients::Aws;
use crate::dynamodb::{Item, NOW, STAMP, UNITS, number, text};

/// Into how many partitions the table is split.
pub(crate) const SHARDS: u32 = 4;
/// How many rows of a shard are read at once.
const PAGE: i32 = 50;
/// How many rows one call deletes.
const MOST_DELETED: usize = 25;

/// The table.
pub(crate) struct Unsent {
    client: Client,
    table: String,
}

/// What a row holds.
pub(crate) struct Row<'a> {
    /// Its id, whose first digit is its shard.
    pub(crate) id: &'a str,
    /// Where its message goes.
    pub(crate) destination: &'a [(&'a str, &'a str)],
    /// The message.
    pub(crate) body: &'a str,
    /// The message's attributes.
    pub(crate) attributes: &'a [(String, String)],
}

impl Unsent {
    /// Reads the functions' own variable.
    pub(crate) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self { client: aws.dynamodb(), table: env::var("OUTBOX_TABLE")? })
    }

    /// A row, for the transaction of what causes it.
    pub(crate) fn put(&self, row: &Row<'_>) -> PutBuilder {
        let destination = row.destination.iter().map(|(name, value)| ((*name).to_owned(), text(*value)));
        let attributes = row.attributes.iter().map(|(name, value)| (name.clone(), text(value)));
        Put::builder()
            .table_name(&self.table)
            .set_item(Some(key(row.id)))
            .item("destination", AttributeValue::M(destination.collect()))
            .item("body", text(row.body))
            .item("attributes", AttributeValue::M(attributes.collect()))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
            .condition_expression("attribute_not_exists(#entry)")
            .expression_attribute_names("#entry", "entry")
    }

    /// A page of what a shard holds that was made before `before`, and where the next one begins.
    pub(crate) async fn page(
        &self,
        shard: u32,
        before: &str,
        from: Option<Item>,
    ) -> Result<(Vec<Item>, Option<Item>), Error> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#shard = :shard AND #entry < :before")
            .expression_attribute_names("#shard", "shard")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":shard", number(shard))
            .expression_attribute_values(":before", text(before))
            .limit(PAGE)
            .return_consumed_capacity(UNITS)
            .set_exclusive_start_key(from);
        let page = query.send().await?;
        Ok((page.items.unwrap_or_default(), page.last_evaluated_key))
    }

    /// Deletes rows, as many in a call as it takes.
    pub(crate) async fn delete(&self, keys: Vec<Item>) -> Result<(), Error> {
        try_join_all(keys.chunks(MOST_DELETED).map(|keys| self.delete_together(keys))).await?;
        Ok(())
    }

    async fn delete_together(&self, keys: &[Item]) -> Result<(), Error> {
        let delete = |key: &Item| -> Result<WriteRequest, Error> {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build()?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        };
        let deletes: Vec<_> = keys.iter().map(delete).collect::<Result<_, _>>()?;
        let call = self.client.batch_write_item().request_items(&self.table, deletes);
        let left = call.return_consumed_capacity(UNITS).send().await?.unprocessed_items;
        if left.is_some_and(|left| !left.is_empty()) { Err("a row was not deleted".into()) } else { Ok(()) }
    }
}

/// The key of the row with this id, made at [`NOW`].
pub(crate) fn key(id: &str) -> Item {
    let shard = id.chars().next().and_then(|digit| digit.to_digit(16)).unwrap_or(0) % SHARDS;
    HashMap::from([("shard".to_owned(), number(shard)), ("entry".to_owned(), text(format!("{NOW}#{id}")))])
}
