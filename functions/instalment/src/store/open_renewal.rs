use aws_sdk_dynamodb::types::{ConditionCheck, Put};
use domain::instalment::{ClientId, Contract, ContractState};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, SCHEMA_VERSION, STAMP, Transacted, Transaction, number, text};
use platform::outbox::Pending;
use platform::rfc3339;

use super::ContractStore;
use super::row::{
    CLIENT_ID, CREATED_AT, CURRENT_SCHEMA, PREVIOUS_CONTRACT_NUMBER, SEQUENCE, STATE, UPDATED_AT, VERSION,
};

/// How opening a new application ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// This request opened it.
    Now,
    /// Another writer was faster, or the old contract is no longer over: read again.
    Raced,
}

impl ContractStore {
    /// Opens a new application after `over`: the row behind it must not exist, and `over` must be terminal
    /// still; and puts the event that tells of it in the outbox. One transaction.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn open_renewal(
        &self,
        scope: &Scope,
        client: &ClientId,
        over: &Contract,
        event: &Pending,
    ) -> Result<Opened, DynamoDbError> {
        let stamp = scope.stamp();
        let still_over = ConditionCheck::builder()
            .table_name(&self.table)
            .key(CLIENT_ID, text(client.as_str()))
            .key(SEQUENCE, number(over.sequence))
            .condition_expression("#state IN (:cancel, :reject, :closed)")
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":cancel", text(ContractState::Cancel.as_str()))
            .expression_attribute_values(":reject", text(ContractState::Reject.as_str()))
            .expression_attribute_values(":closed", text(ContractState::Closed.as_str()));
        let now = rfc3339::sortable(scope.now());
        let mut application = Put::builder()
            .table_name(&self.table)
            .item(CLIENT_ID, text(client.as_str()))
            .item(SEQUENCE, number(over.sequence + 1))
            .item(VERSION, number(1))
            .item(STATE, text(ContractState::Init.as_str()))
            .item(CREATED_AT, text(&now))
            .item(UPDATED_AT, text(&now))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(&stamp))
            .condition_expression("attribute_not_exists(#sequence)")
            .expression_attribute_names("#sequence", SEQUENCE);
        if let Some(previous) = &over.number {
            application = application.item(PREVIOUS_CONTRACT_NUMBER, text(previous.as_str()));
        }
        let transaction = Transaction::new().check(still_over).put(application).put(event.put(&stamp));
        Ok(match transaction.commit(&self.client, scope, &stamp).await? {
            Transacted::Applied => Opened::Now,
            Transacted::Lost(_) => Opened::Raced,
        })
    }
}
