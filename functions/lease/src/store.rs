//! This context's DynamoDB access: the tables `lease_orders`, `lease_documents`, `lease_history`, `lease_requests` and
//! `ant_notifications`, with each access pattern and its cost in docs/contexts/lease.md.

mod commit;
mod documents;
mod history;
mod load;
mod notifications;
mod order_row;
mod requests;
mod unknown_row;
mod watch;

use aws_sdk_dynamodb::Client;
use platform::aws::warm;
use platform::config::{Environment, Variable};

pub use commit::{Commit, Committed};
pub use documents::{Document, DocumentError, Kind, Sealing};
pub use history::Entry;
pub use notifications::{Notification, NotificationStore};
pub use order_row::{OnBehalf, StoredOrder};
pub use requests::{Answered, Progress, RequestKey, RequestRow, Running};
pub use watch::{SHARDS, WatchedPage, watch_at};

const LEASE_ORDERS_TABLE: Variable =
    Variable { name: "LEASE_ORDERS_TABLE", meaning: "The table of lease orders.", default: None };
const LEASE_DOCUMENTS_TABLE: Variable = Variable {
    name: "LEASE_DOCUMENTS_TABLE",
    meaning: "The table of the orders' sealed documents.",
    default: None,
};
const LEASE_HISTORY_TABLE: Variable =
    Variable { name: "LEASE_HISTORY_TABLE", meaning: "The table of the orders' transitions.", default: None };
const LEASE_REQUESTS_TABLE: Variable = Variable {
    name: "LEASE_REQUESTS_TABLE",
    meaning: "The table of requests with an Idempotency-Key.",
    default: None,
};

/// The orders with everything that belongs to them.
#[derive(Clone, Debug)]
pub struct LeaseStore {
    client: Client,
    tables: Tables,
    sealing: Sealing,
}

/// The names of the tables.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The orders.
    pub orders: String,
    /// Their sealed documents.
    pub documents: String,
    /// Their transitions.
    pub history: String,
    /// Requests with an Idempotency-Key.
    pub requests: String,
}

impl Tables {
    /// Reads the tables' names.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let orders = environment.read(LEASE_ORDERS_TABLE);
        let documents = environment.read(LEASE_DOCUMENTS_TABLE);
        let history = environment.read(LEASE_HISTORY_TABLE);
        let requests = environment.read(LEASE_REQUESTS_TABLE);
        Some(Self { orders: orders?, documents: documents?, history: history?, requests: requests? })
    }
}

impl LeaseStore {
    /// The store in `tables`.
    #[must_use]
    pub fn new(client: Client, tables: Tables, sealing: Sealing) -> Self {
        Self { client, tables, sealing }
    }

    /// Opens the connection during init: a read of an order that cannot be.
    pub async fn warm(&self) {
        let read = self.client.get_item().table_name(&self.tables.orders);
        warm(read.key(order_row::ORDER_ID, platform::dynamodb::text("-")).send()).await;
    }
}
