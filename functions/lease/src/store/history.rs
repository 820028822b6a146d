use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::lease::{Order, OrderState, Source};
use jiff::Timestamp;
use platform::dynamodb::{SCHEMA_VERSION, STAMP, number, text};
use platform::rfc3339;

use super::LeaseStore;
use super::order_row::{ORDER_ID, VERSION};

const CURRENT_SCHEMA: u64 = 1;

/// A transition of an order: who, when, why, and Ant's id of what led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the order was; `None` when it is new.
    pub from: Option<OrderState>,
    /// The caller's ARN, or the function that found it out by itself.
    pub who: String,
    /// Which generation of systems called, if one did.
    pub source: Option<Source>,
    /// Why, in a few words without personal data.
    pub why: String,
    /// Ant's id of the request.
    pub req_msg_id: Option<String>,
}

impl LeaseStore {
    /// The entry's row: one for each version of the order that is a transition.
    pub(super) fn history_put(
        &self,
        entry: &Entry,
        order: &Order,
        now: Timestamp,
        stamp: &str,
    ) -> PutBuilder {
        let mut put = Put::builder()
            .table_name(&self.tables.history)
            .item(ORDER_ID, text(order.id.as_str()))
            .item(VERSION, number(order.version))
            .item("at", text(rfc3339::sortable(now)))
            .item("to", text(order.state.as_str()))
            .item("who", text(&entry.who))
            .item("why", text(&entry.why))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#order_id)")
            .expression_attribute_names("#order_id", ORDER_ID);
        if let Some(from) = entry.from {
            put = put.item("from", text(from.as_str()));
        }
        if let Some(source) = entry.source {
            put = put.item("source", text(source.as_str()));
        }
        if let Some(id) = &entry.req_msg_id {
            put = put.item("req_msg_id", text(id));
        }
        put
    }
}
