use std::fmt;

use super::codes::coded;
use super::person::is_digits;

const SHORTEST: usize = 12;
const LONGEST: usize = 19;
const LAST: usize = 4;

coded! {
    /// `cardType` (§3, 1.4).
    CardType {
        /// A debit card.
        Debit = 0,
        /// A credit card.
        Credit = 1,
    }
}

/// The number of a bank card: 12 to 19 digits. It is told to the bank and kept nowhere (§10, Card binding). Its `Debug` is
/// masked.
#[derive(Clone, PartialEq, Eq)]
pub struct CardNumber(String);

/// Why a text is no card's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not {SHORTEST} to {LONGEST} digits")]
pub struct CardNumberError;

impl CardNumber {
    /// Takes digits.
    ///
    /// # Errors
    /// It is something else, or too short or too long.
    pub fn parse(text: &str) -> Result<Self, CardNumberError> {
        let is_one = (SHORTEST..=LONGEST).contains(&text.len()) && is_digits(text);
        if is_one { Ok(Self(text.to_owned())) } else { Err(CardNumberError) }
    }

    /// The digits: for the bank alone, and for digests.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four of them.
    #[must_use]
    pub fn last4(&self) -> &str {
        // All are ASCII, and there are at least twelve.
        self.0.get(self.0.len().saturating_sub(LAST)..).unwrap_or_default()
    }

    /// A text of somebody else's without the number in it.
    #[must_use]
    pub fn hidden_in(&self, text: &str) -> String {
        text.replace(&self.0, &format!("****{}", self.last4()))
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("CardNumber(***)")
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{CardNumber, CardNumberError, CardType};

    const NUMBER: &str = "6222020200011234567";

    #[test]
    fn a_number_is_12_to_19_digits() {
        for text in ["622202020001", NUMBER, "0000000000000000"] {
            assert_eq!(CardNumber::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "62220202000",
            "62220202000112345678",
            "6222 0202 0001 1234",
            "622202020001x",
            "６２２２０２０２０００１",
        ] {
            assert_eq!(CardNumber::parse(text), Err(CardNumberError), "{text}");
        }
    }

    #[test]
    fn its_last_four_digits_are_told_and_the_others_never() {
        let number = CardNumber::parse(NUMBER).unwrap();
        assert_eq!((number.last4(), format!("{number:?}").as_str()), ("4567", "CardNumber(***)"));
        assert_eq!(number.hidden_in(&format!("卡{NUMBER}已挂失, {NUMBER}")), "卡****4567已挂失, ****4567");
    }

    #[test]
    fn a_card_is_a_debit_or_a_credit_card() {
        let types = [CardType::of(0), CardType::of(1), CardType::of(2)];
        assert_eq!(types, [Some(CardType::Debit), Some(CardType::Credit), None]);
    }
}
