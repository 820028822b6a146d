use std::fmt;

use crate::ids::{IdError, PARTITION_KEY_BYTES, SORT_KEY_BYTES, within};

/// §13: 1 to 128 characters of any kind.
const CONTRACT_NUMBER_CHARACTERS: usize = 128;

/// A client of AliExpress, as the session's `sub` and the events name them: 1 to 2,048 bytes. Its `Debug`
/// is masked.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientId(String);

/// The number that MKK gave a credit line: 1 to 128 characters of any kind, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractNumber(String);

/// The id under which onboarding sent an event: 1 to 1,024 bytes, unique for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventId(String);

impl ClientId {
    /// Takes `text` as a client's id.
    ///
    /// # Errors
    /// It is empty or too long to be a key.
    pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
        within(text.into(), String::len, PARTITION_KEY_BYTES).map(Self)
    }

    /// The id's text, for a key, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientId(***)")
    }
}

impl ContractNumber {
    /// Takes `text` as a contract's number.
    ///
    /// # Errors
    /// It is empty or over 128 characters.
    pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
        within(text.into(), |text| text.chars().count(), CONTRACT_NUMBER_CHARACTERS).map(Self)
    }

    /// The number's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl EventId {
    /// Takes `text` as an event's id.
    ///
    /// # Errors
    /// It is empty or too long to be a key.
    pub fn new(text: impl Into<String>) -> Result<Self, IdError> {
        within(text.into(), String::len, SORT_KEY_BYTES).map(Self)
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientId, ContractNumber, EventId};
    use crate::ids::IdError;

    #[test]
    fn a_contract_number_has_1_to_128_characters_of_any_kind() {
        assert!(ContractNumber::new("ж".repeat(128)).is_ok());
        assert_eq!(ContractNumber::new("ж".repeat(129)), Err(IdError::TooLong));
        assert_eq!(ContractNumber::new(""), Err(IdError::Empty));
        assert!(ContractNumber::new(" /\u{0}?#").is_ok());
    }

    #[test]
    fn keys_are_bounded_by_what_dynamodb_takes_in_bytes() {
        assert!(ClientId::new("я".repeat(1_024)).is_ok());
        assert_eq!(ClientId::new("я".repeat(1_025)), Err(IdError::TooLong));
        assert!(EventId::new("e".repeat(1_024)).is_ok());
        assert_eq!(EventId::new("e".repeat(1_025)), Err(IdError::TooLong));
    }

    #[test]
    fn an_id_is_the_text_that_it_was_made_of() {
        assert_eq!(ClientId::new("c-1").as_ref().map(ClientId::as_str), Ok("c-1"));
        assert_eq!(ContractNumber::new(" 77/1").as_ref().map(ContractNumber::as_str), Ok(" 77/1"));
        assert_eq!(EventId::new("e-1").as_ref().map(EventId::as_str), Ok("e-1"));
    }

    #[test]
    fn a_client_id_does_not_print() {
        assert_eq!(format!("{:?}", ClientId::new("c-1")), "Ok(ClientId(***))");
    }
}
