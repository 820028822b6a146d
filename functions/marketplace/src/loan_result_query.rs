//! Where the loan stands: `queryLoanResult` (1.9, item 17; §2.2).

use domain::marketplace::{LoanAnswer, OrderKey, OrderNumber};
use platform::Scope;
use platform::metrics::{Count, Source};

use crate::asked_loan::Loans;
use crate::channel::Channel;
use crate::endpoint::{Failure, Operation, Reply};
use crate::loan_wire::WireLoan;
use crate::{CONTEXT, asked_order};

/// A loan with a code that the specification does not list, or an order that is processed and has no loan: somebody must
/// look at it.
const UNLISTED: Count = Count::of("loan_status_unlisted");

/// The operation.
#[derive(Debug)]
pub struct LoanResultQuery {
    /// The loans.
    pub loans: Loans,
}

impl Operation for LoanResultQuery {
    const OP: &'static str = "queryLoanResult";
    const SOURCE: Source = Source { context: CONTEXT, function: "loan-result-query" };
    type Input = OrderNumber;

    fn read(_: &Channel, text: String) -> Result<OrderNumber, Failure> {
        asked_order::read(&text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, number: OrderNumber) -> Result<Reply, Failure> {
        let key = OrderKey { channel: channel.id.clone(), number };
        let mut loan = self.loans.again(scope, &key).await?;
        if loan.is_none() {
            let order = asked_order::find(&self.loans.orders, scope, channel, key.number.clone()).await?;
            if let Some(answer) = LoanAnswer::without_loan(order.status) {
                return Ok(Reply::json("answered", &WireLoan::of(answer, None)));
            }
            // The order is processed: the confirmation came between the two reads.
            loan = self.loans.again(scope, &key).await?;
        }
        let loan = loan.as_ref().map(|loan| &loan.loan);
        let Some(answer) = loan.and_then(|loan| LoanAnswer::of_loan(loan.status)) else {
            scope.count(UNLISTED);
            return Err(Failure::Internal(format!("order {key} has no loan with a status that is listed")));
        };
        Ok(Reply::json("answered", &WireLoan::of(answer, loan)))
    }
}
