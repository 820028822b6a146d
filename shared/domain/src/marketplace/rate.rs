use rust_decimal::Decimal;

/// So fine a rate is that interest is exact in 128 bits.
const PLACES: usize = 6;

/// An annual rate: 0.30 is 30 %. Exact, at most six decimals, at most 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    millionths: u32,
}

/// Why a text is no annual rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no decimal of 0 to 1 with at most {PLACES} decimals")]
pub struct RateError;

impl Rate {
    /// The rate where no other is configured (§11, Loan calculation): 0.30.
    pub const STANDARD: Self = Self { millionths: 300_000 };

    /// Reads the text of a JSON number, or one that stands for it. Equal rates are equal however they are written.
    ///
    /// # Errors
    /// It is no rate.
    pub fn parse(text: &str) -> Result<Self, RateError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_plain = [whole, fraction].into_iter().all(super::person::is_digits);
        if !is_plain || fraction.len() > PLACES {
            return Err(RateError);
        }
        let millionths = format!("{whole}{fraction:0<PLACES$}").parse().map_err(|_| RateError)?;
        if millionths > 1_000_000 { Err(RateError) } else { Ok(Self { millionths }) }
    }

    /// A month's interest on so many cents: the balance times the rate by 12, half-up to cents (§11, Loan calculation).
    #[must_use]
    pub(super) fn interest_cents_per_month(self, balance_cents: u64) -> Option<u64> {
        let divisor: u128 = 12 * 1_000_000;
        let dividend = u128::from(balance_cents) * u128::from(self.millionths);
        u64::try_from((2 * dividend + divisor) / (2 * divisor)).ok()
    }

    /// The rate of a month, to 28 digits.
    pub(super) fn monthly(self) -> Decimal {
        Decimal::new(i64::from(self.millionths), 6) / Decimal::from(12)
    }
}
