use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use domain::quota::{Grant, GrantId, Pin};
use platform::Scope;
use platform::aws::{NOBODY, warm};
use platform::dynamodb::{DynamoDbError, get, text};

use super::QuotaStore;
use super::row::{self, GRANT_ID, PIN};

const OPERATION: &str = "GetItem";

impl QuotaStore {
    /// One of the pin's grants, whatever its status; a row of another credit type is none. One strong read, by the pin and never by the grant alone: a
    /// grant of another pin cannot be told from none.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn find(&self, scope: &Scope, pin: &Pin, id: &GrantId) -> Result<Option<Grant>, DynamoDbError> {
        let Some(item) = get(scope, self.grant_row(pin.as_str(), &id.to_key())).await? else {
            return Ok(None);
        };
        row::grant(&item, &self.statuses).map_err(|error| error.of(OPERATION))
    }

    /// A read of nothing, to open the connection during init.
    pub async fn warm_grants(&self) {
        warm(self.grant_row(NOBODY, NOBODY).send()).await;
    }

    fn grant_row(&self, pin: &str, grant_id: &str) -> GetItemFluentBuilder {
        self.client
            .get_item()
            .table_name(&self.tables.grants)
            .key(PIN, text(pin))
            .key(GRANT_ID, text(grant_id))
    }
}
