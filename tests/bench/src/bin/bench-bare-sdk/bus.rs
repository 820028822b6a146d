//! The bus, on which events are told.

use std::env;

use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use bench::Error;

use crate::clients::Aws;

/// The bus.
pub(crate) struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// Reads the functions' own variable.
    pub(crate) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self { client: aws.eventbridge(), name: env::var("EVENT_BUS_NAME")? })
    }

    /// An event that happened at this second.
    pub(crate) fn entry(
        &self,
        second: i64,
        (source, detail_type): (&str, &str),
        detail: &str,
    ) -> PutEventsRequestEntry {
        PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .time(DateTime::from_secs(second))
            .source(source)
            .detail_type(detail_type)
            .detail(detail)
            .build()
    }

    /// Puts events on it, in one call.
    pub(crate) async fn put(&self, entries: Vec<PutEventsRequestEntry>) -> Result<(), Error> {
        let told = self.client.put_events().set_entries(Some(entries)).send().await?;
        if told.failed_entry_count > 0 { Err("an event was refused".into()) } else { Ok(()) }
    }
}
