//! What a loan costs: equal instalments at 30 % a year, each period's interest to the cent, the last payment takes up
//! what rounding left.

use bench::Error;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    #[serde(borrow)]
    loan_amount: &'a RawValue,
    loan_period: u16,
}

/// The answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Calculated {
    refund_amount: Box<RawValue>,
    actual_amount: Box<RawValue>,
    remark: &'static str,
    repay_plan: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Instalment {
    period_no: u16,
    amount: Box<RawValue>,
    repay_amount: Box<RawValue>,
}

/// Calculates what is asked for.
pub(super) fn calculated(business: &str) -> Result<Calculated, Error> {
    let asked: Asked<'_> = serde_json::from_str(business)?;
    let principal: Decimal = asked.loan_amount.get().parse()?;
    let monthly = Decimal::new(30, 2) / Decimal::from(12);
    let growth = (0..asked.loan_period).fold(Decimal::ONE, |growth, _| growth * (Decimal::ONE + monthly));
    let payment = cents(principal * monthly * growth / (growth - Decimal::ONE));
    let (mut balance, mut sum, mut periods) = (principal, Decimal::ZERO, Vec::new());
    for period_no in 1..=asked.loan_period {
        let interest = cents(balance * monthly);
        let due = if period_no == asked.loan_period { balance + interest } else { payment };
        balance -= due - interest;
        sum += due;
        periods.push(Instalment { period_no, amount: written(due)?, repay_amount: written(due)? });
    }
    Ok(Calculated {
        refund_amount: written(sum)?,
        actual_amount: written(principal)?,
        remark: "试算成功",
        repay_plan: serde_json::to_string(&periods)?,
    })
}

fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

fn written(amount: Decimal) -> Result<Box<RawValue>, Error> {
    Ok(RawValue::from_string(format!("{amount:.2}"))?)
}
