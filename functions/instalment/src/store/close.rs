use domain::instalment::{ClientId, Contract, ContractNumber, ContractState};
use platform::Scope;
use platform::dynamodb::{self, DynamoDbError, STAMP, Written, number, text};
use platform::rfc3339;

use super::ContractStore;
use super::row::{CLIENT_ID, CONTRACT_NUMBER, SEQUENCE, STATE, UPDATED_AT, VERSION, contract};

/// How closing a row ended. Both are success (§5.1 step 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// This request closed it.
    Now,
    /// Another one had.
    Before,
}

impl ContractStore {
    /// Sets the row's state to CLOSED unless it is that already: one conditional write, keyed by the
    /// contract's number too, so that it can only ever touch the row that MKK was asked about.
    ///
    /// The event `contract_closed` belongs into this write, as an outbox row of the same transaction.
    ///
    /// # Errors
    /// DynamoDB failed, or the row is no longer what was read.
    pub async fn close(
        &self,
        scope: &Scope,
        client: &ClientId,
        row: &Contract,
        line: &ContractNumber,
    ) -> Result<Closed, DynamoDbError> {
        let stamp = scope.stamp();
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(CLIENT_ID, text(client.as_str()))
            .key(SEQUENCE, number(row.sequence))
            .condition_expression("#number = :number AND #state <> :closed")
            .update_expression(
                "SET #state = :closed, #version = #version + :one, #updated_at = :now, #stamp = :stamp",
            )
            .expression_attribute_names("#number", CONTRACT_NUMBER)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_names("#updated_at", UPDATED_AT)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":number", text(line.as_str()))
            .expression_attribute_values(":closed", text(ContractState::Closed.as_str()))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", text(rfc3339::sortable(scope.now())))
            .expression_attribute_values(":stamp", text(&stamp));
        match dynamodb::update(scope, &stamp, call).await? {
            Written::Applied => Ok(Closed::Now),
            Written::Lost(item) => {
                let item = item.ok_or_else(|| DynamoDbError::vanished("UpdateItem"))?;
                let row = contract(&item).map_err(|error| error.of("UpdateItem"))?;
                match row.state {
                    ContractState::Closed => Ok(Closed::Before),
                    ContractState::Init
                    | ContractState::Onboarding(_)
                    | ContractState::Active
                    | ContractState::Cancel
                    | ContractState::Reject => Err(DynamoDbError::vanished("UpdateItem")),
                }
            }
        }
    }
}
