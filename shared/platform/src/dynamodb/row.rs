use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::{DynamoDbError, SCHEMA_VERSION};
use crate::rfc3339;

/// An item as the SDK gives and takes it.
pub type Item = HashMap<String, AttributeValue>;

/// A string attribute.
pub fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute; `value` prints as a decimal.
#[expect(clippy::needless_pass_by_value, reason = "numbers are small, and no call needs a `&` this way")]
pub fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// Reads an item's attributes by type; every miss names the attribute.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a>(&'a Item);

/// An attribute that is not what this version expects.
#[derive(Debug, thiserror::Error)]
#[error("attribute {attribute}: {problem}")]
pub struct RowError {
    /// The attribute's name.
    pub attribute: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

impl RowError {
    /// An attribute whose value is not one that its type knows.
    pub fn new(attribute: &'static str, problem: &impl ToString) -> Self {
        Self { attribute, problem: problem.to_string() }
    }

    /// As the failure of the call that read the row.
    #[must_use]
    pub fn of(self, operation: &'static str) -> DynamoDbError {
        DynamoDbError::unreadable(operation, self.to_string())
    }
}

impl<'a> Row<'a> {
    /// Reads `item`.
    #[must_use]
    pub fn new(item: &'a Item) -> Self {
        Self(item)
    }

    /// Checks that the row is of the one schema version that this release reads.
    ///
    /// # Errors
    /// It is of another, or tells none.
    pub fn of_schema(self, known: u64) -> Result<(), RowError> {
        match self.number(SCHEMA_VERSION)? {
            version if version == known => Ok(()),
            other => Err(RowError::new(SCHEMA_VERSION, &format!("is {other}, not one of ours"))),
        }
    }

    /// A text attribute.
    ///
    /// # Errors
    /// It is missing or no string.
    pub fn text(self, attribute: &'static str) -> Result<&'a str, RowError> {
        present(attribute, self.optional_text(attribute)?)
    }

    /// A text attribute that may be missing.
    ///
    /// # Errors
    /// It is no string.
    pub fn optional_text(self, attribute: &'static str) -> Result<Option<&'a str>, RowError> {
        match self.0.get(attribute) {
            None => Ok(None),
            Some(value) => match value.as_s() {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(RowError::new(attribute, &"is no string")),
            },
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// They are missing, or the attribute is no binary.
    pub fn binary(self, attribute: &'static str) -> Result<&'a [u8], RowError> {
        let value = present(attribute, self.0.get(attribute))?;
        let bytes = value.as_b().map_err(|_| RowError::new(attribute, &"is no binary"))?;
        Ok(bytes.as_ref())
    }

    /// A whole number.
    ///
    /// # Errors
    /// It is missing, no number, or does not fit.
    pub fn number(self, attribute: &'static str) -> Result<u64, RowError> {
        let text = self.decimal_text(attribute)?;
        text.parse().map_err(|_| RowError::new(attribute, &"is no whole number of 64 bits"))
    }

    /// A number of any size and scale, as its text.
    ///
    /// # Errors
    /// It is missing or no number.
    pub fn decimal_text(self, attribute: &'static str) -> Result<&'a str, RowError> {
        present(attribute, self.optional_number_text(attribute)?)
    }

    /// A number that may be missing, as its text.
    ///
    /// # Errors
    /// It is no number.
    pub fn optional_number_text(self, attribute: &'static str) -> Result<Option<&'a str>, RowError> {
        match self.0.get(attribute) {
            None => Ok(None),
            Some(value) => match value.as_n() {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err(RowError::new(attribute, &"is no number")),
            },
        }
    }

    /// A truth value.
    ///
    /// # Errors
    /// It is missing or no boolean.
    pub fn flag(self, attribute: &'static str) -> Result<bool, RowError> {
        let value = present(attribute, self.0.get(attribute))?;
        value.as_bool().copied().map_err(|_| RowError::new(attribute, &"is no boolean"))
    }

    /// A set of texts; an empty one is not stored.
    ///
    /// # Errors
    /// It is no set of strings.
    pub fn texts(self, attribute: &'static str) -> Result<&'a [String], RowError> {
        match self.0.get(attribute) {
            None => Ok(&[]),
            Some(value) => match value.as_ss() {
                Ok(texts) => Ok(texts),
                Err(_) => Err(RowError::new(attribute, &"is no set of strings")),
            },
        }
    }

    /// An instant, stored as RFC 3339.
    ///
    /// # Errors
    /// It is missing, no string, or no instant.
    pub fn instant(self, attribute: &'static str) -> Result<Timestamp, RowError> {
        present(attribute, self.optional_instant(attribute)?)
    }

    /// An instant that may be missing, stored as RFC 3339.
    ///
    /// # Errors
    /// It is no string or no instant.
    pub fn optional_instant(self, attribute: &'static str) -> Result<Option<Timestamp>, RowError> {
        let read = |text| rfc3339::parse(text).ok_or_else(|| RowError::new(attribute, &"is no instant"));
        self.optional_text(attribute)?.map(read).transpose()
    }
}

fn present<T>(attribute: &'static str, value: Option<T>) -> Result<T, RowError> {
    value.ok_or_else(|| RowError::new(attribute, &"is missing"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use jiff::Timestamp;

    use super::{Item, Row, RowError, number, text};

    fn item() -> Item {
        Item::from([
            ("amount".to_owned(), number("12.50")),
            ("count".to_owned(), number(3_u64)),
            ("since".to_owned(), text("1970-01-01T00:00:00.000000000Z")),
            ("name".to_owned(), text("x")),
        ])
    }

    fn problem<T>(read: Result<T, RowError>) -> Option<String> {
        read.err().map(|error| error.to_string())
    }

    #[test]
    fn a_number_is_read_whole_or_as_the_text_it_was_stored_as() {
        let item = item();
        let row = Row::new(&item);
        assert_eq!(row.number("count").ok(), Some(3));
        assert_eq!(row.decimal_text("amount").ok(), Some("12.50"));
        assert_eq!(row.optional_number_text("none").ok(), Some(None));
        assert_eq!(
            problem(row.number("amount")).as_deref(),
            Some("attribute amount: is no whole number of 64 bits")
        );
        assert_eq!(problem(row.decimal_text("name")).as_deref(), Some("attribute name: is no number"));
        assert_eq!(problem(row.decimal_text("none")).as_deref(), Some("attribute none: is missing"));
    }

    #[test]
    fn a_flag_is_a_boolean_and_a_set_that_is_empty_is_absent() {
        let mut item = item();
        item.insert("is_new".to_owned(), AttributeValue::Bool(false));
        item.insert("names".to_owned(), AttributeValue::Ss(vec!["x".to_owned()]));
        let row = Row::new(&item);
        assert_eq!(row.flag("is_new").ok(), Some(false));
        assert_eq!(problem(row.flag("name")).as_deref(), Some("attribute name: is no boolean"));
        assert_eq!(problem(row.flag("none")).as_deref(), Some("attribute none: is missing"));
        assert_eq!(row.texts("names").ok(), Some(&["x".to_owned()][..]));
        assert_eq!(row.texts("none").ok(), Some(&[][..]));
        assert_eq!(problem(row.texts("name")).as_deref(), Some("attribute name: is no set of strings"));
    }

    #[test]
    fn an_instant_is_a_text_that_is_one() {
        let item = item();
        let row = Row::new(&item);
        assert_eq!(row.instant("since").ok(), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(row.optional_instant("none").ok(), Some(None));
        assert_eq!(problem(row.instant("none")).as_deref(), Some("attribute none: is missing"));
        assert_eq!(problem(row.instant("name")).as_deref(), Some("attribute name: is no instant"));
        assert_eq!(problem(row.instant("count")).as_deref(), Some("attribute count: is no string"));
    }
}
