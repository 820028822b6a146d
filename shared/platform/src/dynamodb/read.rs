use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::{DynamoDbError, Item};
use crate::Scope;

/// Sends a read whose table and key are set, strongly consistent: the row as it stands now, if there is one.
///
/// # Errors
/// The call failed.
pub async fn get(scope: &Scope, call: GetItemFluentBuilder) -> Result<Option<Item>, DynamoDbError> {
    let output = call
        .consistent_read(true)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .map_err(|error| DynamoDbError::of("GetItem", &error))?;
    scope.units().add_read(output.consumed_capacity());
    Ok(output.item)
}
