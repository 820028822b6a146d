use aws_sdk_dynamodb::types::Update;
use domain::instalment::{ClientId, Contract, ContractNumber, ContractState};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, STAMP, Transacted, Transaction, Verdict, number, text};
use platform::outbox::Pending;
use platform::rfc3339;

use super::ContractStore;
use super::row::{CLIENT_ID, CONTRACT_NUMBER, SEQUENCE, STATE, UPDATED_AT, VERSION, contract};

const OPERATION: &str = "TransactWriteItems";

/// How closing a row ended. Both are success (§5.1 step 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// This request closed it.
    Now,
    /// Another one had.
    Before,
}

impl ContractStore {
    /// Sets the row's state to CLOSED unless it is that already, keyed by the contract's number too, so that it can only
    /// ever touch the row that MKK was asked about; and puts the event that tells of it in the outbox.
    ///
    /// # Errors
    /// DynamoDB failed, or the row is no longer what was read.
    pub async fn close(
        &self,
        scope: &Scope,
        client: &ClientId,
        (row, line): (&Contract, &ContractNumber),
        event: &Pending,
    ) -> Result<Closed, DynamoDbError> {
        let stamp = scope.stamp();
        let update = Update::builder()
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
        let transaction = Transaction::new().update(update).put(event.put(&stamp));
        let verdicts = match transaction.commit(&self.client, scope, &stamp).await? {
            Transacted::Applied => return Ok(Closed::Now),
            Transacted::Lost(verdicts) => verdicts,
        };
        let [Verdict::ConditionFailed(Some(item)), _] = verdicts.as_slice() else {
            return Err(DynamoDbError::vanished(OPERATION));
        };
        let row = contract(item).map_err(|error| error.of(OPERATION))?;
        match row.state {
            ContractState::Closed => Ok(Closed::Before),
            ContractState::Init
            | ContractState::Onboarding(_)
            | ContractState::Active
            | ContractState::Cancel
            | ContractState::Reject => Err(DynamoDbError::vanished(OPERATION)),
        }
    }
}
