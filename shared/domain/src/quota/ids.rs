use std::fmt;

use super::BusinessType;
use crate::ids::{IdError, PARTITION_KEY_BYTES, SORT_KEY_BYTES, within};

/// Stands between business type and business id where both are one text.
const SEPARATOR: char = '#';

/// A user of Baitiao, as the session's `sub` and the messages name her: 1 to 2,048 bytes. Its `Debug` is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// The number of an application for quota, unique over all pins, for ever: 1 to 2,048 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyNo(String);

/// Which of a pin's grants: business type and business id, together at most 1,023 bytes. A business id is up to 24
/// digits, or `W…`; always a text, since a number would lose digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantId {
    business_type: BusinessType,
    business_id: String,
}

/// Why two texts name no grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantIdError {
    /// One of them is empty, or they are too long.
    #[error(transparent)]
    Length(#[from] IdError),
    /// The business type holds a `#`, so that another grant's id could look the same.
    #[error("a business type holds no {SEPARATOR}")]
    Separator,
}

impl Pin {
    /// Takes `text` as a pin.
    ///
    /// # Errors
    /// It is empty or too long to be a key.
    pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
        within(text.into(), String::len, PARTITION_KEY_BYTES).map(Self)
    }

    /// The pin's text, for a key, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pin(***)")
    }
}

impl ApplyNo {
    /// Takes `text` as an application's number.
    ///
    /// # Errors
    /// It is empty or too long to be a key.
    pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
        within(text.into(), String::len, PARTITION_KEY_BYTES).map(Self)
    }

    /// The number's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl GrantId {
    /// Takes a business type and a business id.
    ///
    /// # Errors
    /// They name no grant.
    pub fn new(business_type: &str, business_id: &str) -> Result<Self, GrantIdError> {
        if business_type.contains(SEPARATOR) {
            return Err(GrantIdError::Separator);
        }
        if business_type.is_empty() || business_id.is_empty() {
            return Err(IdError::Empty.into());
        }
        let id =
            Self { business_type: BusinessType::parse(business_type), business_id: business_id.to_owned() };
        within(id.to_key(), String::len, SORT_KEY_BYTES)?;
        Ok(id)
    }

    /// How the grant came about.
    #[must_use]
    pub fn business_type(&self) -> &BusinessType {
        &self.business_type
    }

    /// Its id within its type.
    #[must_use]
    pub fn business_id(&self) -> &str {
        &self.business_id
    }

    /// Both in one text, which no other grant of the pin has.
    #[must_use]
    pub fn to_key(&self) -> String {
        format!("{}{SEPARATOR}{}", self.business_type.as_str(), self.business_id)
    }
}

#[cfg(test)]
mod tests {
    use super::{ApplyNo, GrantId, GrantIdError, Pin};
    use crate::ids::IdError;

    #[test]
    fn a_grants_key_is_no_other_grants() {
        let key = |business_type: &str, business_id: &str| {
            GrantId::new(business_type, business_id).map(|id| id.to_key())
        };
        assert_eq!(key("2104", "201905210953183410004097").as_deref(), Ok("2104#201905210953183410004097"));
        assert_eq!(key("2104", "1#2").as_deref(), Ok("2104#1#2"));
        assert_eq!(key("2104#1", "2"), Err(GrantIdError::Separator));
        assert_eq!(key("", "2"), Err(IdError::Empty.into()));
        assert_eq!(key("2104", ""), Err(IdError::Empty.into()));
        assert!(key("2104", &"9".repeat(1_019)).is_ok());
        assert_eq!(key("2104", &"9".repeat(1_020)), Err(IdError::TooLong.into()));
    }

    #[test]
    fn an_id_is_the_text_that_it_was_made_of() {
        assert_eq!(Pin::new("p-1").as_ref().map(Pin::as_str), Ok("p-1"));
        assert_eq!(ApplyNo::new("a-1").as_ref().map(ApplyNo::as_str), Ok("a-1"));
        let id = GrantId::new("2104", "7");
        assert_eq!(id.as_ref().map(|id| id.business_type().as_str()), Ok("2104"));
        assert_eq!(id.as_ref().map(GrantId::business_id), Ok("7"));
    }

    #[test]
    fn keys_are_bounded_by_what_dynamodb_takes_and_a_pin_does_not_print() {
        assert!(ApplyNo::new("9".repeat(2_048)).is_ok());
        assert_eq!(ApplyNo::new("9".repeat(2_049)), Err(IdError::TooLong));
        assert!(Pin::new("p".repeat(2_048)).is_ok());
        assert_eq!(Pin::new("p".repeat(2_049)), Err(IdError::TooLong));
        assert_eq!(Pin::new(""), Err(IdError::Empty));
        assert_eq!(format!("{:?}", Pin::new("p-1")), "Ok(Pin(***))");
    }
}
