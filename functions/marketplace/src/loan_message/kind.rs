//! How messages about loans are read (§11, Internal messages).

use domain::marketplace::{ChannelId, LoanCodes, LoanNews, LoanStatus, PeriodStatus, Plan, PlanPeriod};
use jiff::Timestamp;
use platform::metrics::Source;

use super::LoanMessage;
use crate::core_message::{self, Members, Reason};

/// The most periods that a plan may have.
const MOST_PERIODS: usize = 360;

/// What messages of a kind need beside the loans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Where refusals are remembered.
    Refusals,
    /// The bus.
    Bus,
    /// The bus, and the channels' configuration.
    BusAndChannels,
}

/// A kind of message about loans: a queue, and the function that takes what comes there.
pub trait Kind: Send + Sync + 'static {
    /// The function.
    const SOURCE: Source;
    /// What it needs.
    const NEEDS: Needs;

    /// Reads what a message tells that says when it happened.
    ///
    /// # Errors
    /// It can never be taken.
    fn news(members: &Members, codes: LoanCodes, occurred_at: Timestamp) -> Result<LoanNews, Reason>;

    /// Reads a message's body; without a channel it is about an order of the `default` one.
    ///
    /// # Errors
    /// It can never be taken.
    fn read(body: &str, codes: LoanCodes, default: &ChannelId) -> Result<LoanMessage, Reason> {
        let members = core_message::read(body)?;
        let occurred_at = members.instant("occurred_at")?.ok_or(Reason::Incomplete)?;
        let news = Self::news(&members, codes, occurred_at)?;
        let message = members.message(news.kind(), news.as_str(), default)?;
        Ok(LoanMessage { message, news })
    }
}

/// `borrow_status`
///
/// # Errors
/// It is no code.
pub fn code(members: &Members, codes: LoanCodes) -> Result<Option<LoanStatus>, Reason> {
    let code = members.whole("borrow_status")?;
    let code = code.map(|code| u16::try_from(code).map_err(|_| Reason::BadNumber)).transpose()?;
    Ok(code.map(|code| codes.status(code)))
}

/// `plan`: the whole of it; `None` if it is left out.
///
/// # Errors
/// It is no plan.
pub fn plan(members: &Members) -> Result<Option<Plan>, Reason> {
    let Some(periods) = members.optional_objects("plan")? else {
        return Ok(None);
    };
    if periods.len() > MOST_PERIODS {
        return Err(Reason::BadPlan);
    }
    let periods = periods.iter().map(period).collect::<Result<Vec<_>, _>>()?;
    Plan::new(periods).map(Some).map_err(|_| Reason::BadPlan)
}

fn period(members: &Members) -> Result<PlanPeriod, Reason> {
    let time = |name| members.instant(name)?.ok_or(Reason::Incomplete);
    Ok(PlanPeriod {
        period_no: members.periods("period_no")?,
        due_time: time("due_time")?,
        can_repay_time: time("can_repay_time")?,
        principal: members.amount("principal")?,
        repay_amount: members.amount("repay_amount")?,
        already_repay_amount: members.amount("already_repay_amount")?,
        overdue_fee: members.amount("overdue_fee")?,
        status: PeriodStatus::parse(members.required("status")?).ok_or(Reason::BadPlan)?,
        success_time: members.instant("success_time")?,
    })
}
