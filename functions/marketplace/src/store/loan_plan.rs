//! How a plan and the attempts to repay it are stored, within their loan's row.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::marketplace::{
    Attempts, DatedPlan, PeriodAttempts, PeriodStatus, Plan, PlanPeriod, RepayOutcome, RepayPeriod, Yuan,
};
use jiff::Timestamp;
use platform::dynamodb::{Item, Row, RowError, number, text};
use platform::rfc3339;

use super::loan_row::amount;
use super::order_row::coded;

pub(super) const PLAN: &str = "plan";
pub(super) const PLAN_AT: &str = "plan_at";
pub(super) const ATTEMPTS: &str = "attempts";
const PERIOD_NO: &str = "period_no";
const DUE_TIME: &str = "due_time";
const CAN_REPAY_TIME: &str = "can_repay_time";
const PRINCIPAL: &str = "principal";
const REPAY_AMOUNT: &str = "repay_amount";
const ALREADY_REPAY_AMOUNT: &str = "already_repay_amount";
const OVERDUE_FEE: &str = "overdue_fee";
const STATUS: &str = "status";
const SUCCESS_TIME: &str = "success_time";
const CLOSED: &str = "closed";
const CLOSED_BEFORE: &str = "closed_before";
const IS_OPEN: &str = "is_open";
const LAST: &str = "last";

/// A plan, period by period.
pub(super) fn plan_item(plan: &Plan) -> AttributeValue {
    AttributeValue::L(plan.periods().iter().map(period_item).collect())
}

/// Times stand without the zeros of a fraction that they do not have: the plan is most of its row.
fn period_item(period: &PlanPeriod) -> AttributeValue {
    let amount = |amount: Yuan| text(amount.to_string());
    let members = [
        (PERIOD_NO, number(period.period_no)),
        (DUE_TIME, text(period.due_time.to_string())),
        (CAN_REPAY_TIME, text(period.can_repay_time.to_string())),
        (PRINCIPAL, amount(period.principal)),
        (REPAY_AMOUNT, amount(period.repay_amount)),
        (ALREADY_REPAY_AMOUNT, amount(period.already_repay_amount)),
        (OVERDUE_FEE, amount(period.overdue_fee)),
        (STATUS, text(period.status.as_str())),
    ];
    let mut item: Item = members.map(|(name, value)| (name.to_owned(), value)).into();
    if let Some(at) = period.success_time {
        item.insert(SUCCESS_TIME.to_owned(), text(at.to_string()));
    }
    AttributeValue::M(item)
}

/// The plan of a loan's row, if there is one.
pub(super) fn read_plan(item: &Item) -> Result<Option<DatedPlan>, RowError> {
    let Some(periods) = item.get(PLAN) else {
        return Ok(None);
    };
    let wrong = || RowError::new(PLAN, &"is no list of periods");
    let read = |value: &AttributeValue| read_period(Row::new(value.as_m().map_err(|_| wrong())?));
    let periods = periods.as_l().map_err(|_| wrong())?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let plan = Plan::new(periods).map_err(|error| RowError::new(PLAN, &error))?;
    Ok(Some(DatedPlan { plan, at: Row::new(item).instant(PLAN_AT)? }))
}

fn read_period(row: Row<'_>) -> Result<PlanPeriod, RowError> {
    let status = PeriodStatus::parse(row.text(STATUS)?);
    Ok(PlanPeriod {
        period_no: coded(row, PERIOD_NO, Some)?,
        due_time: row.instant(DUE_TIME)?,
        can_repay_time: row.instant(CAN_REPAY_TIME)?,
        principal: amount(row, PRINCIPAL)?,
        repay_amount: amount(row, REPAY_AMOUNT)?,
        already_repay_amount: amount(row, ALREADY_REPAY_AMOUNT)?,
        overdue_fee: amount(row, OVERDUE_FEE)?,
        status: status.ok_or_else(|| RowError::new(STATUS, &"is none of a period"))?,
        success_time: row.optional_instant(SUCCESS_TIME)?,
    })
}

/// When a plan was told.
pub(super) fn plan_at(at: Timestamp) -> AttributeValue {
    text(rfc3339::sortable(at))
}

/// The attempts, by the number of their period; `None` where there are none.
pub(super) fn attempts_item(attempts: &Attempts) -> Option<AttributeValue> {
    let of_period = |of: &PeriodAttempts| {
        let closed = of.closed.iter().map(|outcome| text(outcome.as_str())).collect();
        let mut item = HashMap::from([
            (CLOSED.to_owned(), AttributeValue::L(closed)),
            (IS_OPEN.to_owned(), AttributeValue::Bool(of.is_open)),
        ]);
        if of.closed_before > 0 {
            item.insert(CLOSED_BEFORE.to_owned(), number(of.closed_before));
        }
        if let Some(last) = of.last {
            item.insert(LAST.to_owned(), text(last.as_str()));
        }
        AttributeValue::M(item)
    };
    let items: Item =
        attempts.kept().map(|(period, of)| (period.number().to_string(), of_period(of))).collect();
    (!items.is_empty()).then_some(AttributeValue::M(items))
}

/// The attempts of a loan's row.
pub(super) fn read_attempts(item: &Item) -> Result<Attempts, RowError> {
    let Some(attempts) = item.get(ATTEMPTS) else {
        return Ok(Attempts::default());
    };
    let wrong = || RowError::new(ATTEMPTS, &"is no map of attempts");
    let of_period = |(number, of): (&String, &AttributeValue)| {
        let period = number.parse().ok().and_then(RepayPeriod::of).ok_or_else(wrong)?;
        Ok((period, read_of_period(of.as_m().map_err(|_| wrong())?)?))
    };
    let kept = attempts.as_m().map_err(|_| wrong())?.iter().map(of_period);
    let kept = kept.collect::<Result<Vec<_>, RowError>>()?;
    Attempts::restore(kept).map_err(|error| RowError::new(ATTEMPTS, &error))
}

/// How many attempts were closed before those that are kept.
fn read_closed_before(item: &Item, row: Row<'_>) -> Result<u32, RowError> {
    if !item.contains_key(CLOSED_BEFORE) {
        return Ok(0);
    }
    let closed = u32::try_from(row.number(CLOSED_BEFORE)?);
    closed.map_err(|error| RowError::new(CLOSED_BEFORE, &error))
}

fn read_of_period(item: &Item) -> Result<PeriodAttempts, RowError> {
    let row = Row::new(item);
    let wrong = || RowError::new(CLOSED, &"is no list of outcomes");
    let outcome = |text: &str| RepayOutcome::parse(text).ok_or_else(wrong);
    let closed = item.get(CLOSED).and_then(|value| value.as_l().ok()).ok_or_else(wrong)?;
    let closed = closed.iter().map(|value| outcome(value.as_s().map_err(|_| wrong())?));
    Ok(PeriodAttempts {
        closed_before: read_closed_before(item, row)?,
        closed: closed.collect::<Result<_, _>>()?,
        is_open: row.flag(IS_OPEN)?,
        last: row.optional_text(LAST)?.map(outcome).transpose()?,
    })
}
