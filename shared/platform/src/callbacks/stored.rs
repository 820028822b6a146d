use std::time::Duration;

use jiff::Timestamp;

use super::attempt::{self, Attempt};
use super::{
    BODY, CORRELATION_ID, CREATED_AT, CURRENT_SCHEMA, CallbackState, DEAD_AT, FAILURES, KIND, ORDER,
    RESENT_AT, SEQ, STATE, WAITED_MS,
};
use crate::dynamodb::{DynamoDbError, Item, Row, RowError};

/// A callback as it stands in the table.
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    /// Which it is.
    pub id: CallbackId,
    /// What kind it is, as its context names it.
    pub kind: String,
    /// What it tells.
    pub body: String,
    /// How far it is.
    pub state: CallbackState,
    /// Each try to send it.
    pub attempts: Vec<Attempt>,
    /// When it was caused.
    pub created_at: Timestamp,
    /// The correlation id of what caused it.
    pub correlation_id: String,
    /// When an operator had it sent again, if one did.
    pub resent_at: Option<Timestamp>,
    /// When it was given up, while it is.
    pub dead_at: Option<Timestamp>,
    /// How often it failed since it was caused or sent again.
    pub failures: u32,
    /// How long it was made to wait for that, taken together.
    pub waited: Duration,
}

/// Which callback: whose, and its place among them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallbackId {
    /// Whose it is.
    pub order: String,
    /// Its place among the order's.
    pub seq: String,
}

/// A callback whose row is not what this version writes: another release wrote it, or somebody changed it.
#[derive(Debug, thiserror::Error)]
#[error("callback {}: {failure}", id.to_text())]
pub struct Unreadable {
    /// Which it is.
    pub id: CallbackId,
    /// What is wrong with it.
    pub failure: DynamoDbError,
}

impl CallbackId {
    /// The key of a row.
    pub(super) fn of(item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        Ok(Self { order: row.text(ORDER)?.to_owned(), seq: row.text(SEQ)?.to_owned() })
    }

    /// As operators name it: `840#120522#00000000000000000004-000`.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}#{}", self.order, self.seq)
    }

    /// Reads [`Self::to_text`]; `None` for what names no callback.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (order, seq) = text.rsplit_once('#')?;
        let (version, place) = seq.split_once('-')?;
        let are_digits = [version, place].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let is_one = !order.is_empty() && version.len() == 20 && place.len() == 3 && are_digits;
        is_one.then(|| Self { order: order.to_owned(), seq: seq.to_owned() })
    }
}

impl Callback {
    /// Reads a row that is no head, which `operation` gave.
    ///
    /// # Errors
    /// It has no key.
    pub(super) fn read(
        item: &Item,
        operation: &'static str,
    ) -> Result<Result<Self, Unreadable>, DynamoDbError> {
        let id = CallbackId::of(item).map_err(|error| error.of(operation))?;
        let read = Self::with_id(id.clone(), item);
        Ok(read.map_err(|error| Unreadable { id, failure: error.of(operation) }))
    }

    fn with_id(id: CallbackId, item: &Item) -> Result<Self, RowError> {
        let row = Row::new(item);
        row.of_schema(CURRENT_SCHEMA)?;
        let state = row.text(STATE)?;
        Ok(Self {
            id,
            kind: row.text(KIND)?.to_owned(),
            body: row.text(BODY)?.to_owned(),
            state: CallbackState::parse(state).ok_or_else(|| RowError::new(STATE, &"is none"))?,
            attempts: attempt::read(item)?,
            created_at: row.instant(CREATED_AT)?,
            correlation_id: row.text(CORRELATION_ID)?.to_owned(),
            resent_at: row.optional_instant(RESENT_AT)?,
            dead_at: row.optional_instant(DEAD_AT)?,
            failures: u32::try_from(optional_number(row, FAILURES)?).unwrap_or(u32::MAX),
            waited: Duration::from_millis(optional_number(row, WAITED_MS)?),
        })
    }

    /// Since when it waits: what its age is counted from.
    #[must_use]
    pub fn waits_since(&self) -> Timestamp {
        self.resent_at.unwrap_or(self.created_at)
    }
}

/// Zero where nothing was counted yet.
fn optional_number(row: Row<'_>, attribute: &'static str) -> Result<u64, RowError> {
    match row.optional_number_text(attribute)? {
        None => Ok(0),
        Some(_) => row.number(attribute),
    }
}

/// What a callback tells is not for a log.
impl std::fmt::Debug for Callback {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Callback");
        shown.field("id", &self.id).field("kind", &self.kind).field("state", &self.state);
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::CallbackId;
    use crate::callbacks::seq;

    #[test]
    fn an_id_is_read_from_its_text_and_what_names_no_callback_is_none() {
        for order in ["840#120522", "rongshu#a-b_c", "x"] {
            let id = CallbackId { order: order.into(), seq: seq(4, 1) };
            assert_eq!(CallbackId::parse(&id.to_text()), Some(id));
        }
        for text in [
            "",
            "840",
            "840#1",
            "840#1#head",
            "#00000000000000000004-000",
            "840#1#4-0",
            "840#1#0000000000000000000x-000",
            "840#1#00000000000000000004-0000",
        ] {
            assert_eq!(CallbackId::parse(text), None, "{text}");
        }
    }
}
