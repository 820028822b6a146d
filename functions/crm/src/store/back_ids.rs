use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use domain::crm::{BackId, BackSystem, BackSystemId, EventId, MdmId, Stamp};
use platform::config::{Environment, Variable};
use platform::dynamodb::{
    self, DynamoDbError, Item, Row, RowError, SCHEMA_VERSION, STAMP, Written, number, text,
};
use platform::{Scope, rfc3339};

const BACK_SYSTEM_IDS_TABLE: Variable = Variable {
    name: "BACK_SYSTEM_IDS_TABLE",
    meaning: "The table of the organizations' ids in the back systems.",
    default: None,
};
const MDM_ID: &str = "mdm_id";
const BACK_SYSTEM_NAME: &str = "back_system_name";
const BACK_SYSTEM_ID: &str = "back_system_id";
const OCCURRED_AT: &str = "occurred_at";
const EVENT_ID: &str = "event_id";
const CURRENT_SCHEMA: u64 = 1;

/// The ids in the back systems: they hang on the master data's id, which may be told before or after its organization.
#[derive(Clone, Debug)]
pub struct BackIdStore {
    client: Client,
    table: String,
}

impl BackIdStore {
    /// The store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(BACK_SYSTEM_IDS_TABLE)
    }

    /// Shows an id, unless what is shown is newer or this very event: one conditional write, no read. `false` is not
    /// written.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn show(
        &self,
        scope: &Scope,
        mdm_id: &MdmId,
        id: &BackSystemId,
    ) -> Result<bool, DynamoDbError> {
        let stamp = scope.stamp();
        let occurred_at = rfc3339::sortable(id.stamp.at);
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(MDM_ID, text(mdm_id.as_str()))
            .item(BACK_SYSTEM_NAME, text(id.system.as_str()))
            .item(BACK_SYSTEM_ID, text(id.id.as_str()))
            .item(OCCURRED_AT, text(&occurred_at))
            .item(EVENT_ID, text(id.stamp.event_id.as_str()))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(&stamp))
            .condition_expression(
                "attribute_not_exists(#at) OR #at < :at OR (#at = :at AND #event_id < :event_id)",
            )
            .expression_attribute_names("#at", OCCURRED_AT)
            .expression_attribute_names("#event_id", EVENT_ID)
            .expression_attribute_values(":at", text(occurred_at))
            .expression_attribute_values(":event_id", text(id.stamp.event_id.as_str()));
        Ok(match dynamodb::put(scope, &stamp, call).await? {
            Written::Applied => true,
            Written::Lost(_) => false,
        })
    }

    /// Every id of an organization: at most one for a system. One read, eventually consistent: what a message told a
    /// moment ago may go into the next day's request.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn of(&self, scope: &Scope, mdm_id: &MdmId) -> Result<Vec<BackSystemId>, DynamoDbError> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#mdm_id = :mdm_id")
            .expression_attribute_names("#mdm_id", MDM_ID)
            .expression_attribute_values(":mdm_id", text(mdm_id.as_str()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| DynamoDbError::of("Query", &error))?;
        scope.units().add_read(output.consumed_capacity());
        let ids: Result<Vec<_>, RowError> = output.items().iter().map(read).collect();
        ids.map_err(|error| error.of("Query"))
    }
}

fn read(item: &Item) -> Result<BackSystemId, RowError> {
    let row = Row::new(item);
    row.of_schema(CURRENT_SCHEMA)?;
    let system = BackSystem::parse(row.text(BACK_SYSTEM_NAME)?);
    let event_id = EventId::new(row.text(EVENT_ID)?).map_err(|error| RowError::new(EVENT_ID, &error))?;
    Ok(BackSystemId {
        system: system.ok_or_else(|| RowError::new(BACK_SYSTEM_NAME, &"is no system of ours"))?,
        id: BackId::new(row.text(BACK_SYSTEM_ID)?).map_err(|error| RowError::new(BACK_SYSTEM_ID, &error))?,
        stamp: Stamp { at: row.instant(OCCURRED_AT)?, event_id },
    })
}
