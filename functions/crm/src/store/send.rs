use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::crm::{Attempt, OrganizationId, RequestId, SendState, dt};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{
    DynamoDbError, SCHEMA_VERSION, STAMP, Transacted, Transaction, Verdict, number, text,
};
use platform::outbox::Pending;
use platform::rfc3339;

use super::task_row::{
    CURRENT_SCHEMA, ID, ORGANIZATION_ID, REQUEST_DATE, REQUEST_ID, SEND_STATE, TIME_CREATE, VERSION,
};
use super::{ClientRow, ClientStore, TaskStore};

const OPERATION: &str = "TransactWriteItems";

/// What a request is written to.
#[derive(Clone, Debug)]
pub struct RequestStore {
    /// The organizations.
    pub clients: ClientStore,
    /// The tasks.
    pub tasks: TaskStore,
}

/// How writing a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requested {
    /// Row, projection and message are written.
    Now,
    /// The client changed since it was read: nothing is.
    Raced,
}

impl RequestStore {
    /// Writes the row of a request, what the projection says of it, and its message: one transaction.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn request(
        &self,
        scope: &Scope,
        client: &ClientRow,
        (request, attempt): (&RequestId, Attempt),
        message: &Pending,
    ) -> Result<Requested, DynamoDbError> {
        let stamp = scope.stamp();
        let organization_id = &client.client.organization_id;
        let row = self.task(scope, (request, organization_id), attempt.requested_at, &stamp);
        let projection = client.clone().requested(request.clone(), attempt);
        let transaction = Transaction::new()
            .put(row)
            .put(self.clients.next_version(&projection, &stamp))
            .put(message.put(&stamp));
        let verdicts = match transaction.commit(&self.tasks.client, scope, &stamp).await? {
            Transacted::Applied => return Ok(Requested::Now),
            Transacted::Lost(verdicts) => verdicts,
        };
        match verdicts.as_slice() {
            [_, Verdict::ConditionFailed(_), _] => Ok(Requested::Raced),
            _ => Err(DynamoDbError::vanished(OPERATION)),
        }
    }

    fn task(
        &self,
        scope: &Scope,
        (request, organization_id): (&RequestId, &OrganizationId),
        requested_at: Timestamp,
        stamp: &str,
    ) -> PutBuilder {
        Put::builder()
            .table_name(&self.tasks.table)
            .item(ID, text(scope.uuid()))
            .item(REQUEST_ID, text(request.as_str()))
            .item(ORGANIZATION_ID, text(organization_id.as_str()))
            .item(REQUEST_DATE, text(dt(requested_at)))
            .item(SEND_STATE, text(SendState::New.as_str()))
            .item(TIME_CREATE, text(rfc3339::sortable(scope.now())))
            .item(VERSION, number(1))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#id)")
            .expression_attribute_names("#id", REQUEST_ID)
    }
}
