use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use jiff::Timestamp;
use platform::dynamodb::{SCHEMA_VERSION, STAMP, number, text};
use platform::rfc3339;

use super::order_row::StoredOrder;
use super::orders::OrderStore;

pub(super) const THIRD_ORDER_NO: &str = "third_order_no";
const CURRENT_SCHEMA: u64 = 1;

impl OrderStore {
    /// The row that leads from the platform's number to ours, written once (§3.1, §7.10).
    pub(super) fn conversion_put(&self, order: &StoredOrder, now: Timestamp, stamp: &str) -> PutBuilder {
        Put::builder()
            .table_name(&self.tables.conversion)
            .item(THIRD_ORDER_NO, text(order.key.to_string()))
            .item("order_no", text(&order.order_no))
            .item("created_at", text(rfc3339::sortable(now)))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#third_order_no)")
            .expression_attribute_names("#third_order_no", THIRD_ORDER_NO)
    }
}
