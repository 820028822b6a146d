use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
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

/// Sends a query whose table and key are set, strongly consistent and page by page: every item as it stands now.
///
/// # Errors
/// A call failed.
pub async fn query(scope: &Scope, call: QueryFluentBuilder) -> Result<Vec<Item>, DynamoDbError> {
    let call = call.consistent_read(true).return_consumed_capacity(ReturnConsumedCapacity::Total);
    let mut items = Vec::new();
    let mut from = None;
    loop {
        // Boxed: the call's state is large, and would be part of every caller's.
        let page = Box::pin(call.clone().set_exclusive_start_key(from).send()).await;
        let page = page.map_err(|error| DynamoDbError::of("Query", &error))?;
        scope.units().add_read(page.consumed_capacity());
        items.extend(page.items.unwrap_or_default());
        from = page.last_evaluated_key;
        if from.is_none() {
            return Ok(items);
        }
    }
}
