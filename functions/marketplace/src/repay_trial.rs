//! What it would take to repay now: `repayTrial` (1.10, item 21; §11 Repayment, Wire).

use domain::marketplace::OrderNumber;
use platform::Scope;
use platform::metrics::Source;
use serde::Serialize;

use crate::CONTEXT;
use crate::asked_loan::{Asked, AskedPeriod, Loans, planned, unknown_period};
use crate::channel::{Channel, Words};
use crate::endpoint::{Failure, Operation, Reply};
use crate::wire::Amount;

/// The operation.
#[derive(Debug)]
pub struct RepayTrial {
    /// The loans.
    pub loans: Loans,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    loan_amount: Amount,
    repay_amount: Amount,
    overdue_fee: Amount,
    remark: &'a str,
}

impl Operation for RepayTrial {
    const OP: &'static str = "repayTrial";
    const SOURCE: Source = Source { context: CONTEXT, function: "repay-trial" };
    type Input = (OrderNumber, AskedPeriod);

    fn read(_: &Channel, text: String) -> Result<Self::Input, Failure> {
        Asked::read_with_period(&text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, asked: Self::Input) -> Result<Reply, Failure> {
        let (number, period) = (asked.0, asked.1.possible()?);
        let loan = self.loans.find(scope, channel, number).await?;
        let (_, plan) = planned(loan.as_ref())?;
        let trial = plan.trial(period).ok_or_else(unknown_period)?;
        let wire = Wire {
            loan_amount: Amount(trial.principal),
            repay_amount: Amount(trial.repay_amount),
            overdue_fee: Amount(trial.overdue_fee),
            remark: channel.config.wording.text(Words::Calculated),
        };
        Ok(Reply::json("calculated", &wire))
    }
}
