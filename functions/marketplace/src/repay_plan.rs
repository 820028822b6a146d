//! The queue `repay-plan` (item 19; §7.4): the loan is disbursed and has a plan, and now the platform is told.

use domain::marketplace::{LoanCodes, LoanNews, NewPlan};
use jiff::Timestamp;
use platform::metrics::Source;

use crate::CONTEXT;
use crate::core_message::{Members, Reason};
use crate::loan_message::{Kind, Needs, plan};

/// The kind.
#[derive(Debug)]
pub struct RepayPlan;

impl Kind for RepayPlan {
    const SOURCE: Source = Source { context: CONTEXT, function: "repay-plan" };
    const NEEDS: Needs = Needs::Bus;

    fn news(members: &Members, _: LoanCodes, _: Timestamp) -> Result<LoanNews, Reason> {
        Ok(LoanNews::Plan(Box::new(NewPlan {
            contract_id: members.id("contract_id")?,
            loan_amount: members.amount("loan_amount")?,
            receive_amount: members.amount("receive_amount")?,
            repay_amount: members.amount("repay_amount")?,
            plan: plan(members)?.ok_or(Reason::Incomplete)?,
        })))
    }
}
