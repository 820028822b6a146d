//! The rows of an order's raw data ("third-order data", §3.1): which object holds what, since when, and what it weighs.

use aws_sdk_dynamodb::types::builders::{DeleteBuilder, PutBuilder};
use aws_sdk_dynamodb::types::{Delete, Put};
use domain::marketplace::{OrderKey, PullKind};
use jiff::Timestamp;
use platform::dynamodb::{SCHEMA_VERSION, STAMP, number, text};
use platform::rfc3339;

use super::order_row::ORDER;
use super::orders::OrderStore;
use super::raw_data::RawObject;

const KIND: &str = "kind";
const CURRENT_SCHEMA: u64 = 1;

/// What kind of raw data an object holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataKind {
    /// The push.
    Push,
    /// What was pulled.
    Pulled(PullKind),
}

impl DataKind {
    /// Its name in the store and in the object's key.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Push => "push",
            Self::Pulled(kind) => kind.as_str(),
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == Self::Push.as_str() { Some(Self::Push) } else { PullKind::parse(text).map(Self::Pulled) }
    }
}

impl OrderStore {
    /// The row of an object that was put. The last one of its kind stands.
    pub(super) fn data_put(
        &self,
        key: &OrderKey,
        object: &RawObject,
        now: Timestamp,
        stamp: &str,
    ) -> PutBuilder {
        Put::builder()
            .table_name(&self.tables.data)
            .item(ORDER, text(key.to_string()))
            .item(KIND, text(object.kind.as_str()))
            .item("object_key", text(&object.key))
            .item("bytes", number(object.bytes))
            .item("at", text(rfc3339::sortable(now)))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
    }

    /// Takes the row of a kind away; its object stays until the bucket's lifecycle deletes it.
    pub(super) fn data_delete(&self, key: &OrderKey, kind: DataKind) -> DeleteBuilder {
        Delete::builder()
            .table_name(&self.tables.data)
            .key(ORDER, text(key.to_string()))
            .key(KIND, text(kind.as_str()))
    }
}
