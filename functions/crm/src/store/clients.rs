use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnConsumedCapacity};
use domain::crm::OrganizationId;
use jiff::Timestamp;
use platform::aws::{NOBODY, warm};
use platform::config::{Environment, Variable};
use platform::dynamodb::{self, DynamoDbError, Item, RowError, Written, get, number, text};
use platform::{Scope, rfc3339};

use super::client_row::{ClientRow, ORGANIZATION_ID, VERSION, WAITING_SHARD, WAITING_SINCE};

const CRM_CLIENTS_TABLE: Variable = Variable {
    name: "CRM_CLIENTS_TABLE",
    meaning: "The table of the organizations' projections.",
    default: None,
};
/// The sparse index of waiting clients, by the instant since which they wait.
const INDEX: &str = "waiting";

/// The projections of all organizations.
#[derive(Clone, Debug)]
pub struct ClientStore {
    pub(super) client: Client,
    pub(super) table: String,
}

/// Some of the clients who are due in a shard.
#[derive(Debug)]
pub struct WaitingPage {
    /// The clients, the longest waiting first; a row that cannot be read stands as the failure that it is.
    pub rows: Vec<Result<ClientRow, DynamoDbError>>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// A place in a shard of the index: behind this client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Since when the client waits, as it is stored.
    pub waiting_since: String,
    /// The client.
    pub organization_id: String,
}

impl ClientStore {
    /// The store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(CRM_CLIENTS_TABLE)
    }

    /// An organization's row, or the one that it begins with. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn find(&self, scope: &Scope, id: &OrganizationId) -> Result<ClientRow, DynamoDbError> {
        let item = get(scope, self.row_of(id.as_str())).await?;
        let read = item.as_ref().map_or_else(|| Ok(ClientRow::empty(id.clone())), ClientRow::read);
        read.map_err(|error| error.of("GetItem"))
    }

    /// Writes the row, if it is still the version that was read. On `Err` of the inner result it was not: the row as it
    /// stands, to be changed anew.
    ///
    /// # Errors
    /// DynamoDB failed, or the row as it stands cannot be read.
    pub async fn write(
        &self,
        scope: &Scope,
        row: &ClientRow,
    ) -> Result<Result<(), Box<ClientRow>>, DynamoDbError> {
        let stamp = scope.stamp();
        let put = self.next_version(row, &stamp).build();
        let put = put.map_err(|error| DynamoDbError::incomplete("PutItem", &error))?;
        let call = self
            .client
            .put_item()
            .table_name(put.table_name)
            .set_item(Some(put.item))
            .set_condition_expression(put.condition_expression)
            .set_expression_attribute_names(put.expression_attribute_names)
            .set_expression_attribute_values(put.expression_attribute_values);
        match dynamodb::put(scope, &stamp, call).await? {
            Written::Applied => Ok(Ok(())),
            Written::Lost(Some(stands)) => {
                let stands = ClientRow::read(&stands).map_err(|error| error.of("PutItem"))?;
                Ok(Err(Box::new(stands)))
            }
            Written::Lost(None) => Ok(Err(Box::new(ClientRow::empty(row.client.organization_id.clone())))),
        }
    }

    /// The write of the row's next version, on condition that it is still the one that was read.
    pub(super) fn next_version(&self, row: &ClientRow, stamp: &str) -> PutBuilder {
        let put = Put::builder().table_name(&self.table).set_item(Some(row.to_item(stamp)));
        match row.version {
            0 => put
                .condition_expression("attribute_not_exists(#id)")
                .expression_attribute_names("#id", ORGANIZATION_ID),
            version => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":version", number(version)),
        }
    }

    /// A page of a shard's clients who have waited since `cutoff` or longer. The index lags behind the table: a client
    /// may have changed since. Behind the cutoff, where a cursor is left that was made with fewer waiting days, there is
    /// nobody, and DynamoDB would refuse the question.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn waiting(
        &self,
        scope: &Scope,
        shard: u32,
        cutoff: Timestamp,
        (from, limit): (Option<&Cursor>, i32),
    ) -> Result<WaitingPage, DynamoDbError> {
        let bound = rfc3339::sortable(cutoff);
        if from.is_some_and(|cursor| cursor.waiting_since > bound) {
            return Ok(WaitingPage { rows: Vec::new(), next: None });
        }
        let page = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(INDEX)
            .key_condition_expression("#shard = :shard AND #since <= :cutoff")
            .expression_attribute_names("#shard", WAITING_SHARD)
            .expression_attribute_names("#since", WAITING_SINCE)
            .expression_attribute_values(":shard", number(shard))
            .expression_attribute_values(":cutoff", text(bound))
            .limit(limit)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(from.map(|cursor| start_key(shard, cursor)))
            .send()
            .await
            .map_err(|error| DynamoDbError::of("Query", &error))?;
        scope.units().add_read(page.consumed_capacity());
        let rows = page.items().iter().map(|item| ClientRow::read(item).map_err(|error| error.of("Query")));
        let rows = rows.collect();
        let next = page.last_evaluated_key().map(cursor).transpose().map_err(|error| error.of("Query"))?;
        Ok(WaitingPage { rows, next })
    }

    /// A read of nothing, to open the connection during init.
    pub async fn warm(&self) {
        warm(self.row_of(NOBODY).send()).await;
    }

    fn row_of(&self, id: &str) -> GetItemFluentBuilder {
        self.client.get_item().table_name(&self.table).key(ORGANIZATION_ID, text(id))
    }
}

fn start_key(shard: u32, cursor: &Cursor) -> Item {
    let key: [(&str, AttributeValue); 3] = [
        (WAITING_SHARD, number(shard)),
        (WAITING_SINCE, text(&cursor.waiting_since)),
        (ORGANIZATION_ID, text(&cursor.organization_id)),
    ];
    key.map(|(name, value)| (name.to_owned(), value)).into()
}

fn cursor(key: &Item) -> Result<Cursor, RowError> {
    let row = dynamodb::Row::new(key);
    Ok(Cursor {
        waiting_since: row.text(WAITING_SINCE)?.to_owned(),
        organization_id: row.text(ORGANIZATION_ID)?.to_owned(),
    })
}
