use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use jiff::Timestamp;

use super::stored::{Callback, CallbackId, Unreadable};
use super::{CREATED_AT, CallbackState, DUE_AT, DUE_INDEX, DUE_SHARD, HEAD, ORDER, SEQ, STATE, WAITS_SINCE};
use crate::dynamodb::{DynamoDbError, Item, Row, RowError, get, number, text};
use crate::{Scope, aws};

pub(super) const QUERY: &str = "Query";
/// How many rows of an order are read in one call.
const ROWS: i32 = 25;
/// How many heads are read in one call.
const HEADS: i32 = 500;

/// The table of callbacks, for whoever sends, lists or resends them.
#[derive(Clone, Debug)]
pub struct CallbackStore {
    pub(super) client: Client,
    pub(super) table: String,
}

/// An order of which something waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueOrder {
    /// Which.
    pub order: String,
    /// When it is to be looked at.
    pub due_at: Timestamp,
    /// Since when the first of what waits does.
    pub waits_since: Timestamp,
}

/// Some of the orders of a shard of which something waits.
#[derive(Debug)]
pub struct DuePage {
    /// The orders, the earliest due first.
    pub orders: Vec<DueOrder>,
    /// The orders whose heads cannot be read, and why.
    pub unreadable: Vec<(String, DynamoDbError)>,
    /// Where the next page begins, if there is one.
    pub next: Option<Item>,
}

/// Some of an index or of an order, and where the next page begins, if there is one.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What was read.
    pub items: Vec<T>,
    /// Where the next page begins.
    pub next: Option<Item>,
}

impl CallbackStore {
    /// The callbacks in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Opens the connection with the read that the worker makes. What comes of it is of no interest.
    pub async fn warm(&self) {
        let key = |name: &str| text(name);
        let call = self.client.get_item().table_name(&self.table).key(ORDER, key("-")).key(SEQ, key("-"));
        aws::warm(call.send()).await;
    }

    /// A callback, if there is such a one.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn callback(
        &self,
        scope: &Scope,
        id: &CallbackId,
    ) -> Result<Option<Result<Callback, Unreadable>>, DynamoDbError> {
        let key = self.client.get_item().table_name(&self.table);
        let item = get(scope, key.key(ORDER, text(&id.order)).key(SEQ, text(&id.seq))).await?;
        item.map(|item| Callback::read(&item, "GetItem")).transpose()
    }

    /// The callbacks of an order behind a place, oldest first; strongly consistent.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn of_order(
        &self,
        scope: &Scope,
        order: &str,
        behind: Option<&str>,
    ) -> Result<Page<Result<Callback, Unreadable>>, DynamoDbError> {
        // Every place begins with a digit.
        let behind = behind.unwrap_or("/");
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#order = :order AND #seq BETWEEN :behind AND :head")
            .filter_expression("attribute_exists(#state)")
            .expression_attribute_names("#order", ORDER)
            .expression_attribute_names("#seq", SEQ)
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":order", text(order))
            .expression_attribute_values(":behind", text(format!("{behind}~")))
            .expression_attribute_values(":head", text(HEAD))
            .consistent_read(true)
            .limit(ROWS)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(QUERY, &error))?;
        scope.units().add_read(output.consumed_capacity());
        let items =
            output.items().iter().map(|item| Callback::read(item, QUERY)).collect::<Result<_, _>>()?;
        Ok(Page { items, next: output.last_evaluated_key })
    }

    /// A page of the orders of one shard of which something waits, the earliest due first. The index lags behind.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn due(&self, scope: &Scope, shard: u32, from: Option<Item>) -> Result<DuePage, DynamoDbError> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(DUE_INDEX)
            .key_condition_expression("#shard = :shard")
            .expression_attribute_names("#shard", DUE_SHARD)
            .expression_attribute_values(":shard", number(shard))
            .limit(HEADS)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(QUERY, &error))?;
        scope.units().add_read(output.consumed_capacity());
        let (mut orders, mut unreadable) = (Vec::new(), Vec::new());
        for item in output.items() {
            match due_order(item) {
                Ok(order) => orders.push(order),
                Err(error) => {
                    let order = Row::new(item).text(ORDER).unwrap_or("-").to_owned();
                    unreadable.push((order, error.of(QUERY)));
                }
            }
        }
        Ok(DuePage { orders, unreadable, next: output.last_evaluated_key })
    }

    /// The ids of callbacks in a state, the first caused first, behind one of them. The index lags behind.
    ///
    /// # Errors
    /// DynamoDB failed, or a row cannot be read.
    pub async fn in_state(
        &self,
        scope: &Scope,
        state: CallbackState,
        behind: Option<&Listed>,
        most: i32,
    ) -> Result<Page<Listed>, DynamoDbError> {
        let from = behind.map(|listed| listed.key(state));
        let query = self.client.query().limit(most).set_exclusive_start_key(from);
        self.listed(scope, state, query).await
    }

    pub(super) async fn listed(
        &self,
        scope: &Scope,
        state: CallbackState,
        query: aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder,
    ) -> Result<Page<Listed>, DynamoDbError> {
        let output = query
            .table_name(&self.table)
            .index_name(STATE)
            .key_condition_expression("#state = :state")
            .expression_attribute_names("#state", STATE)
            .expression_attribute_values(":state", text(state.as_str()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| DynamoDbError::of(QUERY, &error))?;
        scope.units().add_read(output.consumed_capacity());
        let items = output.items().iter().map(Listed::read).collect::<Result<_, _>>();
        Ok(Page { items: items.map_err(|error| error.of(QUERY))?, next: output.last_evaluated_key })
    }
}

/// A callback's place in the list of all: when it was caused, then which it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// When it was caused, as a text that sorts.
    pub created_at: String,
    /// Which it is.
    pub id: CallbackId,
}

impl Listed {
    fn read(item: &Item) -> Result<Self, RowError> {
        let created_at = Row::new(item).text(CREATED_AT)?.to_owned();
        Ok(Self { created_at, id: CallbackId::of(item)? })
    }

    fn key(&self, state: CallbackState) -> Item {
        Item::from([
            (STATE.to_owned(), text(state.as_str())),
            (CREATED_AT.to_owned(), text(&self.created_at)),
            (ORDER.to_owned(), text(&self.id.order)),
            (SEQ.to_owned(), text(&self.id.seq)),
        ])
    }
}

fn due_order(item: &Item) -> Result<DueOrder, RowError> {
    let row = Row::new(item);
    let due_at = row.instant(DUE_AT)?;
    let waits_since = row.optional_instant(WAITS_SINCE)?.unwrap_or(due_at);
    Ok(DueOrder { order: row.text(ORDER)?.to_owned(), due_at, waits_since })
}
