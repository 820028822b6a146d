use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use super::DynamoDbError;

/// An item as the SDK gives and takes it.
pub type Item = HashMap<String, AttributeValue>;

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

    /// A text attribute.
    ///
    /// # Errors
    /// It is missing or no string.
    pub fn text(self, attribute: &'static str) -> Result<&'a str, RowError> {
        self.optional_text(attribute)?.ok_or_else(|| RowError::new(attribute, &"is missing"))
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

    /// A whole number.
    ///
    /// # Errors
    /// It is missing, no number, or does not fit.
    pub fn number(self, attribute: &'static str) -> Result<u64, RowError> {
        let value = self.0.get(attribute).ok_or_else(|| RowError::new(attribute, &"is missing"))?;
        let text = value.as_n().map_err(|_| RowError::new(attribute, &"is no number"))?;
        text.parse().map_err(|_| RowError::new(attribute, &"is no whole number of 64 bits"))
    }
}
