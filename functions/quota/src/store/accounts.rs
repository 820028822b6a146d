use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use domain::quota::{Account, Pin};
use platform::Scope;
use platform::aws::{NOBODY, warm};
use platform::dynamodb::{DynamoDbError, get, text};

use super::QuotaStore;
use super::row::{self, PIN};

const OPERATION: &str = "GetItem";

impl QuotaStore {
    /// The pin's account. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn account(&self, scope: &Scope, pin: &Pin) -> Result<Option<Account>, DynamoDbError> {
        let item = get(scope, self.row_of(pin.as_str())).await?;
        let account = item.as_ref().map(row::account).transpose();
        account.map_err(|error| error.of(OPERATION))
    }

    /// A read of nothing, to open the connection during init.
    pub async fn warm(&self) {
        warm(self.row_of(NOBODY).send()).await;
    }

    fn row_of(&self, pin: &str) -> GetItemFluentBuilder {
        self.client.get_item().table_name(&self.tables.accounts).key(PIN, text(pin))
    }
}
