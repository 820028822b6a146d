use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::{ConditionCheckBuilder, DeleteBuilder, PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{
    CancellationReason, Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};

use super::write::{Written, carries, put};
use super::{DynamoDbError, Item};
use crate::Scope;

const OPERATION: &str = "TransactWriteItems";
/// How often a transaction is sent whose earlier try is still being carried out, a little later each time.
const TRIES: u32 = 10;
/// With less time left it is not sent again.
const LEAST_TIME: Duration = Duration::from_millis(1_500);
const ON_FAILURE: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// Writes that take effect together or not at all. Every item asks for its row as it stood if its condition
/// fails, and carries the transaction's stamp under [`STAMP`](super::STAMP).
#[derive(Debug, Default)]
pub struct Transaction {
    items: Vec<TransactWriteItem>,
    incomplete: Option<String>,
}

/// How a transaction ended.
#[derive(Debug, PartialEq)]
pub enum Transacted {
    /// Every condition held, now or at an earlier try of this same transaction.
    Applied,
    /// At least one condition did not hold and nothing was written: a verdict for each item, in order.
    Lost(Vec<Verdict>),
}

/// What became of one item of a transaction that lost.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing was wrong with this item.
    Passed,
    /// Its condition did not hold; the row as it stood, `None` when there is none.
    ConditionFailed(Option<Item>),
    /// Another write held the item, or the table was throttled.
    Contended,
}

impl Transaction {
    /// An empty transaction.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a condition on a row that is not written.
    #[must_use]
    pub fn check(mut self, check: ConditionCheckBuilder) -> Self {
        match check.return_values_on_condition_check_failure(ON_FAILURE).build() {
            Ok(check) => self.items.push(TransactWriteItem::builder().condition_check(check).build()),
            Err(error) => self.incomplete = Some(error.to_string()),
        }
        self
    }

    /// Adds a put.
    #[must_use]
    pub fn put(mut self, put: PutBuilder) -> Self {
        match put.return_values_on_condition_check_failure(ON_FAILURE).build() {
            Ok(put) => self.items.push(TransactWriteItem::builder().put(put).build()),
            Err(error) => self.incomplete = Some(error.to_string()),
        }
        self
    }

    /// Adds an update.
    #[must_use]
    pub fn update(mut self, update: UpdateBuilder) -> Self {
        match update.return_values_on_condition_check_failure(ON_FAILURE).build() {
            Ok(update) => self.items.push(TransactWriteItem::builder().update(update).build()),
            Err(error) => self.incomplete = Some(error.to_string()),
        }
        self
    }

    /// Adds a deletion. The row is gone then and shows no stamp, so another item must tell a repeat.
    #[must_use]
    pub fn delete(mut self, delete: DeleteBuilder) -> Self {
        match delete.return_values_on_condition_check_failure(ON_FAILURE).build() {
            Ok(delete) => self.items.push(TransactWriteItem::builder().delete(delete).build()),
            Err(error) => self.incomplete = Some(error.to_string()),
        }
        self
    }

    /// Writes everything, or nothing; a put that is alone costs half as a call of its own. `stamp` is also the client's token, so that DynamoDB answers a
    /// repeat within ten minutes from memory; while an earlier try is still being carried out, the same
    /// transaction is sent again.
    ///
    /// # Errors
    /// The call failed, or only contention kept it from taking effect; after `Unanswered` it may have.
    pub async fn commit(
        self,
        client: &Client,
        scope: &Scope,
        stamp: &str,
    ) -> Result<Transacted, DynamoDbError> {
        if let Some(missing) = self.incomplete {
            return Err(DynamoDbError::incomplete(OPERATION, &missing));
        }
        if let [only] = self.items.as_slice()
            && let Some(only) = only.put()
        {
            return put_alone(client, scope, stamp, only.clone()).await;
        }
        let mut tries = 0;
        loop {
            let sent = client
                .transact_write_items()
                .set_transact_items(Some(self.items.clone()))
                .client_request_token(stamp)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let judged = match sent {
                Ok(output) => {
                    output.consumed_capacity().iter().for_each(|table| scope.units().add_write(Some(table)));
                    Ok(Transacted::Applied)
                }
                Err(error) => cancelled(stamp, error),
            };
            tries += 1;
            match judged {
                Err(failure)
                    if failure.is_in_progress() && tries < TRIES && scope.remaining() > LEAST_TIME =>
                {
                    scope.pause(tries).await;
                }
                judged => return judged,
            }
        }
    }
}

async fn put_alone(
    client: &Client,
    scope: &Scope,
    stamp: &str,
    only: Put,
) -> Result<Transacted, DynamoDbError> {
    let call = client
        .put_item()
        .table_name(only.table_name)
        .set_item(Some(only.item))
        .set_condition_expression(only.condition_expression)
        .set_expression_attribute_names(only.expression_attribute_names)
        .set_expression_attribute_values(only.expression_attribute_values);
    Ok(match put(scope, stamp, call).await? {
        Written::Applied => Transacted::Applied,
        Written::Lost(item) => Transacted::Lost(vec![Verdict::ConditionFailed(item)]),
    })
}

fn cancelled(stamp: &str, error: SdkError<TransactWriteItemsError>) -> Result<Transacted, DynamoDbError> {
    let failure = DynamoDbError::of(OPERATION, &error);
    let request_id = error.request_id().unwrap_or("-").to_owned();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_service_error() else {
        return Err(failure);
    };
    let mut verdicts = Vec::new();
    for reason in cancelled.cancellation_reasons.unwrap_or_default() {
        match verdict(reason) {
            Ok(verdict) => verdicts.push(verdict),
            Err(code) => return Err(DynamoDbError { code, ..failure }),
        }
    }
    let ours = |verdict: &Verdict| match verdict {
        Verdict::ConditionFailed(item) => carries(stamp, item.as_ref()),
        Verdict::Passed | Verdict::Contended => false,
    };
    let lost = |verdict: &Verdict| matches!(verdict, Verdict::ConditionFailed(_));
    if verdicts.iter().any(ours) {
        Ok(Transacted::Applied)
    } else if verdicts.iter().any(lost) {
        Ok(Transacted::Lost(verdicts))
    } else {
        Err(DynamoDbError::contended(OPERATION, failure.code, request_id))
    }
}

/// DynamoDB's reason codes as a closed set; the code itself for one that no retry can mend.
fn verdict(reason: CancellationReason) -> Result<Verdict, String> {
    match reason.code.as_deref() {
        None | Some("None") => Ok(Verdict::Passed),
        Some("ConditionalCheckFailed") => Ok(Verdict::ConditionFailed(reason.item)),
        Some("TransactionConflict" | "ProvisionedThroughputExceeded" | "ThrottlingError") => {
            Ok(Verdict::Contended)
        }
        Some(code) => Err(code.to_owned()),
    }
}
