//! The table `cl_depository_register_apply` (§5, item 13; §11): for which orders a user is to open an account at the
//! depository, and the sparse index of those whose time is up.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::{ChannelId, OrderKey, Register, RegisterState, Uid};
use jiff::Timestamp;
use platform::Scope;
use platform::aws::warm;
use platform::config::{Environment, Variable};
use platform::dynamodb::{
    self, DueQuery, DynamoDbError, Item, Row, RowError, SCHEMA_VERSION, STAMP, get, number, query, text,
};
use platform::rfc3339;

use super::order_row::{ORDER, order_key};
use super::users::user_key;
use super::work::shard_of;

const CL_DEPOSITORY_REGISTER_APPLY_TABLE: Variable = Variable {
    name: "CL_DEPOSITORY_REGISTER_APPLY_TABLE",
    meaning: "The table of accounts that are to be opened at the depository.",
    default: None,
};
const INDEX: &str = "due";
const UID: &str = "uid";
const STATE: &str = "state";
const STARTED_AT: &str = "started_at";
const DUE_SHARD: &str = "due_shard";
const DUE_AT: &str = "due_at";
const UPDATED_AT: &str = "updated_at";
/// How many rows are asked for at a time.
const PAGE: i32 = 25;
/// The version that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// The accounts that orders wait for.
#[derive(Clone, Debug)]
pub struct Registers {
    client: Client,
    table: String,
}

/// For which order of whom an account is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterKey {
    /// The order.
    pub order: OrderKey,
    /// Its user.
    pub uid: Uid,
}

/// What is known of the account that an order waits for, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRegister {
    /// Whose it is.
    pub key: RegisterKey,
    /// What is known.
    pub register: Register,
    /// Who wrote the row: as long as it says so, it is the row that was read.
    stamp: String,
}

/// A write of what is known.
#[derive(Clone, Copy, Debug)]
pub struct RegisterWrite<'a> {
    /// Whose it is.
    pub key: &'a RegisterKey,
    /// What was read.
    pub read: Option<&'a StoredRegister>,
    /// What it becomes.
    pub next: Register,
}

/// Some of what the job is to ask for.
#[derive(Debug)]
pub struct RegisterPage {
    /// The rows' keys, the longest due first.
    pub due: Vec<RegisterKey>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

impl RegisterKey {
    fn user(&self) -> String {
        user_key(&self.order.channel, &self.uid)
    }

    fn read(row: Row<'_>) -> Result<Self, RowError> {
        let order = order_key(row.text(ORDER)?).ok_or_else(|| RowError::new(ORDER, &"is no order"))?;
        let uid = row.text(UID)?.split_once('#').and_then(|(_, uid)| Uid::of_text(uid).ok());
        Ok(Self { order, uid: uid.ok_or_else(|| RowError::new(UID, &"is no user"))? })
    }

    fn to_item(&self, register: Register, now: Timestamp) -> Item {
        let mut item: Item = [
            (UID, text(self.user())),
            (ORDER, text(self.order.to_string())),
            (STATE, text(register.state.as_str())),
            (STARTED_AT, text(rfc3339::sortable(register.started_at))),
            (UPDATED_AT, text(rfc3339::sortable(now))),
            (SCHEMA_VERSION, number(CURRENT_SCHEMA)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Some(at) = register.due_at() {
            item.insert(DUE_SHARD.to_owned(), number(shard_of(&self.order)));
            item.insert(DUE_AT.to_owned(), text(rfc3339::sortable(at)));
        }
        item
    }
}

impl StoredRegister {
    fn read(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let state = RegisterState::parse(row.text(STATE)?);
        let state = state.ok_or_else(|| RowError::new(STATE, &"is no state that is known"))?;
        let register = Register { state, started_at: row.instant(STARTED_AT)? };
        Ok(Self { key: RegisterKey::read(row)?, register, stamp: row.text(STAMP)?.to_owned() })
    }
}

impl Registers {
    /// The accounts in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(CL_DEPOSITORY_REGISTER_APPLY_TABLE)
    }

    /// What is known of the account that an order waits for. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn register(
        &self,
        scope: &Scope,
        key: &RegisterKey,
    ) -> Result<Option<StoredRegister>, DynamoDbError> {
        let read = self.client.get_item().table_name(&self.table);
        let read = read.key(UID, text(key.user())).key(ORDER, text(key.order.to_string()));
        let item = get(scope, read).await?;
        let read = |item| StoredRegister::read(item).map_err(|error| error.of("GetItem"));
        item.as_ref().map(read).transpose()
    }

    /// Every order of a channel's user that waits for an account, or waited. One strong query.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn of_user(
        &self,
        scope: &Scope,
        channel: &ChannelId,
        uid: &Uid,
    ) -> Result<Vec<StoredRegister>, DynamoDbError> {
        let call = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#uid = :uid")
            .expression_attribute_names("#uid", UID)
            .expression_attribute_values(":uid", text(user_key(channel, uid)));
        let items = query(scope, call).await?;
        items.iter().map(StoredRegister::read).collect::<Result<_, _>>().map_err(|error| error.of("Query"))
    }

    /// A page of what a shard has that is due by `time`. The index lags behind the table.
    ///
    /// # Errors
    /// DynamoDB failed, or a key cannot be read.
    pub async fn due(
        &self,
        scope: &Scope,
        shard: u32,
        time: Timestamp,
        from: Option<Item>,
    ) -> Result<RegisterPage, DynamoDbError> {
        let query = DueQuery {
            table: &self.table,
            index: INDEX,
            shard: (DUE_SHARD, number(shard)),
            at: (DUE_AT, time),
            limit: Some(PAGE),
            from,
        };
        let page = dynamodb::due(scope, &self.client, query).await?;
        let key = |item| RegisterKey::read(Row::new(item)).map_err(|error| error.of("Query"));
        let due = page.items.iter().map(key).collect::<Result<_, _>>()?;
        Ok(RegisterPage { due, next: page.next })
    }

    /// Opens the connection during init: a read of a row that cannot be.
    pub async fn warm(&self) {
        let read = self.client.get_item().table_name(&self.table);
        warm(read.key(UID, text("-")).key(ORDER, text("-")).send()).await;
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The row, on condition that it is what was read.
    pub(super) fn put(&self, write: RegisterWrite<'_>, now: Timestamp) -> PutBuilder {
        let put = Put::builder().table_name(&self.table).set_item(Some(write.key.to_item(write.next, now)));
        super::beside::unchanged(put, ORDER, write.read.map(|read| read.stamp.as_str()))
    }
}
