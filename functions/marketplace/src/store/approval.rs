//! How an approval is stored, within its order's row. Amounts are texts, so that their decimals stay.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::marketplace::{AmountLimit, AmountOption, Yuan};
use platform::dynamodb::{Item, Row, RowError, number, text};

use super::order_row::{Approval, coded};

pub(super) const LIMIT: &str = "amount_limit";
pub(super) const OPTIONS: &str = "amount_option";
const MAX_LOAN: &str = "max_loan";
const MIN_LOAN: &str = "min_loan";
const MAX_PERIOD: &str = "max_period";
const MIN_PERIOD: &str = "min_period";
const MIN: &str = "min";
const MAX: &str = "max";
const STEP: &str = "step";
const PERIODS: &str = "periods";

pub(super) fn limit_item(limit: &AmountLimit) -> AttributeValue {
    map([
        (MAX_LOAN, amount_text(limit.max_loan)),
        (MIN_LOAN, amount_text(limit.min_loan)),
        (MAX_PERIOD, number(limit.max_period)),
        (MIN_PERIOD, number(limit.min_period)),
    ])
}

pub(super) fn options_item(options: &[AmountOption]) -> AttributeValue {
    let option = |option: &AmountOption| {
        let periods = option.periods().iter().map(number).collect();
        map([
            (MIN, amount_text(option.min())),
            (MAX, amount_text(option.max())),
            (STEP, amount_text(option.step())),
            (PERIODS, AttributeValue::L(periods)),
        ])
    };
    AttributeValue::L(options.iter().map(option).collect())
}

/// The approval of an order's row, if there is one.
pub(super) fn read(item: &Item) -> Result<Option<Approval>, RowError> {
    let Some(limit) = item.get(LIMIT) else {
        return Ok(None);
    };
    let limit = limit.as_m().map_err(|_| RowError::new(LIMIT, &"is no map"))?;
    let no_list = || RowError::new(OPTIONS, &"is no list of options");
    let options = item.get(OPTIONS).and_then(|value| value.as_l().ok()).ok_or_else(no_list)?;
    let option = |value: &AttributeValue| read_option(value.as_m().map_err(|_| no_list())?);
    Ok(Some(Approval {
        limit: read_limit(Row::new(limit))?,
        options: options.iter().map(option).collect::<Result<_, _>>()?,
    }))
}

fn read_limit(row: Row<'_>) -> Result<AmountLimit, RowError> {
    Ok(AmountLimit {
        max_loan: amount(row, MAX_LOAN)?,
        min_loan: amount(row, MIN_LOAN)?,
        max_period: coded(row, MAX_PERIOD, Some)?,
        min_period: coded(row, MIN_PERIOD, Some)?,
    })
}

fn read_option(members: &Item) -> Result<AmountOption, RowError> {
    let row = Row::new(members);
    let wrong = || RowError::new(PERIODS, &"is no list of numbers");
    let periods = members.get(PERIODS).and_then(|value| value.as_l().ok()).ok_or_else(wrong)?;
    let period = |value: &AttributeValue| {
        value.as_n().ok().and_then(|digits| digits.parse::<u16>().ok()).ok_or_else(wrong)
    };
    let periods = periods.iter().map(period).collect::<Result<Vec<_>, _>>()?;
    AmountOption::new(amount(row, MIN)?, amount(row, MAX)?, amount(row, STEP)?, periods)
        .map_err(|error| RowError::new(OPTIONS, &error))
}

fn amount(row: Row<'_>, attribute: &'static str) -> Result<Yuan, RowError> {
    Yuan::parse(row.text(attribute)?).map_err(|error| RowError::new(attribute, &error))
}

fn amount_text(amount: Yuan) -> AttributeValue {
    text(amount.to_string())
}

fn map<const N: usize>(members: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
