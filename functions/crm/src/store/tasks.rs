use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::crm::{MessageId, RequestId, SendState, TaskId};
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::dynamodb::{self, DynamoDbError, STAMP, get, text};

use super::TaskRow;
use super::task_row::{MESSAGE_ID, REQUEST_ID, SEND_STATE, TASK_ID};

const INFOR_TASKS_TABLE: Variable = Variable {
    name: "INFOR_TASKS_TABLE",
    meaning: "The table of communication tasks, infor_communication_task.",
    default: None,
};
/// Rows by `InforCRM`'s task.
const BY_TASK: &str = "by_task";
/// Rows by `InforCRM`'s reply.
const BY_MESSAGE: &str = "by_infor_message";
/// No request has this id: ours are UUIDs.
const NOBODY: &str = "-";

/// The communication tasks.
#[derive(Clone, Debug)]
pub struct TaskStore {
    pub(super) client: Client,
    pub(super) table: String,
}

impl TaskStore {
    /// The store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(INFOR_TASKS_TABLE)
    }

    /// The row of one of our requests. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn of_request(&self, scope: &Scope, id: &RequestId) -> Result<Option<TaskRow>, DynamoDbError> {
        let item = get(scope, self.row_of(id.as_str())).await?;
        item.as_ref().map(TaskRow::read).transpose().map_err(|error| error.of("GetItem"))
    }

    /// The row of a task. The index lags behind the table: a push that overtakes its reply finds none.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn of_task(&self, scope: &Scope, id: &TaskId) -> Result<Option<TaskRow>, DynamoDbError> {
        self.indexed(scope, BY_TASK, (TASK_ID, id.as_str())).await
    }

    /// The row whose reply was this message.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn of_message(&self, scope: &Scope, id: &MessageId) -> Result<Option<TaskRow>, DynamoDbError> {
        self.indexed(scope, BY_MESSAGE, (MESSAGE_ID, id.as_str())).await
    }

    /// Notes that the queue has the request.
    ///
    /// # Errors
    /// DynamoDB failed; the reply tells as much.
    pub async fn mark_sent(&self, scope: &Scope, id: &str) -> Result<(), DynamoDbError> {
        let stamp = scope.stamp();
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(REQUEST_ID, text(id))
            .condition_expression("#send_state = :new")
            .update_expression("SET #send_state = :sent, #stamp = :stamp")
            .expression_attribute_names("#send_state", SEND_STATE)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":new", text(SendState::New.as_str()))
            .expression_attribute_values(":sent", text(SendState::Sent.as_str()))
            .expression_attribute_values(":stamp", text(&stamp));
        // A row that is marked already, by a relay's second delivery say, is as good.
        dynamodb::update(scope, &stamp, call).await.map(|_| ())
    }

    /// A read of nothing, to open the connection during init.
    pub async fn warm(&self) {
        platform::aws::warm(self.row_of(NOBODY).send()).await;
    }

    async fn indexed(
        &self,
        scope: &Scope,
        index: &str,
        (key, value): (&str, &str),
    ) -> Result<Option<TaskRow>, DynamoDbError> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(index)
            .key_condition_expression("#key = :key")
            .expression_attribute_names("#key", key)
            .expression_attribute_values(":key", text(value))
            .limit(1)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| DynamoDbError::of("Query", &error))?;
        scope.units().add_read(output.consumed_capacity());
        output.items().first().map(TaskRow::read).transpose().map_err(|error| error.of("Query"))
    }

    fn row_of(&self, request_id: &str) -> GetItemFluentBuilder {
        self.client.get_item().table_name(&self.table).key(REQUEST_ID, text(request_id))
    }
}
