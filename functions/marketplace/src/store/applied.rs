//! Which message of the core changed an order last, of each kind: within its order's row.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::marketplace::{AppliedMessage, CoreMessageKind};
use platform::dynamodb::{Item, Row, RowError, text};
use platform::rfc3339;

pub(super) const APPLIED: &str = "core_messages";
const EVENT_ID: &str = "event_id";
const OCCURRED_AT: &str = "occurred_at";

/// The last messages that changed an order, by kind.
pub type Applied = BTreeMap<CoreMessageKind, AppliedMessage>;

pub(super) fn to_attribute(applied: &Applied) -> AttributeValue {
    let message = |message: &AppliedMessage| {
        let members = [
            (EVENT_ID, text(&message.event_id)),
            (OCCURRED_AT, text(rfc3339::sortable(message.occurred_at))),
        ];
        AttributeValue::M(members.map(|(name, value)| (name.to_owned(), value)).into())
    };
    AttributeValue::M(applied.iter().map(|(kind, last)| (kind.as_str().to_owned(), message(last))).collect())
}

/// Those of an order's row; none of one that no message has changed.
pub(super) fn read(item: &Item) -> Result<Applied, RowError> {
    let Some(messages) = item.get(APPLIED) else {
        return Ok(Applied::new());
    };
    let wrong = || RowError::new(APPLIED, &"is no map of messages");
    let last = |(kind, message): (&String, &AttributeValue)| {
        let row = Row::new(message.as_m().map_err(|_| wrong())?);
        let last = AppliedMessage {
            event_id: row.text(EVENT_ID)?.to_owned(),
            occurred_at: row.instant(OCCURRED_AT)?,
        };
        Ok((CoreMessageKind::parse(kind).ok_or_else(wrong)?, last))
    };
    messages.as_m().map_err(|_| wrong())?.iter().map(last).collect()
}
