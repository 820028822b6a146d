use aws_sdk_dynamodb::Client;
use domain::marketplace::OrderKey;
use platform::Scope;
use platform::aws::warm;
use platform::config::{Environment, Variable};
use platform::dynamodb::{DynamoDbError, get, text};

use super::order_row::{ORDER, StoredOrder};

const THIRD_ORDERS_TABLE: Variable =
    Variable { name: "THIRD_ORDERS_TABLE", meaning: "The table of pushed orders.", default: None };
const THIRD_ORDER_HISTORY_TABLE: Variable = Variable {
    name: "THIRD_ORDER_HISTORY_TABLE",
    meaning: "The table of the pushed orders' steps.",
    default: None,
};
const THIRD_ORDER_CONVERSION_TABLE: Variable = Variable {
    name: "THIRD_ORDER_CONVERSION_TABLE",
    meaning: "The table that leads from the platform's order numbers to ours.",
    default: None,
};
const THIRD_ORDER_DATA_TABLE: Variable = Variable {
    name: "THIRD_ORDER_DATA_TABLE",
    meaning: "The table of the pushed orders' raw data: which object holds what.",
    default: None,
};
const RONGSHU_USERS_TABLE: Variable =
    Variable { name: "RONGSHU_USERS_TABLE", meaning: "The table of the platform's users.", default: None };
const RONGSHU_CREDIT_DATA_PULL_LOG_TABLE: Variable = Variable {
    name: "RONGSHU_CREDIT_DATA_PULL_LOG_TABLE",
    meaning: "The table of the pushed orders' data pulls.",
    default: None,
};

/// The orders with everything that belongs to them.
#[derive(Clone, Debug)]
pub struct OrderStore {
    pub(super) client: Client,
    pub(super) tables: OrderTables,
}

/// The names of the tables.
#[derive(Clone, Debug)]
pub struct OrderTables {
    /// The orders.
    pub orders: String,
    /// Their steps.
    pub history: String,
    /// From the platform's numbers to ours.
    pub conversion: String,
    /// Which object holds what.
    pub data: String,
    /// The platform's users.
    pub users: String,
    /// The data pulls.
    pub pull_log: String,
}

impl OrderTables {
    /// Reads the tables' names.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let orders = environment.read(THIRD_ORDERS_TABLE);
        let history = environment.read(THIRD_ORDER_HISTORY_TABLE);
        let conversion = environment.read(THIRD_ORDER_CONVERSION_TABLE);
        let data = environment.read(THIRD_ORDER_DATA_TABLE);
        let users = environment.read(RONGSHU_USERS_TABLE);
        let pull_log = environment.read(RONGSHU_CREDIT_DATA_PULL_LOG_TABLE);
        Some(Self {
            orders: orders?,
            history: history?,
            conversion: conversion?,
            data: data?,
            users: users?,
            pull_log: pull_log?,
        })
    }
}

impl OrderStore {
    /// The store in `tables`.
    #[must_use]
    pub fn new(client: Client, tables: OrderTables) -> Self {
        Self { client, tables }
    }

    /// An order as it stands now.
    ///
    /// # Errors
    /// DynamoDB failed, or the row cannot be read.
    pub async fn order(&self, scope: &Scope, key: &OrderKey) -> Result<Option<StoredOrder>, DynamoDbError> {
        let call = self.client.get_item().table_name(&self.tables.orders).key(ORDER, text(key.to_string()));
        let item = get(scope, call).await?;
        let read = |item| StoredOrder::read(item).map_err(|error| error.of("GetItem"));
        item.as_ref().map(read).transpose()
    }

    /// Opens the connection during init: a read of an order that cannot be.
    pub async fn warm(&self) {
        let read = self.client.get_item().table_name(&self.tables.orders);
        warm(read.key(ORDER, text("-")).send()).await;
    }
}
