//! The table `third_order_messages`: the part of an order's history that the core told (§10). Each message that was taken
//! stands in it once, whatever came of it, so that a repeat is known.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::{AppliedMessage, CoreMessageKind, OrderKey};
use jiff::Timestamp;
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::dynamodb::{DynamoDbError, SCHEMA_VERSION, STAMP, Transacted, Transaction, get, number, text};
use platform::rfc3339;

use super::order_row::ORDER;

const THIRD_ORDER_MESSAGES_TABLE: Variable = Variable {
    name: "THIRD_ORDER_MESSAGES_TABLE",
    meaning: "The table of the core's messages about orders.",
    default: None,
};
const MESSAGE: &str = "message";
const CURRENT_SCHEMA: u64 = 1;

/// The messages that were taken.
#[derive(Clone, Debug)]
pub struct CoreMessages {
    client: Client,
    table: String,
}

/// A message of the core, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreMessage {
    /// The order that it is about.
    pub order: OrderKey,
    /// Its kind.
    pub kind: CoreMessageKind,
    /// Its id: no other of its order and kind has it.
    pub event_id: String,
    /// When what it tells happened.
    pub occurred_at: Timestamp,
    /// What it tells, in a word.
    pub told: &'static str,
}

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It changed the order.
    Applied,
    /// The order showed something newer.
    Late,
    /// The order showed the same already.
    Unchanged,
}

impl Taken {
    /// Its name in the store, and the record's outcome.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Late => "late",
            Self::Unchanged => "unchanged",
        }
    }
}

impl CoreMessage {
    /// What the order it changes shows of it.
    #[must_use]
    pub fn applied(&self) -> AppliedMessage {
        AppliedMessage { event_id: self.event_id.clone(), occurred_at: self.occurred_at }
    }
}

impl CoreMessages {
    /// The messages in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(THIRD_ORDER_MESSAGES_TABLE)
    }

    /// Keeps a message that changes nothing; `false` if it is kept already.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn keep(
        &self,
        scope: &Scope,
        message: &CoreMessage,
        taken: Taken,
    ) -> Result<bool, DynamoDbError> {
        let stamp = scope.stamp();
        let put = self.put(message, taken, scope.now(), &stamp);
        Ok(match Transaction::new().put(put).commit(&self.client, scope, &stamp).await? {
            Transacted::Applied => true,
            Transacted::Lost(_) => false,
        })
    }

    /// Whether a message was taken before. One strong read.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn has(&self, scope: &Scope, message: &CoreMessage) -> Result<bool, DynamoDbError> {
        let read = self.client.get_item().table_name(&self.table);
        let read = read.key(ORDER, text(message.order.to_string())).key(MESSAGE, text(key(message)));
        Ok(get(scope, read).await?.is_some())
    }

    /// The row of a message, on condition that there is none.
    pub(super) fn put(&self, message: &CoreMessage, taken: Taken, now: Timestamp, stamp: &str) -> PutBuilder {
        Put::builder()
            .table_name(&self.table)
            .item(ORDER, text(message.order.to_string()))
            .item(MESSAGE, text(key(message)))
            .item("taken", text(taken.as_str()))
            .item("told", text(message.told))
            .item("occurred_at", text(rfc3339::sortable(message.occurred_at)))
            .item("at", text(rfc3339::sortable(now)))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#order)")
            .expression_attribute_names("#order", ORDER)
    }
}

/// `credit_result#e-1`. No kind holds the `#`, so no two messages of an order share a key.
fn key(message: &CoreMessage) -> String {
    format!("{}#{}", message.kind.as_str(), message.event_id)
}
