//! What Ant told us (§7): each message once, for 30 days.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use jiff::Timestamp;
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::dynamodb::{DynamoDbError, SCHEMA_VERSION, STAMP, Transacted, Transaction, get, number, text};
use platform::rfc3339;

use crate::ant_notify::Message;

const ANT_NOTIFICATIONS_TABLE: Variable =
    Variable { name: "ANT_NOTIFICATIONS_TABLE", meaning: "The table of Ant's notifications.", default: None };
const MSG_ID: &str = "msg_id";
const KEPT_FOR: Duration = Duration::from_hours(30 * 24);
const CURRENT_SCHEMA: u64 = 1;

/// A verified notification. What it says is only that something happened: the answer to a question tells what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    table: String,
    /// Its id, which Ant repeats it with.
    pub msg_id: String,
    /// What kind it is.
    pub publish_type: String,
    /// The order that it is about, as Ant calls it.
    pub order_id: String,
    /// What tells two contents apart; the content itself may hold identity data, and what happened is asked for anyway.
    pub content_digest: String,
}

/// Notifications, for the function that takes them.
#[derive(Clone, Debug)]
pub struct NotificationStore {
    client: Client,
    table: String,
}

impl NotificationStore {
    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(ANT_NOTIFICATIONS_TABLE)
    }

    /// The store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// A notification for this table.
    #[must_use]
    pub fn notification(&self, message: &Message) -> Notification {
        Notification {
            table: self.table.clone(),
            msg_id: message.msg_id.clone(),
            publish_type: message.publish_type.clone(),
            order_id: message.order_id.clone(),
            content_digest: platform::fingerprint(&[&message.content]),
        }
    }

    /// Stores a notification about an order that we do not have, and tells whether it is there for the first time.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn keep(&self, scope: &Scope, notification: &Notification) -> Result<bool, DynamoDbError> {
        let stamp = scope.stamp();
        let transaction = Transaction::new().put(notification.put(scope.now(), &stamp));
        Ok(transaction.commit(&self.client, scope, &stamp).await? == Transacted::Applied)
    }

    /// Whether a notification is there already.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn has(&self, scope: &Scope, notification: &Notification) -> Result<bool, DynamoDbError> {
        let call = self.client.get_item().table_name(&self.table).key(MSG_ID, text(&notification.msg_id));
        Ok(get(scope, call).await?.is_some())
    }
}

impl Notification {
    /// Its row, which there is once.
    pub(super) fn put(&self, now: Timestamp, stamp: &str) -> PutBuilder {
        let expires_at = now.checked_add(KEPT_FOR).unwrap_or(Timestamp::MAX).as_second();
        Put::builder()
            .table_name(&self.table)
            .item(MSG_ID, text(&self.msg_id))
            .item("msg_publish_type", text(&self.publish_type))
            .item("order_id", text(&self.order_id))
            .item("content_digest", text(&self.content_digest))
            .item("received_at", text(rfc3339::sortable(now)))
            .item("expires_at", number(expires_at))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#msg_id)")
            .expression_attribute_names("#msg_id", MSG_ID)
    }
}
