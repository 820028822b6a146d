use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Product, Rate, TermsError, Yuan};

/// A period of a loan that is calculated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalculatedPeriod {
    /// Which, from 1.
    pub period_no: u16,
    /// What is paid back of the loan.
    pub principal: Yuan,
    /// The interest.
    pub interest: Yuan,
    /// Both: `amount` and `repayAmount`.
    pub payment: Yuan,
}

/// What a loan would cost (1.2, §11 Loan calculation).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calculation {
    /// The sum of the payments: `refundAmount`.
    pub refund_amount: Yuan,
    /// What is paid out: `actualAmount`.
    pub actual_amount: Yuan,
    /// The payments, period by period.
    pub periods: Vec<CalculatedPeriod>,
}

impl Product {
    /// Calculates a loan by the product's rate: equal payments, of which the last takes what rounding left (§11).
    ///
    /// # Errors
    /// The product does not lend so, or the amounts are larger than money can be.
    pub fn calculate(&self, amount: Yuan, period: u16) -> Result<Calculation, TermsError> {
        self.option.check(amount, period)?;
        calculate(amount, period, self.rate).ok_or(TermsError::TooLarge)
    }
}

fn calculate(amount: Yuan, period: u16, rate: Rate) -> Option<Calculation> {
    let payment = payment(amount, period, rate)?;
    let mut balance = amount;
    let mut periods = Vec::new();
    for period_no in 1..=period {
        let interest = Yuan::of_cents(rate.interest_cents_per_month(balance.cents())?)?;
        let owed = balance.plus(interest)?;
        // A payment rounded up may end a very small loan before its last period.
        let payment = if period_no == period { owed } else { payment.min(owed) };
        let principal = payment.minus(interest)?;
        balance = balance.minus(principal)?;
        periods.push(CalculatedPeriod { period_no, principal, interest, payment });
    }
    let refund_amount = Yuan::sum(periods.iter().map(|period| period.payment))?;
    Some(Calculation { refund_amount, actual_amount: amount, periods })
}

/// The equal payment, half-up to cents: balance × r × (1 + r)ⁿ ÷ ((1 + r)ⁿ − 1), written so that nothing in it grows with
/// both the balance and the growth.
fn payment(amount: Yuan, period: u16, rate: Rate) -> Option<Yuan> {
    let (balance, monthly) = (Decimal::from(amount.cents()), rate.monthly());
    let cents = if monthly.is_zero() {
        balance.checked_div(Decimal::from(period))?
    } else {
        let growth =
            (0..period).try_fold(Decimal::ONE, |growth, _| growth.checked_mul(Decimal::ONE + monthly))?;
        let interest = balance.checked_mul(monthly)?;
        interest.checked_add(interest.checked_div(growth - Decimal::ONE)?)?
    };
    let rounded = cents.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    rounded.to_u64().and_then(Yuan::of_cents)
}
