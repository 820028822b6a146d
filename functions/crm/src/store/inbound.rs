use std::collections::HashMap;

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use domain::crm::{Answer, Push, Rejection, Reply, TaskId, Text};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, STAMP, Transacted, Transaction, Verdict, number, text};
use platform::outbox::Pending;
use platform::rfc3339;

use super::client_row::{self, REJECTED_REQUEST_IDS, TASK_CREATED, WAITING_SHARD, WAITING_SINCE};
use super::task_row::{
    APPLICATION_ID, CLOSE_DATE, ENDED, EXECUTION_DESCRIPTION, EXECUTION_TYPE, MESSAGE_ID, OPEN, PUSH_DT,
    PUSH_STATE, REACTIONS, REQUEST_ID, RESPONSE_ID, STATUS_CODE, STATUS_MSG, TASK_ID, TASK_STATUS,
    TIME_UPDATE, VERSION,
};
use super::{ClientStore, TaskRow, TaskStore};

const OPERATION: &str = "TransactWriteItems";

/// What replies and pushes are stored in.
#[derive(Clone, Debug)]
pub struct InboundStore {
    /// The tasks.
    pub tasks: TaskStore,
    /// The organizations.
    pub clients: ClientStore,
}

/// How storing a reply or a push ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// It is stored.
    Now,
    /// The row changed since it was read: as it stands.
    Raced(Box<TaskRow>),
}

/// Columns of a row that are set, or emptied where the value is absent.
struct Columns(Vec<(&'static str, Option<AttributeValue>)>);

impl Columns {
    fn set(&mut self, column: &'static str, value: Option<impl Into<String>>) {
        self.0.push((column, value.map(text)));
    }

    /// The update of a row that is still the version that was read.
    fn update(self, row: &TaskRow, stamp: &str, now: &str) -> UpdateBuilder {
        let (mut sets, mut removes) = (vec!["#version = :next".to_owned()], Vec::new());
        let mut names = HashMap::from([("#version".to_owned(), VERSION.to_owned())]);
        let mut values = HashMap::from([
            (":version".to_owned(), number(row.version)),
            (":next".to_owned(), number(row.version + 1)),
        ]);
        let always = [(TIME_UPDATE, Some(text(now))), (STAMP, Some(text(stamp)))];
        for (place, (column, value)) in self.0.into_iter().chain(always).enumerate() {
            names.insert(format!("#c{place}"), column.to_owned());
            match value {
                Some(value) => {
                    sets.push(format!("#c{place} = :c{place}"));
                    values.insert(format!(":c{place}"), value);
                }
                None => removes.push(format!("#c{place}")),
            }
        }
        let mut expression = format!("SET {}", sets.join(", "));
        if !removes.is_empty() {
            expression = format!("{expression} REMOVE {}", removes.join(", "));
        }
        Update::builder()
            .key(REQUEST_ID, text(row.request_id.as_str()))
            .condition_expression("#version = :version")
            .update_expression(expression)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
    }
}

impl InboundStore {
    /// Stores the reply that a task was created, and that the organization is never asked about again, with the event
    /// that tells of it.
    ///
    /// # Errors
    /// DynamoDB failed, or the organization's row is gone.
    pub async fn created(
        &self,
        scope: &Scope,
        row: &TaskRow,
        (reply, task_id): (&Reply, Option<&TaskId>),
        event: &Pending,
    ) -> Result<Stored, DynamoDbError> {
        let (stamp, now) = (scope.stamp(), rfc3339::sortable(scope.now()));
        let mut columns = replied(row, reply);
        columns.set(TASK_ID, task_id.map(TaskId::as_str));
        let never_again = self
            .client(
                row,
                &stamp,
                "SET #created = :true, #version = #version + :one, #stamp = :stamp REMOVE #since, #shard",
            )
            .expression_attribute_names("#created", TASK_CREATED)
            .expression_attribute_names("#since", WAITING_SINCE)
            .expression_attribute_names("#shard", WAITING_SHARD)
            .expression_attribute_values(":true", AttributeValue::Bool(true));
        let transaction = Transaction::new()
            .update(columns.update(row, &stamp, &now).table_name(&self.tasks.table))
            .update(never_again)
            .put(event.put(&stamp));
        self.commit(scope, transaction, &stamp).await
    }

    /// Stores the reply that no task was created, and that the organization may be asked about again.
    ///
    /// # Errors
    /// DynamoDB failed, or the organization's row is gone.
    pub async fn rejected(
        &self,
        scope: &Scope,
        row: &TaskRow,
        reply: &Reply,
    ) -> Result<Stored, DynamoDbError> {
        let (stamp, now) = (scope.stamp(), rfc3339::sortable(scope.now()));
        let again = self
            .client(row, &stamp, "SET #version = #version + :one, #stamp = :stamp ADD #rejected :request")
            .expression_attribute_names("#rejected", REJECTED_REQUEST_IDS)
            .expression_attribute_values(
                ":request",
                AttributeValue::Ss(vec![row.request_id.as_str().to_owned()]),
            );
        let transaction = Transaction::new()
            .update(replied(row, reply).update(row, &stamp, &now).table_name(&self.tasks.table))
            .update(again);
        self.commit(scope, transaction, &stamp).await
    }

    /// Stores the task that an earlier reply did not name.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn named(
        &self,
        scope: &Scope,
        row: &TaskRow,
        task_id: Option<&TaskId>,
    ) -> Result<Stored, DynamoDbError> {
        let (stamp, now) = (scope.stamp(), rfc3339::sortable(scope.now()));
        let mut columns = Columns(Vec::new());
        columns.set(TASK_ID, task_id.map(TaskId::as_str));
        let update = columns.update(row, &stamp, &now).table_name(&self.tasks.table);
        self.commit(scope, Transaction::new().update(update), &stamp).await
    }

    /// Stores a push: all its columns, and the event that tells of a task's end where it ends with it.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn pushed(
        &self,
        scope: &Scope,
        row: &TaskRow,
        (push, names_task, ended): (&Push, bool, bool),
        event: Option<&Pending>,
    ) -> Result<Stored, DynamoDbError> {
        let (stamp, now) = (scope.stamp(), rfc3339::sortable(scope.now()));
        let mut columns = push_columns(push, ended);
        if names_task {
            columns.set(TASK_ID, push.task_id.as_ref().map(TaskId::as_str));
        }
        let update = columns.update(row, &stamp, &now).table_name(&self.tasks.table);
        let mut transaction = Transaction::new().update(update);
        if let Some(event) = event {
            transaction = transaction.put(event.put(&stamp));
        }
        self.commit(scope, transaction, &stamp).await
    }

    fn client(&self, row: &TaskRow, stamp: &str, expression: &str) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.clients.table)
            .key(client_row::ORGANIZATION_ID, text(row.organization_id.as_str()))
            .condition_expression("attribute_exists(#version)")
            .update_expression(expression)
            .expression_attribute_names("#version", client_row::VERSION)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":stamp", text(stamp))
    }

    /// The task's row is the first item.
    async fn commit(
        &self,
        scope: &Scope,
        transaction: Transaction,
        stamp: &str,
    ) -> Result<Stored, DynamoDbError> {
        let verdicts = match transaction.commit(&self.tasks.client, scope, stamp).await? {
            Transacted::Applied => return Ok(Stored::Now),
            Transacted::Lost(verdicts) => verdicts,
        };
        match verdicts.as_slice() {
            [Verdict::ConditionFailed(Some(item)), ..] => {
                let stands = TaskRow::read(item).map_err(|error| error.of(OPERATION))?;
                Ok(Stored::Raced(Box::new(stands)))
            }
            _ => Err(DynamoDbError::vanished(OPERATION)),
        }
    }
}

/// The columns of a reply. `infor_response_id` is our own request's id, as the seed wants it (§8).
fn replied(row: &TaskRow, reply: &Reply) -> Columns {
    let mut columns = Columns(Vec::new());
    let code = match &reply.answer {
        Answer::Created { .. } => "0",
        Answer::Rejected(rejection) => Rejection::as_str(rejection),
    };
    columns.set(RESPONSE_ID, Some(row.request_id.as_str()));
    columns.set(STATUS_CODE, Some(code));
    columns.set(MESSAGE_ID, reply.message_id.as_ref().map(domain::crm::MessageId::as_str));
    columns.set(STATUS_MSG, reply.status_msg.as_ref().map(domain::crm::StatusMessage::as_str));
    columns
}

/// The columns of a push: what is absent in it is emptied (§13).
fn push_columns(push: &Push, ended: bool) -> Columns {
    let mut columns = Columns(Vec::new());
    columns.set(TASK_STATUS, Some(push.task_status.as_str()));
    columns.set(EXECUTION_TYPE, push.exec_type.as_ref().map(Text::as_str));
    columns.set(EXECUTION_DESCRIPTION, push.exec_description.as_ref().map(Text::as_str));
    columns.set(CLOSE_DATE, push.close_date.as_ref().map(Text::as_str));
    for (column, reaction) in REACTIONS.into_iter().zip(&push.reactions) {
        columns.set(column, reaction.as_ref().map(Text::as_str));
    }
    columns.set(APPLICATION_ID, push.application_id.as_ref().map(domain::crm::ApplicationId::as_str));
    columns.set(PUSH_DT, push.at.map(rfc3339::sortable));
    columns.set(PUSH_STATE, Some(if ended { ENDED } else { OPEN }));
    columns
}
