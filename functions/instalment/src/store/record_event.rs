use std::time::Duration;

use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{Put, Update};
use domain::instalment::{ClientId, Contract, ContractEvent, ContractNumber, EventId};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{
    self, DynamoDbError, Item, Row, SCHEMA_VERSION, STAMP, Transacted, Transaction, Verdict, Written, get,
    number, text,
};
use platform::rfc3339;

use super::EventStore;
use super::row::{
    CLIENT_ID, CONTRACT_NUMBER, CREATED_AT, CURRENT_SCHEMA, EVENT_ID, EXPIRES_AT, OCCURRED_AT, SEQUENCE,
    STATE, UPDATED_AT, VERSION,
};

/// §13 asks for at least 14 days.
const REMEMBERED: Duration = Duration::from_hours(15 * 24);

/// Whether a number's row is the client's own: then a concurrent event of hers was faster.
fn belongs_to(claim: &Item, identity: &Identity) -> bool {
    Row::new(claim).text(CLIENT_ID).is_ok_and(|owner| owner == identity.client.as_str())
}

/// Which event it is, and whose.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Whose contract it is about.
    pub client: ClientId,
    /// The event's id, unique for the client.
    pub event: EventId,
}

/// How writing an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// It is written.
    Applied,
    /// Its id was known: nothing was written.
    Repeated,
    /// Its number belongs to another client: nothing was written.
    NumberTaken,
    /// A row changed since it was read: nothing was written, read again.
    Raced,
}

impl EventStore {
    /// Whether the event's id is remembered. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn is_known(&self, scope: &Scope, identity: &Identity) -> Result<bool, DynamoDbError> {
        let row = self
            .contracts
            .client
            .get_item()
            .table_name(&self.tables.event_ids)
            .key(CLIENT_ID, text(identity.client.as_str()))
            .key(EVENT_ID, text(identity.event.as_str()));
        Ok(get(scope, row).await?.is_some())
    }

    /// Remembers an event that changes nothing.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn remember(&self, scope: &Scope, identity: &Identity) -> Result<Recorded, DynamoDbError> {
        let stamp = scope.stamp();
        let id = self.event_id(scope, identity, &stamp).build();
        let id = id.map_err(|error| DynamoDbError::incomplete("PutItem", &error))?;
        let call = self
            .contracts
            .client
            .put_item()
            .table_name(id.table_name)
            .set_item(Some(id.item))
            .set_condition_expression(id.condition_expression)
            .set_expression_attribute_names(id.expression_attribute_names);
        Ok(match dynamodb::put(scope, &stamp, call).await? {
            Written::Applied => Recorded::Applied,
            Written::Lost(_) => Recorded::Repeated,
        })
    }

    /// Gives the event's state, time and, where the row has none, number to `row`.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn change_row(
        &self,
        scope: &Scope,
        identity: &Identity,
        event: &ContractEvent,
        row: &Contract,
    ) -> Result<Recorded, DynamoDbError> {
        let stamp = scope.stamp();
        let update = self.row_update(scope, identity, event, row, &stamp);
        let transaction = Transaction::new().put(self.event_id(scope, identity, &stamp)).update(update);
        let claim = event.number.as_ref().filter(|_| row.number.is_none());
        self.commit(transaction, scope, identity, claim, &stamp).await
    }

    /// Opens the client's newest row with what the event says.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn open_row(
        &self,
        scope: &Scope,
        identity: &Identity,
        event: &ContractEvent,
        sequence: u64,
    ) -> Result<Recorded, DynamoDbError> {
        let stamp = scope.stamp();
        let transaction = Transaction::new()
            .put(self.event_id(scope, identity, &stamp))
            .put(self.new_row(scope, identity, event, sequence, &stamp));
        self.commit(transaction, scope, identity, event.number.as_ref(), &stamp).await
    }

    /// The transaction's items stand in the order event id, row, number; the verdicts are read in it.
    async fn commit(
        &self,
        mut transaction: Transaction,
        scope: &Scope,
        identity: &Identity,
        claim: Option<&ContractNumber>,
        stamp: &str,
    ) -> Result<Recorded, DynamoDbError> {
        if let Some(claimed) = claim {
            transaction = transaction.put(self.number_claim(scope, identity, claimed, stamp));
        }
        let verdicts = match transaction.commit(&self.contracts.client, scope, stamp).await? {
            Transacted::Applied => return Ok(Recorded::Applied),
            Transacted::Lost(verdicts) => verdicts,
        };
        Ok(match verdicts.as_slice() {
            [Verdict::ConditionFailed(_), ..] => Recorded::Repeated,
            [Verdict::Passed, Verdict::Passed, Verdict::ConditionFailed(Some(claim))]
                if !belongs_to(claim, identity) =>
            {
                Recorded::NumberTaken
            }
            _ => Recorded::Raced,
        })
    }

    fn event_id(&self, scope: &Scope, identity: &Identity, stamp: &str) -> PutBuilder {
        let forgotten = scope.now().saturating_add(REMEMBERED).unwrap_or(Timestamp::MAX);
        let expires_at = u64::try_from(forgotten.as_second()).unwrap_or_default();
        Put::builder()
            .table_name(&self.tables.event_ids)
            .item(CLIENT_ID, text(identity.client.as_str()))
            .item(EVENT_ID, text(identity.event.as_str()))
            .item(EXPIRES_AT, number(expires_at))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#event_id)")
            .expression_attribute_names("#event_id", EVENT_ID)
    }

    fn number_claim(
        &self,
        scope: &Scope,
        identity: &Identity,
        claimed: &ContractNumber,
        stamp: &str,
    ) -> PutBuilder {
        Put::builder()
            .table_name(&self.tables.numbers)
            .item(CONTRACT_NUMBER, text(claimed.as_str()))
            .item(CLIENT_ID, text(identity.client.as_str()))
            .item(CREATED_AT, text(rfc3339::sortable(scope.now())))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#number)")
            .expression_attribute_names("#number", CONTRACT_NUMBER)
    }

    fn new_row(
        &self,
        scope: &Scope,
        identity: &Identity,
        event: &ContractEvent,
        sequence: u64,
        stamp: &str,
    ) -> PutBuilder {
        let now = rfc3339::sortable(scope.now());
        let mut put = Put::builder()
            .table_name(&self.tables.contracts)
            .item(CLIENT_ID, text(identity.client.as_str()))
            .item(SEQUENCE, number(sequence))
            .item(VERSION, number(1))
            .item(STATE, text(event.state.as_str()))
            .item(OCCURRED_AT, text(rfc3339::sortable(event.occurred_at)))
            .item(CREATED_AT, text(&now))
            .item(UPDATED_AT, text(&now))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#sequence)")
            .expression_attribute_names("#sequence", SEQUENCE);
        if let Some(assigned) = &event.number {
            put = put.item(CONTRACT_NUMBER, text(assigned.as_str()));
        }
        put
    }

    fn row_update(
        &self,
        scope: &Scope,
        identity: &Identity,
        event: &ContractEvent,
        row: &Contract,
        stamp: &str,
    ) -> UpdateBuilder {
        let mut expression = "SET #state = :state, #occurred_at = :occurred_at, #updated_at = :now, \
                              #version = :next, #stamp = :stamp"
            .to_owned();
        let mut update = Update::builder();
        if let Some(assigned) = &event.number {
            expression.push_str(", #number = :number");
            update = update
                .expression_attribute_names("#number", CONTRACT_NUMBER)
                .expression_attribute_values(":number", text(assigned.as_str()));
        }
        update
            .table_name(&self.tables.contracts)
            .key(CLIENT_ID, text(identity.client.as_str()))
            .key(SEQUENCE, number(row.sequence))
            .condition_expression("#version = :version")
            .update_expression(expression)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#occurred_at", OCCURRED_AT)
            .expression_attribute_names("#updated_at", UPDATED_AT)
            .expression_attribute_names("#version", VERSION)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":state", text(event.state.as_str()))
            .expression_attribute_values(":occurred_at", text(rfc3339::sortable(event.occurred_at)))
            .expression_attribute_values(":now", text(rfc3339::sortable(scope.now())))
            .expression_attribute_values(":version", number(row.version))
            .expression_attribute_values(":next", number(row.version + 1))
            .expression_attribute_values(":stamp", text(stamp))
    }
}
