use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure,
};

use super::{DynamoDbError, Item, STAMP};
use crate::Scope;

/// How a conditional write ended.
#[derive(Debug, PartialEq)]
pub enum Written {
    /// The condition held, now or at an earlier try of this same write.
    Applied,
    /// The condition did not hold; the row as it stood, `None` when there is none.
    Lost(Option<Item>),
}

/// How a conditional write ended that tells the row.
#[derive(Debug, PartialEq)]
pub enum Updated {
    /// The condition held, now or at an earlier try of this same write; the row as it is.
    Applied(Item),
    /// The condition did not hold; the row as it stood, `None` when there is none.
    Lost(Option<Item>),
}

/// Sends an update as [`update`] does, and tells the row after it.
///
/// # Errors
/// The call failed; after `Unanswered` the write may have taken effect.
pub async fn update_returning(
    scope: &Scope,
    stamp: &str,
    call: UpdateItemFluentBuilder,
) -> Result<Updated, DynamoDbError> {
    send(scope, stamp, call.return_values(ReturnValue::AllNew)).await
}

/// Sends an update whose condition and expression are set, and whose expression sets [`STAMP`] to `stamp`.
///
/// # Errors
/// The call failed; after `Unanswered` the write may have taken effect.
pub async fn update(
    scope: &Scope,
    stamp: &str,
    call: UpdateItemFluentBuilder,
) -> Result<Written, DynamoDbError> {
    Ok(match send(scope, stamp, call).await? {
        Updated::Applied(_) => Written::Applied,
        Updated::Lost(item) => Written::Lost(item),
    })
}

async fn send(scope: &Scope, stamp: &str, call: UpdateItemFluentBuilder) -> Result<Updated, DynamoDbError> {
    let sent = call
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    match sent {
        Ok(output) => {
            scope.units().add_write(output.consumed_capacity());
            Ok(Updated::Applied(output.attributes.unwrap_or_default()))
        }
        Err(error) => {
            let failure = DynamoDbError::of("UpdateItem", &error);
            let UpdateItemError::ConditionalCheckFailedException(failed) = error.into_service_error() else {
                return Err(failure);
            };
            // A condition that failed on our own stamp was met by an earlier try of the same write.
            Ok(match failed.item {
                Some(item) if carries(stamp, Some(&item)) => Updated::Applied(item),
                item => Updated::Lost(item),
            })
        }
    }
}

/// Sends a put whose condition is set and whose item carries `stamp` under [`STAMP`].
///
/// # Errors
/// The call failed; after `Unanswered` the write may have taken effect.
pub async fn put(scope: &Scope, stamp: &str, call: PutItemFluentBuilder) -> Result<Written, DynamoDbError> {
    let sent = call
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    match sent {
        Ok(output) => {
            scope.units().add_write(output.consumed_capacity());
            Ok(Written::Applied)
        }
        Err(error) => {
            let failure = DynamoDbError::of("PutItem", &error);
            let PutItemError::ConditionalCheckFailedException(failed) = error.into_service_error() else {
                return Err(failure);
            };
            let applied = carries(stamp, failed.item.as_ref());
            Ok(if applied { Written::Applied } else { Written::Lost(failed.item) })
        }
    }
}

/// Whether `item` was last written under `stamp`.
pub(super) fn carries(stamp: &str, item: Option<&Item>) -> bool {
    let written = item.and_then(|item| item.get(STAMP));
    written.and_then(|value| AttributeValue::as_s(value).ok()).is_some_and(|text| text == stamp)
}
