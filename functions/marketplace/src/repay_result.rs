//! The queue `repay-result` (item 23; §7.8, §11 Repayment): what came of an attempt to repay, or of an automatic debit. The
//! result is called back, and behind it the plan, unless nothing was paid.

use domain::marketplace::{LoanCodes, LoanNews, RepayOutcome, RepayPeriod, RepayResult as Repaid};
use jiff::Timestamp;
use platform::metrics::Source;

use crate::CONTEXT;
use crate::core_message::{Members, Reason};
use crate::loan_message::{Kind, Needs, plan};

/// The kind.
#[derive(Debug)]
pub struct RepayResult;

impl Kind for RepayResult {
    const SOURCE: Source = Source { context: CONTEXT, function: "repay-result" };
    const NEEDS: Needs = Needs::BusAndChannels;

    fn news(members: &Members, _: LoanCodes, occurred_at: Timestamp) -> Result<LoanNews, Reason> {
        let outcome = RepayOutcome::parse(members.required("status")?).ok_or(Reason::UnknownResult)?;
        let period = members.whole("period")?.ok_or(Reason::Incomplete)?;
        let attempt_no = members.whole("attempt_no")?.ok_or(Reason::Incomplete)?;
        let plan = plan(members)?;
        if plan.is_none() && outcome.changes_plan() {
            return Err(Reason::Incomplete);
        }
        Ok(LoanNews::Repayment(Box::new(Repaid {
            period: RepayPeriod::of(period).ok_or(Reason::BadNumber)?,
            attempt_no: u32::try_from(attempt_no).map_err(|_| Reason::BadNumber)?,
            outcome,
            already_repay_amount: members.amount("already_repay_amount")?,
            will_repay_amount: members.amount("will_repay_amount")?,
            repay_time: members.instant("repay_time")?.unwrap_or(occurred_at),
            plan,
        })))
    }
}
