use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::ThirdOrderStatus;
use jiff::Timestamp;
use platform::dynamodb::{SCHEMA_VERSION, STAMP, number, text};
use platform::rfc3339;

use super::order_row::{ORDER, StoredOrder, VERSION};
use super::orders::OrderStore;

const CURRENT_SCHEMA: u64 = 1;

/// A step of an order: out of what, by whom, and why (§2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the order was; `None` when it is new.
    pub from: Option<ThirdOrderStatus>,
    /// The function that took the step.
    pub source: &'static str,
    /// Why, in a few words without personal data.
    pub reason: String,
}

impl OrderStore {
    /// The table of the orders' steps, for those that their loans add.
    #[must_use]
    pub fn history_table(&self) -> &str {
        &self.tables.history
    }

    /// The entry's row: one for each version of the order that is a step.
    pub(super) fn history_put(
        &self,
        entry: &Entry,
        order: &StoredOrder,
        now: Timestamp,
        stamp: &str,
    ) -> PutBuilder {
        let put = Put::builder()
            .table_name(&self.tables.history)
            .item(ORDER, text(order.key.to_string()))
            .item(VERSION, number(order.version))
            .item("at", text(rfc3339::sortable(now)))
            .item("to", number(order.status.code()))
            .item("source", text(entry.source))
            .item("reason", text(&entry.reason))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#order)")
            .expression_attribute_names("#order", ORDER);
        match entry.from {
            Some(from) => put.item("from", number(from.code())),
            None => put,
        }
    }
}
