use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::lease::OrderId;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, text};

use super::order_row::ORDER_ID;
use super::{LeaseStore, StoredOrder};

const OPERATION: &str = "GetItem";

impl LeaseStore {
    /// An order as it stands now.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn order(&self, scope: &Scope, id: &OrderId) -> Result<Option<StoredOrder>, DynamoDbError> {
        let output = self
            .client
            .get_item()
            .table_name(&self.tables.orders)
            .key(ORDER_ID, text(id.as_str()))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(OPERATION, &error))?;
        scope.units().add_read(output.consumed_capacity());
        let read = |item| StoredOrder::read(item).map_err(|error| error.of(OPERATION));
        output.item().map(read).transpose()
    }
}
