use domain::lease::OrderId;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, get, text};

use super::order_row::ORDER_ID;
use super::{LeaseStore, StoredOrder};

impl LeaseStore {
    /// An order as it stands now.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn order(&self, scope: &Scope, id: &OrderId) -> Result<Option<StoredOrder>, DynamoDbError> {
        let call = self.client.get_item().table_name(&self.tables.orders).key(ORDER_ID, text(id.as_str()));
        let read = |item| StoredOrder::read(&item).map_err(|error| error.of("GetItem"));
        get(scope, call).await?.map(read).transpose()
    }
}
