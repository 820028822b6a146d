use aws_sdk_dynamodb::types::{DeleteRequest, ReturnConsumedCapacity, WriteRequest};
use futures_util::StreamExt;
use futures_util::stream;

use super::Outbox;
use super::pending::Pending;
use super::send::CALLS_AT_ONCE;
use crate::Scope;
use crate::dynamodb::DynamoDbError;

const OPERATION: &str = "BatchWriteItem";
/// DynamoDB takes so many rows in a call.
const MOST_ROWS: usize = 25;

/// What came of deleting rows.
#[derive(Debug, Default)]
pub(super) struct Deleted {
    pub(super) rows: usize,
    /// Why the others were not deleted, if that is known.
    pub(super) cause: Option<DynamoDbError>,
}

impl Outbox {
    /// Deletes rows. A call deletes 25, for as many units as one by one: the fewer round trips. There is no condition,
    /// since a row never changes; one that another run has deleted is gone all the same.
    pub(super) async fn delete(&self, scope: &Scope, rows: &[&Pending]) -> Deleted {
        let calls = rows.chunks(MOST_ROWS).map(|chunk| Box::pin(self.delete_together(scope, chunk)));
        let calls: Vec<_> = calls.collect();
        let mut ended = stream::iter(calls).buffer_unordered(CALLS_AT_ONCE);
        let mut deleted = Deleted::default();
        while let Some(of_chunk) = ended.next().await {
            match of_chunk {
                Ok(rows) => deleted.rows += rows,
                Err(error) => deleted.cause = Some(error),
            }
        }
        deleted
    }

    /// Tells how many were deleted: DynamoDB hands back what it could not do.
    async fn delete_together(&self, scope: &Scope, rows: &[&Pending]) -> Result<usize, DynamoDbError> {
        let requests = rows.iter().map(|row| {
            let delete = DeleteRequest::builder().set_key(Some(row.key())).build();
            let delete = delete.map_err(|error| DynamoDbError::incomplete(OPERATION, &error))?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        });
        let answer = self
            .client
            .batch_write_item()
            .request_items(&self.table, requests.collect::<Result<Vec<_>, DynamoDbError>>()?)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(OPERATION, &error))?;
        answer.consumed_capacity().iter().for_each(|table| scope.units().add_write(Some(table)));
        let back = answer.unprocessed_items().and_then(|tables| tables.get(&self.table)).map_or(0, Vec::len);
        Ok(rows.len().saturating_sub(back))
    }
}
