use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};

use super::Bus;
use super::pending::{Destination, Pending};
use super::send::{Sent, Unsent};

/// The code of an entry at which the service itself failed.
const SERVICE_FAILED: &str = "InternalFailure";

/// Puts rows on the bus, in one call.
pub(super) async fn put(bus: &Bus, rows: &[&Pending]) -> Sent {
    let entries = rows.iter().map(|row| entry(bus, row)).collect();
    let call = bus.aws.eventbridge().put_events().set_entries(Some(entries));
    let answer = call.send().await.map_err(|error| Unsent::of(&error))?;
    let outcome = |place: usize| match answer.entries().get(place) {
        Some(entry) => judge(entry),
        None => Err(Unsent::Left("EventBridge does not tell what came of it".into())),
    };
    Ok((0..rows.len()).map(outcome).collect())
}

fn entry(bus: &Bus, row: &Pending) -> PutEventsRequestEntry {
    let (source, detail_type) = match &row.destination {
        Destination::Bus { source, detail_type } => (Some(source.clone()), Some(detail_type.clone())),
        Destination::Queue { .. } => (None, None),
    };
    PutEventsRequestEntry::builder()
        .event_bus_name(&bus.name)
        // When it happened, however late it is sent: an archive is replayed by this.
        .set_time(row.created_at().map(|created_at| DateTime::from_secs(created_at.as_second())))
        .set_source(source)
        .set_detail_type(detail_type)
        .detail(&row.body)
        .build()
}

fn judge(entry: &PutEventsResultEntry) -> Result<(), Unsent> {
    let message = entry.error_message().unwrap_or("-");
    match entry.error_code() {
        None => Ok(()),
        Some(SERVICE_FAILED) => Err(Unsent::Left(format!("{SERVICE_FAILED}: {message}"))),
        Some(code) => Err(Unsent::refusal(code, message)),
    }
}
