use std::fmt;

/// The intersection of what Ant's methods take (R1).
const SHORTEST: usize = 7;
const LONGEST: usize = 49;

/// The id of a lease order, which is also the platform's contract id (R1): 7 to 49 of `A-Z a-z 0-9 _ -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderId(String);

/// Why a text is no order id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderIdError {
    /// It is shorter than 7 or longer than 49.
    #[error("not {SHORTEST} to {LONGEST} characters long")]
    Length,
    /// It holds something else than ASCII letters, digits, `_` and `-`.
    #[error("a character that is no letter, digit, _ or -")]
    Character,
}

impl OrderId {
    /// Takes `text` as an order's id (R1).
    ///
    /// # Errors
    /// It is too short or too long, or holds a character that it may not.
    pub fn new(text: &str) -> Result<Self, OrderIdError> {
        if !(SHORTEST..=LONGEST).contains(&text.chars().count()) {
            return Err(OrderIdError::Length);
        }
        if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
            return Err(OrderIdError::Character);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{OrderId, OrderIdError};

    #[test]
    fn an_order_id_is_7_to_49_letters_digits_underscores_and_hyphens() {
        for text in ["LEASE-0001", "abc_-09", &"x".repeat(49)] {
            let id = OrderId::new(text);
            assert_eq!(id.as_ref().map(OrderId::as_str), Ok(text));
            assert_eq!(id.map(|id| id.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "LEASE1", &"x".repeat(50)] {
            assert_eq!(OrderId::new(text), Err(OrderIdError::Length), "{text}");
        }
        for text in ["LEASE 0001", "LEASE/0001", "LEASE#0001", "LEASE.0001", "ЛИЗИНГ-1", "LEASE-0001\n"]
        {
            assert_eq!(OrderId::new(text), Err(OrderIdError::Character), "{text}");
        }
    }
}
