//! Telling an event as the functions do: its row is written with the change that it tells of, then it is put on the
//! bus, then its row is deleted.

use std::collections::HashMap;
use std::env;

use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, Put, WriteRequest};
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use bench::Error;
use serde_json::Value;

use crate::clients::Aws;
use crate::dynamodb::{NOW, STAMP, UNITS, number, text};

/// [`NOW`] in seconds.
const NOW_S: i64 = 1_767_323_045;
/// The shard that [`STAMP`] is in.
const SHARD: u32 = 0;
const CORRELATION_ID: &str = "0f9c7d2e-visit";

/// The outbox and the bus.
pub(crate) struct Outbox {
    dynamodb: aws_sdk_dynamodb::Client,
    eventbridge: aws_sdk_eventbridge::Client,
    table: String,
    bus: String,
}

/// An event that is to be told.
pub(crate) struct Event {
    source: &'static str,
    name: &'static str,
    detail: String,
}

impl Event {
    /// An event with these members besides those that every event has.
    pub(crate) fn new(source: &'static str, name: &'static str, mut members: Value) -> Self {
        members["event_id"] = STAMP.into();
        members["event"] = name.into();
        members["version"] = 1.into();
        members["occurred_at"] = NOW.into();
        members["correlation_id"] = CORRELATION_ID.into();
        Self { source, name, detail: members.to_string() }
    }
}

impl Outbox {
    /// Reads the functions' own variables.
    pub(crate) fn read(aws: &Aws) -> Result<Self, Error> {
        let (table, bus) = (env::var("OUTBOX_TABLE")?, env::var("EVENT_BUS_NAME")?);
        Ok(Self { dynamodb: aws.dynamodb(), eventbridge: aws.eventbridge(), table, bus })
    }

    /// An event's row.
    pub(crate) fn row(&self, event: &Event) -> PutBuilder {
        let destination = [("source", event.source), ("detail_type", event.name)];
        let destination = destination.map(|(name, value)| (name.to_owned(), text(value)));
        Put::builder()
            .table_name(&self.table)
            .item("shard", number(SHARD))
            .item("entry", text(entry()))
            .item("destination", AttributeValue::M(HashMap::from(destination)))
            .item("body", text(&event.detail))
            .item("attributes", AttributeValue::M(HashMap::new()))
            .item("schema_version", number(1))
            .item("request_stamp", text(STAMP))
            .condition_expression("attribute_not_exists(#entry)")
            .expression_attribute_names("#entry", "entry")
    }

    /// Puts an event on the bus and deletes its row.
    pub(crate) async fn deliver(&self, event: Event) -> Result<(), Error> {
        let told = PutEventsRequestEntry::builder()
            .event_bus_name(&self.bus)
            .time(DateTime::from_secs(NOW_S))
            .source(event.source)
            .detail_type(event.name)
            .detail(event.detail)
            .build();
        let told = self.eventbridge.put_events().entries(told).send().await?;
        if told.failed_entry_count > 0 {
            return Err("the event was refused".into());
        }
        let delete =
            DeleteRequest::builder().key("shard", number(SHARD)).key("entry", text(entry())).build()?;
        let delete = vec![WriteRequest::builder().delete_request(delete).build()];
        let deleted = self.dynamodb.batch_write_item().request_items(&self.table, delete);
        deleted.return_consumed_capacity(UNITS).send().await?;
        Ok(())
    }
}

fn entry() -> String {
    format!("{NOW}#{STAMP}")
}
