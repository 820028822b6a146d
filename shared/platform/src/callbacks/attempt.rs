use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::ATTEMPTS;
use crate::dynamodb::{Item, Row, RowError, number, text};
use crate::rfc3339;

const AT: &str = "at";
const OUTCOME: &str = "outcome";
const LATENCY_MS: &str = "latency_ms";
const CODE: &str = "code";
/// A row keeps its last attempts: those of two lives and more, so that it cannot grow without end by being sent again.
const MOST_ATTEMPTS: usize = 80;

/// One try to send a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// What came of it, in `snake_case`.
    pub outcome: String,
    /// How long it took.
    pub latency_ms: u64,
    /// The answer's code, or its HTTP status where that failed; `None` without an answer.
    pub code: Option<i64>,
}

impl Attempt {
    fn write(&self) -> AttributeValue {
        let mut members = HashMap::from([
            (AT.to_owned(), text(rfc3339::sortable(self.at))),
            (OUTCOME.to_owned(), text(&self.outcome)),
            (LATENCY_MS.to_owned(), number(self.latency_ms)),
        ]);
        members.extend(self.code.map(|code| (CODE.to_owned(), number(code))));
        AttributeValue::M(members)
    }

    fn read(value: &AttributeValue) -> Result<Self, RowError> {
        let item = value.as_m().map_err(|_| RowError::new(ATTEMPTS, &"holds what is no map"))?;
        let row = Row::new(item);
        let code = row.optional_number_text(CODE)?.map(str::parse).transpose();
        Ok(Self {
            at: row.instant(AT)?,
            outcome: row.text(OUTCOME)?.to_owned(),
            latency_ms: row.number(LATENCY_MS)?,
            code: code.map_err(|_| RowError::new(CODE, &"is no whole number"))?,
        })
    }
}

/// The attempts of a row.
pub(super) fn read(item: &Item) -> Result<Vec<Attempt>, RowError> {
    let list = item.get(ATTEMPTS).and_then(|value| value.as_l().ok());
    let list = list.ok_or_else(|| RowError::new(ATTEMPTS, &"is no list"))?;
    list.iter().map(Attempt::read).collect()
}

/// The attempts with one more, as an attribute; the oldest go where there are too many.
pub(super) fn with(attempts: &[Attempt], one: &Attempt) -> AttributeValue {
    let too_many = (attempts.len() + 1).saturating_sub(MOST_ATTEMPTS);
    let kept = attempts.iter().skip(too_many).chain([one]);
    AttributeValue::L(kept.map(Attempt::write).collect())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{ATTEMPTS, Attempt, MOST_ATTEMPTS, read, with};
    use crate::dynamodb::Item;

    fn attempt(latency_ms: u64, code: Option<i64>) -> Attempt {
        Attempt { at: Timestamp::UNIX_EPOCH, outcome: "delivered".into(), latency_ms, code }
    }

    #[test]
    fn attempts_are_read_as_they_were_written_and_the_oldest_go_when_there_are_too_many() {
        let mut attempts = Vec::new();
        for latency_ms in 0..200 {
            let code = (latency_ms % 2 == 0).then_some(-1);
            let item = Item::from([(ATTEMPTS.to_owned(), with(&attempts, &attempt(latency_ms, code)))]);
            attempts = read(&item).unwrap_or_default();
        }
        assert_eq!(attempts.len(), MOST_ATTEMPTS);
        assert_eq!(attempts.last(), Some(&attempt(199, None)));
        assert_eq!(attempts.first(), Some(&attempt(200 - MOST_ATTEMPTS as u64, Some(-1))));
    }
}
