use std::slice;

use super::codes::coded;
use super::{Rate, Yuan};

/// The most periods that a loan may have.
const MOST_PERIODS: u16 = 360;

coded! {
    /// What a period is (`periodUnit`, §1).
    PeriodUnit {
        /// A day.
        Day = 1,
        /// A month.
        Month = 2,
        /// A week; the platform's other lenders were seen to send it.
        Week = 3,
    }
}

/// What may be borrowed (`amountOption`, §3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AmountOption {
    min: Yuan,
    max: Yuan,
    step: Yuan,
    periods: Vec<u16>,
}

/// The bounds of what may be borrowed (`amountLimit`, §3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AmountLimit {
    /// The largest amount.
    pub max_loan: Yuan,
    /// The smallest.
    pub min_loan: Yuan,
    /// The most periods.
    pub max_period: u16,
    /// The fewest.
    pub min_period: u16,
}

/// What a channel lends: the configuration `product.*` (§5, §11). Its periods are months, the only ones for which the
/// specification says what interest they bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// What may be borrowed.
    pub option: AmountOption,
    /// The annual rate.
    pub rate: Rate,
}

/// Why an option cannot be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// Nothing lies between the smallest and the largest amount, or the smallest is nothing.
    #[error("no amount from min to max")]
    Range,
    /// There are no periods, or one is not 1 to 360.
    #[error("periods are not each 1 to {MOST_PERIODS}")]
    Periods,
}

/// Why terms are not the product's: code 10002 (§11, Loan calculation).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The amount is outside the limits.
    #[error("amount out of range")]
    Amount,
    /// The amount is not a whole number of steps above the smallest.
    #[error("amount between two steps")]
    Step,
    /// The loan may not run for so many periods.
    #[error("no such period")]
    Period,
    /// Periods are counted in something else.
    #[error("no such period unit")]
    PeriodUnit,
    /// The rate is another.
    #[error("another rate")]
    Rate,
    /// What is to be repaid is more than an amount can be.
    #[error("too large")]
    TooLarge,
}

impl AmountOption {
    /// An option. A step of nothing means any amount.
    ///
    /// # Errors
    /// No loan would fit it.
    pub fn new(
        min: Yuan,
        max: Yuan,
        step: Yuan,
        periods: impl IntoIterator<Item = u16>,
    ) -> Result<Self, OptionError> {
        let mut periods: Vec<u16> = periods.into_iter().collect();
        periods.sort_unstable();
        periods.dedup();
        if min.is_zero() || min > max {
            return Err(OptionError::Range);
        }
        if periods.is_empty() || !periods.iter().all(|period| (1..=MOST_PERIODS).contains(period)) {
            return Err(OptionError::Periods);
        }
        Ok(Self { min, max, step, periods })
    }

    /// The smallest amount.
    #[must_use]
    pub fn min(&self) -> Yuan {
        self.min
    }

    /// The largest.
    #[must_use]
    pub fn max(&self) -> Yuan {
        self.max
    }

    /// What lies between two amounts; nothing where any will do.
    #[must_use]
    pub fn step(&self) -> Yuan {
        self.step
    }

    /// For how many periods, in rising order.
    #[must_use]
    pub fn periods(&self) -> &[u16] {
        &self.periods
    }

    /// Checks an amount and a number of periods; steps are counted from the smallest amount.
    ///
    /// # Errors
    /// They do not fit.
    pub fn check(&self, amount: Yuan, period: u16) -> Result<(), TermsError> {
        if !(self.min..=self.max).contains(&amount) {
            return Err(TermsError::Amount);
        }
        let above_min = amount.cents() - self.min.cents();
        if above_min.checked_rem(self.step.cents()).is_some_and(|rest| rest != 0) {
            return Err(TermsError::Step);
        }
        if self.periods.contains(&period) { Ok(()) } else { Err(TermsError::Period) }
    }
}

/// Checks an amount and a number of periods against what an approval offers: one option must take both (§11, Card and
/// confirmation).
///
/// # Errors
/// None does; the error is the first option's.
pub fn check_options(options: &[AmountOption], amount: Yuan, period: u16) -> Result<(), TermsError> {
    let mut checks = options.iter().map(|option| option.check(amount, period));
    let first = checks.next().unwrap_or(Err(TermsError::Amount));
    if first.is_err() && checks.any(|check| check.is_ok()) { Ok(()) } else { first }
}

impl AmountLimit {
    /// The bounds of all options together; `None` where there are none.
    #[must_use]
    pub fn of(options: &[AmountOption]) -> Option<Self> {
        let periods = || options.iter().flat_map(AmountOption::periods).copied();
        Some(Self {
            max_loan: options.iter().map(AmountOption::max).max()?,
            min_loan: options.iter().map(AmountOption::min).min()?,
            max_period: periods().max()?,
            min_period: periods().min()?,
        })
    }
}

/// Where nothing else is configured (§11): 5,000 to 15,000 by 100 over 12 months at 0.30.
impl Default for Product {
    fn default() -> Self {
        let (min, max, step) = (Yuan::whole(5_000), Yuan::whole(15_000), Yuan::whole(100));
        Self { option: AmountOption { min, max, step, periods: vec![12] }, rate: Rate::STANDARD }
    }
}

impl Product {
    /// The unit of its periods.
    pub const PERIOD_UNIT: PeriodUnit = PeriodUnit::Month;

    /// Checks what a caller asks for; what they leave open is the product's (§11, Loan calculation).
    ///
    /// # Errors
    /// It is not what the product lends.
    pub fn check(
        &self,
        amount: Yuan,
        period: u16,
        unit: Option<PeriodUnit>,
        rate: Option<Rate>,
    ) -> Result<(), TermsError> {
        if unit.is_some_and(|unit| unit != Self::PERIOD_UNIT) {
            return Err(TermsError::PeriodUnit);
        }
        if rate.is_some_and(|rate| rate != self.rate) {
            return Err(TermsError::Rate);
        }
        self.option.check(amount, period)
    }

    /// `amountOption`: the one that there is.
    #[must_use]
    pub fn options(&self) -> &[AmountOption] {
        slice::from_ref(&self.option)
    }

    /// `amountLimit`.
    #[must_use]
    pub fn amount_limit(&self) -> AmountLimit {
        let AmountOption { min, max, step: _, periods } = &self.option;
        // An option has a period, and they rise.
        let bound = |period: Option<&u16>| period.copied().unwrap_or_default();
        AmountLimit {
            max_loan: *max,
            min_loan: *min,
            max_period: bound(periods.last()),
            min_period: bound(periods.first()),
        }
    }
}
