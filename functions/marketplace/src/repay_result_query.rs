//! What came of repaying: `queryRepayResult` (1.12, item 24).

use domain::marketplace::RepayPeriod;
use platform::Scope;
use platform::metrics::Source;
use serde::Serialize;

use crate::CONTEXT;
use crate::asked_loan::{Asked, AskedPeriod, Loans, planned, unknown_period};
use crate::channel::Channel;
use crate::endpoint::{Failure, Operation, Reply};
use crate::wire::Amount;

/// Where no period is named, the first is meant (§3, 1.12).
const FIRST: RepayPeriod = RepayPeriod::Period(1);

/// The operation.
#[derive(Debug)]
pub struct RepayResultQuery {
    /// The loans.
    pub loans: Loans,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    status: u16,
    already_repay_amount: Amount,
    will_repay_amount: Amount,
    repay_period: i32,
    remark: &'static str,
}

impl Operation for RepayResultQuery {
    const OP: &'static str = "queryRepayResult";
    const SOURCE: Source = Source { context: CONTEXT, function: "repay-result-query" };
    type Input = Asked;

    fn read(_: &Channel, text: String) -> Result<Asked, Failure> {
        Asked::read(&text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, asked: Asked) -> Result<Reply, Failure> {
        let period = asked.period.map_or(Ok(FIRST), AskedPeriod::possible)?;
        let loan = self.loans.find(scope, channel, asked.number).await?;
        let (loan, plan) = planned(loan.as_ref())?;
        let standing = plan.standing(period, &loan.attempts).ok_or_else(unknown_period)?;
        let wire = Wire {
            status: standing.status.code(),
            already_repay_amount: Amount(standing.already_repay_amount),
            will_repay_amount: Amount(standing.will_repay_amount),
            repay_period: period.number(),
            remark: standing.status.remark(),
        };
        Ok(Reply::json("answered", &wire))
    }
}
