//! The repayment plan: `getRepayPlan` (1.13, item 18).

use domain::marketplace::OrderNumber;
use platform::Scope;
use platform::metrics::Source;

use crate::asked_loan::{Loans, no_plan};
use crate::channel::Channel;
use crate::endpoint::{Failure, Operation, Reply};
use crate::loan_wire::WirePlan;
use crate::{CONTEXT, asked_order};

/// The operation.
#[derive(Debug)]
pub struct RepayPlanQuery {
    /// The loans.
    pub loans: Loans,
}

impl Operation for RepayPlanQuery {
    const OP: &'static str = "getRepayPlan";
    const SOURCE: Source = Source { context: CONTEXT, function: "repay-plan-query" };
    type Input = OrderNumber;

    fn read(_: &Channel, text: String) -> Result<OrderNumber, Failure> {
        asked_order::read(&text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, number: OrderNumber) -> Result<Reply, Failure> {
        let loan = self.loans.find(scope, channel, number).await?;
        let plan = loan.and_then(|loan| WirePlan::of(&channel.config.bank_codes, &loan.loan));
        Ok(Reply::json("answered", &plan.ok_or_else(no_plan)?))
    }
}
