use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::instalment::{ClientId, Contract};
use platform::Scope;
use platform::aws::{NOBODY, warm};
use platform::dynamodb::{DynamoDbError, RowError, query, text};

use super::ContractStore;
use super::row::{CLIENT_ID, contract};

const OPERATION: &str = "Query";

impl ContractStore {
    /// The client's current contract: the newest row. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn current(&self, scope: &Scope, client: &ClientId) -> Result<Option<Contract>, DynamoDbError> {
        Ok(self.newest(scope, client, 1).await?.into_iter().next())
    }

    /// The client's current contract and the one before it, newest first. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn newest_two(&self, scope: &Scope, client: &ClientId) -> Result<Vec<Contract>, DynamoDbError> {
        self.newest(scope, client, 2).await
    }

    async fn newest(
        &self,
        scope: &Scope,
        client: &ClientId,
        limit: i32,
    ) -> Result<Vec<Contract>, DynamoDbError> {
        let query = self.rows_of(client.as_str()).scan_index_forward(false).limit(limit);
        let output = query.send().await.map_err(|error| DynamoDbError::of(OPERATION, &error))?;
        scope.units().add_read(output.consumed_capacity());
        let read: Result<Vec<_>, RowError> = output.items().iter().map(contract).collect();
        read.map_err(|error| error.of(OPERATION))
    }

    /// All of the client's contracts, oldest first. One strong read of a page for a usual client.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn all_of(&self, scope: &Scope, client: &ClientId) -> Result<Vec<Contract>, DynamoDbError> {
        let items = query(scope, self.rows_of(client.as_str())).await?;
        let contracts: Result<_, RowError> = items.iter().map(contract).collect();
        contracts.map_err(|error| error.of(OPERATION))
    }

    /// A read of nothing, to open the connection during init.
    pub async fn warm(&self) {
        warm(self.rows_of(NOBODY).limit(1).send()).await;
    }

    fn rows_of(&self, client: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#client = :client")
            .expression_attribute_names("#client", CLIENT_ID)
            .expression_attribute_values(":client", text(client))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
    }
}
