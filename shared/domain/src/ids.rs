//! Texts that stand as keys.

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// It has no character.
    #[error("empty")]
    Empty,
    /// It is longer than its kind may be.
    #[error("too long")]
    TooLong,
}

impl IdError {
    /// What a message is refused for whose id this is said of: one of its own two reasons.
    #[must_use]
    pub fn reason<R>(self, empty: R, too_long: R) -> R {
        match self {
            Self::Empty => empty,
            Self::TooLong => too_long,
        }
    }
}

/// DynamoDB's limit for a partition key, in bytes.
pub(crate) const PARTITION_KEY_BYTES: usize = 2_048;
/// DynamoDB's limit for a sort key, in bytes.
pub(crate) const SORT_KEY_BYTES: usize = 1_024;

/// The text, if it is 1 to `limit` long by the measure `length`.
pub(crate) fn within(
    text: String,
    length: impl Fn(&String) -> usize,
    limit: usize,
) -> Result<String, IdError> {
    match length(&text) {
        0 => Err(IdError::Empty),
        length if length > limit => Err(IdError::TooLong),
        _ => Ok(text),
    }
}
