use std::fmt;

use rust_decimal::{Decimal, RoundingStrategy};

/// Amounts have four places in `credit_apply`, and a grant's at most fourteen before the point (§11).
const PLACES: u32 = 4;
const LARGEST: Decimal = Decimal::from_parts(2_808_348_671, 232_830_643, 0, false, PLACES);
/// A total is a sum of grants: 28 digits with the four places, 999999999999999999999999.9999.
const LARGEST_TOTAL: Decimal = Decimal::from_parts(268_435_455, 1_042_612_833, 542_101_086, false, PLACES);

/// Nothing larger has four places in a decimal of 96 bits, so that what is larger could not be added up exactly, nor be read
/// again as it is stored: 7922816251426433759354395.0335.
const LARGEST_HELD: Decimal = Decimal::from_parts(u32::MAX, u32::MAX, u32::MAX, false, PLACES);

/// An amount of quota in yuan: exact, not negative, at most four decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(Decimal);

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It is no plain decimal number.
    #[error("not a decimal")]
    NotDecimal,
    /// It has more than four decimals.
    #[error("more than four decimals")]
    TooFine,
    /// It is negative.
    #[error("negative")]
    Negative,
    /// It is over 99999999999999.9999, or, as a total, has more than 28 digits.
    #[error("too large")]
    TooLarge,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Reads a grant's amount, a plain decimal: digits, one point at most, four digits behind it at most as written, a
    /// minus sign at most.
    ///
    /// # Errors
    /// It is no amount, or over 99999999999999.9999.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        Self::stored(text).and_then(|amount| amount.up_to(LARGEST))
    }

    /// Reads an account's total, which may be larger than any grant's amount.
    ///
    /// # Errors
    /// It is no amount, or over 999999999999999999999999.9999.
    pub fn parse_total(text: &str) -> Result<Self, AmountError> {
        Self::stored(text).and_then(|amount| amount.up_to(LARGEST_TOTAL))
    }

    /// Reads what the store holds, as large as it may have grown.
    ///
    /// # Errors
    /// It is no plain decimal, negative, finer than the store keeps, or larger than a sum can have grown.
    pub fn stored(text: &str) -> Result<Self, AmountError> {
        let value = decimal(text)?;
        if value.is_sign_negative() && !value.is_zero() {
            return Err(AmountError::Negative);
        }
        Self(value.abs()).up_to(LARGEST_HELD)
    }

    fn up_to(self, largest: Decimal) -> Result<Self, AmountError> {
        if self.0 > largest { Err(AmountError::TooLarge) } else { Ok(self) }
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The value, to compare with.
    pub(super) fn value(self) -> Decimal {
        self.0
    }

    /// With two decimals, truncated toward zero: how the gateway shows amounts (§11, List).
    #[must_use]
    pub fn two_decimals(self) -> String {
        format!("{:.2}", self.0.round_dp_with_strategy(2, RoundingStrategy::ToZero))
    }
}

fn decimal(text: &str) -> Result<Decimal, AmountError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return Err(AmountError::NotDecimal);
    }
    if fraction.len() > PLACES as usize {
        return Err(AmountError::TooFine);
    }
    Decimal::from_str_exact(text).map_err(|_| AmountError::TooLarge)
}

/// With four decimals, as stored.
impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.4}", self.0)
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{Amount, AmountError};

    fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn an_amount_has_at_most_four_decimals_and_fourteen_digits_before_them() {
        assert_eq!(amount("500.0000").to_string(), "500.0000");
        assert_eq!(amount("99999999999999.9999").to_string(), "99999999999999.9999");
        assert_eq!(Amount::parse("500.00000"), Err(AmountError::TooFine), "as written");
        assert_eq!(
            Amount::stored("55201111111115211111111111"),
            Err(AmountError::TooLarge),
            "not to be kept"
        );
        assert_eq!(Amount::parse("100000000000000"), Err(AmountError::TooLarge));
        assert_eq!(Amount::parse("9".repeat(40).as_str()), Err(AmountError::TooLarge));
        assert_eq!(Amount::parse("0.00001"), Err(AmountError::TooFine));
        assert_eq!(Amount::parse("-0.0001"), Err(AmountError::Negative));
        assert_eq!(Amount::parse("-0"), Ok(Amount::ZERO));
        for text in ["", ".", "1.", ".5", "+1", "1e3", "1_000", " 1", "NaN", "1.2.3", "--1", "١"] {
            assert_eq!(Amount::parse(text), Err(AmountError::NotDecimal), "{text}");
        }
    }

    #[test]
    fn a_total_has_28_digits_at_most_and_keeps_each_of_them() {
        let largest = "999999999999999999999999.9999";
        let total = Amount::parse_total(largest).unwrap();
        assert_eq!(total.to_string(), largest);
        assert_eq!(total.two_decimals(), "999999999999999999999999.99");
        assert_eq!(Amount::parse_total("100000000000000").unwrap().to_string(), "100000000000000.0000");
        assert_eq!(Amount::parse_total("999999999999999999999999").unwrap().two_decimals().len(), 27);
        assert_eq!(Amount::parse_total("1000000000000000000000000"), Err(AmountError::TooLarge));
        assert_eq!(Amount::parse_total("0.00000"), Err(AmountError::TooFine));
        assert_eq!(Amount::parse_total("-1"), Err(AmountError::Negative));
        let grown = "1000000000099999999999999.9998";
        assert_eq!(Amount::stored(grown).unwrap().to_string(), grown, "a grant on top is read still");
    }

    #[test]
    fn what_is_stored_is_read_as_it_stands_and_never_below_zero() {
        assert_eq!(Amount::stored("500").map(|amount| amount.to_string()).as_deref(), Ok("500.0000"));
        assert_eq!(Amount::stored("-0.0001"), Err(AmountError::Negative));
        assert_eq!(Amount::stored("1e3"), Err(AmountError::NotDecimal));
    }

    #[test]
    fn two_decimals_are_cut_and_not_rounded() {
        assert_eq!(amount("880").two_decimals(), "880.00");
        assert_eq!(amount("0.9999").two_decimals(), "0.99");
        assert_eq!(amount("1234567.895").two_decimals(), "1234567.89");
        assert_eq!(Amount::ZERO.two_decimals(), "0.00");
    }

    #[test]
    fn only_zero_is_nothing_with_a_sign_or_without() {
        assert!(amount("-0.0000").is_zero() && !amount("0.0001").is_zero());
    }
}
