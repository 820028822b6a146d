use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Fourteen digits before the point: more than any loan has, and its cents fit 64 bits.
const LARGEST_CENTS: u64 = 9_999_999_999_999_999;
/// Money has two decimals on every wire (§1, Data conventions).
const PLACES: usize = 2;

/// An amount of money in yuan: exact, not negative, two decimals, at most 99999999999999.99.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Yuan {
    cents: u64,
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum YuanError {
    /// It is no decimal number.
    #[error("not a decimal")]
    NotDecimal,
    /// It has more than two decimals.
    #[error("more than two decimals")]
    TooFine,
    /// It is negative.
    #[error("negative")]
    Negative,
    /// It is over 99999999999999.99.
    #[error("too large")]
    TooLarge,
}

impl Yuan {
    /// Nothing.
    pub const ZERO: Self = Self { cents: 0 };

    /// Reads the text of a JSON number, or a text that stands for one. Decimals are counted as written; where the number
    /// has an exponent, those of its value are.
    ///
    /// # Errors
    /// It is no amount.
    pub fn parse(text: &str) -> Result<Self, YuanError> {
        let (magnitude, negative) = text.strip_prefix('-').map_or((text, false), |rest| (rest, true));
        let cents = match magnitude.split_once(['e', 'E']) {
            None => plain_cents(magnitude)?,
            Some((mantissa, exponent)) => scientific_cents(magnitude, mantissa, exponent)?,
        };
        if negative && cents != 0 {
            return Err(YuanError::Negative);
        }
        Self::of_cents(cents).ok_or(YuanError::TooLarge)
    }

    /// So many cents; `None` over the largest amount.
    #[must_use]
    pub fn of_cents(cents: u64) -> Option<Self> {
        (cents <= LARGEST_CENTS).then_some(Self { cents })
    }

    /// So many whole yuan.
    pub(super) const fn whole(yuan: u32) -> Self {
        // A u32 has ten digits, so this fits.
        Self { cents: yuan as u64 * 100 }
    }

    /// So many cents.
    #[must_use]
    pub fn cents(self) -> u64 {
        self.cents
    }

    /// Whether it is nothing.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.cents == 0
    }

    /// The sum; `None` over the largest amount.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.cents.checked_add(other.cents).and_then(Self::of_cents)
    }

    /// The difference; `None` below nothing.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.cents.checked_sub(other.cents).map(|cents| Self { cents })
    }

    /// The sum of all; `None` over the largest amount.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// The text of the number on the wire, with exactly two decimals: written as it stands, without quotes (§11, Wire).
    #[must_use]
    pub fn to_wire(self) -> String {
        format!("{}.{:02}", self.cents / 100, self.cents % 100)
    }
}

/// As on the wire, and in messages and the store.
impl fmt::Display for Yuan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_wire())
    }
}

fn plain_cents(text: &str) -> Result<u64, YuanError> {
    let (whole, fraction) = split(text)?;
    if fraction.len() > PLACES {
        return Err(YuanError::TooFine);
    }
    // Nothing but digits, so what cannot be read is too large.
    format!("{whole}{fraction:0<PLACES$}").parse().map_err(|_| YuanError::TooLarge)
}

fn scientific_cents(text: &str, mantissa: &str, exponent: &str) -> Result<u64, YuanError> {
    split(mantissa)?;
    let small = exponent.starts_with('-');
    let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if !is_digits(digits) {
        return Err(YuanError::NotDecimal);
    }
    let beyond = if small { YuanError::TooFine } else { YuanError::TooLarge };
    let value = Decimal::from_scientific(text).map_err(|_| beyond)?;
    let cents = value.checked_mul(Decimal::ONE_HUNDRED).ok_or(YuanError::TooLarge)?;
    if !cents.is_integer() {
        return Err(YuanError::TooFine);
    }
    cents.to_u64().ok_or(YuanError::TooLarge)
}

/// The digits before and behind the point.
fn split(text: &str) -> Result<(&str, &str), YuanError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if is_digits(whole) && is_digits(fraction) { Ok((whole, fraction)) } else { Err(YuanError::NotDecimal) }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use proptest::prelude::*;

    use super::{LARGEST_CENTS, Yuan, YuanError};
    use crate::marketplace::tests::yuan;
    use crate::properties::cases;

    #[test]
    fn an_amount_has_at_most_two_decimals_as_written_and_goes_out_with_both() {
        for (text, wire) in [
            ("15000", "15000.00"),
            ("15000.5", "15000.50"),
            ("1462.28", "1462.28"),
            ("0", "0.00"),
            ("0.01", "0.01"),
            ("007", "7.00"),
            ("-0.00", "0.00"),
            ("1.5e4", "15000.00"),
            ("1.46228E+3", "1462.28"),
            ("1E-2", "0.01"),
            ("99999999999999.99", "99999999999999.99"),
        ] {
            let amount = Yuan::parse(text);
            assert_eq!(amount.map(Yuan::to_wire).as_deref(), Ok(wire), "{text}");
            assert_eq!(amount.map(|amount| amount.to_string()).as_deref(), Ok(wire), "and in messages");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_the_reason() {
        for text in
            ["", ".", "1.", ".5", "+1", "1_000", " 1", "NaN", "1.2.3", "--1", "1e", "e3", "1e+", "1e1.5"]
        {
            assert_eq!(Yuan::parse(text), Err(YuanError::NotDecimal), "{text}");
        }
        for text in ["15000.000", "0.001", "1e-3", "1e-40", "1.2345e1"] {
            assert_eq!(Yuan::parse(text), Err(YuanError::TooFine), "{text}");
        }
        for text in ["100000000000000", "1e14", "1e40", &"9".repeat(40), "1e99999999999"] {
            assert_eq!(Yuan::parse(text), Err(YuanError::TooLarge), "{text}");
        }
        assert_eq!(Yuan::parse("-0.01"), Err(YuanError::Negative));
    }

    #[test]
    fn sums_and_differences_stay_within_what_an_amount_may_be() {
        let largest = Yuan::of_cents(LARGEST_CENTS).unwrap();
        assert_eq!(yuan("0.10").plus(yuan("0.20")), Some(yuan("0.30")));
        assert_eq!((largest.plus(yuan("0.01")), Yuan::of_cents(LARGEST_CENTS + 1)), (None, None));
        assert_eq!((yuan("1").minus(yuan("1.01")), yuan("1").minus(yuan("1"))), (None, Some(Yuan::ZERO)));
        assert_eq!(Yuan::sum([yuan("1.01"), yuan("2.02")]), Some(yuan("3.03")));
        assert_eq!(Yuan::sum([largest, largest]), None);
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn every_amount_is_read_back_from_its_text(cents in 0..=LARGEST_CENTS) {
            let amount = Yuan::of_cents(cents).unwrap();
            prop_assert_eq!(Yuan::parse(&amount.to_wire()), Ok(amount));
            prop_assert_eq!(Yuan::parse(&format!("{cents}e-2")), Ok(amount));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "[-+0-9.eE]{0,40}") {
            if let Ok(amount) = Yuan::parse(&text) {
                prop_assert!(amount.cents() <= LARGEST_CENTS);
            }
        }
    }
}
