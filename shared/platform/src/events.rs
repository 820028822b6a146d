//! Events (design §5): what happened, told on the bus to whoever wants to know. They go through the outbox
//! ([`Outbox::event`](crate::outbox::Outbox::event)), and so may come twice and in any order.

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Something that happened: ids, times and amounts, and nothing that identifies a person.
#[derive(Clone)]
pub struct Event {
    name: &'static str,
    version: u32,
    occurred_at: Timestamp,
    body: Map<String, Value>,
}

impl Event {
    /// An event of this kind, in this version of its schema (docs/events), e.g. `contract_closed`.
    #[must_use]
    pub fn new(name: &'static str, version: u32, occurred_at: Timestamp) -> Self {
        Self { name, version, occurred_at, body: Map::new() }
    }

    /// Adds a member. Those of the envelope (`event_id`, `event`, `version`, `occurred_at`, `correlation_id`) cannot
    /// be replaced by it.
    #[must_use]
    pub fn with(mut self, member: &'static str, value: impl Into<Value>) -> Self {
        self.body.insert(member.to_owned(), value.into());
        self
    }

    /// The kind of event, which on the bus is the detail type.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What stands on the bus as the event's detail. An event that comes twice has the same `event_id` both times.
    pub(crate) fn detail(&self, event_id: &str, correlation_id: &str) -> String {
        let mut detail = self.body.clone();
        let mut envelope = |member: &str, value: Value| detail.insert(member.to_owned(), value);
        envelope("event_id", event_id.into());
        envelope("event", self.name.into());
        envelope("version", self.version.into());
        envelope("occurred_at", self.occurred_at.to_string().into());
        envelope("correlation_id", correlation_id.into());
        Value::Object(detail).to_string()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Event").field("name", &self.name).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Event;

    #[test]
    fn the_detail_is_the_envelope_with_the_events_own_members() {
        let event = Event::new("contract_closed", 1, Timestamp::UNIX_EPOCH)
            .with("contract_number", "77-1")
            .with("sequence", 3)
            .with("event_id", "forged");
        let expected = concat!(
            r#"{"contract_number":"77-1","correlation_id":"c-1","event":"contract_closed","event_id":"e-1","#,
            r#""occurred_at":"1970-01-01T00:00:00Z","sequence":3,"version":1}"#,
        );
        assert_eq!(event.detail("e-1", "c-1"), expected);
        assert_eq!(format!("{event:?}"), "Event { name: \"contract_closed\", .. }");
    }
}
