//! Telling an event as the functions do: its row is written with the change that it tells of, then it is put on the
//! bus, then its row is deleted.

use aws_sdk_dynamodb::types::builders::PutBuilder;
use bench::Error;
use serde_json::Value;

use crate::bus::Bus;
use crate::clients::Aws;
use crate::dynamodb::{NOW, STAMP};
use crate::unsent::{Row, Unsent, key};

/// What everything that an event causes is known by.
pub(crate) const CORRELATION_ID: &str = "0f9c7d2e-visit";
/// [`NOW`] in seconds.
const NOW_S: i64 = 1_767_323_045;

/// The outbox and the bus.
pub(crate) struct Outbox {
    unsent: Unsent,
    bus: Bus,
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
        Ok(Self { unsent: Unsent::read(aws)?, bus: Bus::read(aws)? })
    }

    /// An event's row.
    pub(crate) fn row(&self, event: &Event) -> PutBuilder {
        let destination = [("source", event.source), ("detail_type", event.name)];
        self.unsent.put(&Row { id: STAMP, destination: &destination, body: &event.detail, attributes: &[] })
    }

    /// Puts an event on the bus and deletes its row.
    pub(crate) async fn deliver(&self, event: Event) -> Result<(), Error> {
        let entry = self.bus.entry(NOW_S, (event.source, event.name), &event.detail);
        self.bus.put(vec![entry]).await?;
        self.unsent.delete(vec![key(STAMP)]).await
    }
}
