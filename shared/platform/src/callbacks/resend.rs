use aws_sdk_dynamodb::types::Update;
use jiff::Timestamp;

use super::store::{CallbackStore, Listed, Page};
use super::stored::CallbackId;
use super::{
    CallbackState, DEAD_AT, DONE_SEQ, DUE_AT, DUE_SHARD, FAILURES, HEAD, LAST_SEQ, ORDER, RESENDS, RESENT_AT,
    SEQ, STATE, WAITED_MS, WAITS_SINCE, shard_of,
};
use crate::dynamodb::{DynamoDbError, ErrorKind, Item, STAMP, Transacted, Transaction, number, text};
use crate::{Scope, rfc3339};

/// How often a write is tried that others stand in the way of.
const TRIES: u32 = 6;

impl CallbackStore {
    /// Has a dead callback sent again: it keeps its place, its time begins anew, and its order is due now. `false` if it
    /// is not dead, or there is none.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn resend(&self, scope: &Scope, id: &CallbackId) -> Result<bool, DynamoDbError> {
        let mut tries = 0;
        loop {
            let stamp = scope.stamp();
            let transaction = self.resending(scope, id, &stamp);
            tries += 1;
            match transaction.commit(&self.client, scope, &stamp).await {
                Ok(Transacted::Applied) => return Ok(true),
                Ok(Transacted::Lost(_)) => return Ok(false),
                Err(failure) if failure.kind == ErrorKind::Contended && tries < TRIES => {
                    scope.pause(tries).await;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    /// A page of what was given up at an instant or after it. Those given up before are read over, which costs little:
    /// the index holds few.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn dead_since(
        &self,
        scope: &Scope,
        since: Timestamp,
        from: Option<Item>,
    ) -> Result<Page<Listed>, DynamoDbError> {
        let query = self
            .client
            .query()
            .filter_expression("#dead_at >= :since")
            .expression_attribute_names("#dead_at", DEAD_AT)
            .expression_attribute_values(":since", text(rfc3339::sortable(since)))
            .set_exclusive_start_key(from);
        self.listed(scope, CallbackState::Dead, query).await
    }

    fn resending(&self, scope: &Scope, id: &CallbackId, stamp: &str) -> Transaction {
        let now = text(rfc3339::sortable(scope.now()));
        let row = Update::builder()
            .table_name(&self.table)
            .key(ORDER, text(&id.order))
            .key(SEQ, text(&id.seq))
            .update_expression(
                "SET #state = :pending, #resent_at = :now, #stamp = :stamp REMOVE #failures, #waited, #dead_at",
            )
            .condition_expression("#state = :dead")
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#resent_at", RESENT_AT)
            .expression_attribute_names("#failures", FAILURES)
            .expression_attribute_names("#waited", WAITED_MS)
            .expression_attribute_names("#dead_at", DEAD_AT)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":pending", text(CallbackState::Pending.as_str()))
            .expression_attribute_values(":dead", text(CallbackState::Dead.as_str()))
            .expression_attribute_values(":now", now.clone())
            .expression_attribute_values(":stamp", text(stamp));
        // The worker reads the order from its beginning again, and knows by the count that it must.
        let head = Update::builder()
            .table_name(&self.table)
            .key(ORDER, text(&id.order))
            .key(SEQ, text(HEAD))
            .update_expression(
                "SET #due_at = :now, #due_shard = :due_shard, \
                 #waits_since = if_not_exists(#waits_since, :now), #stamp = :stamp \
                 REMOVE #done_seq ADD #resends :one",
            )
            .condition_expression("attribute_exists(#last_seq)")
            .expression_attribute_names("#due_at", DUE_AT)
            .expression_attribute_names("#due_shard", DUE_SHARD)
            .expression_attribute_names("#waits_since", WAITS_SINCE)
            .expression_attribute_names("#done_seq", DONE_SEQ)
            .expression_attribute_names("#resends", RESENDS)
            .expression_attribute_names("#last_seq", LAST_SEQ)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":now", now)
            .expression_attribute_values(":due_shard", number(shard_of(&id.order)))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":stamp", text(stamp));
        Transaction::new().update(row).update(head)
    }
}
