//! What other systems are told of a loan (design §5; docs/events).

use domain::marketplace::{LoanEvent, Plan, Yuan};
use platform::Scope;
use platform::events::Event;
use platform::outbox::{Outbox, Pending};

use crate::CONTEXT;
use crate::store::StoredLoan;

/// An event of a loan, as it is after what causes it.
pub(super) fn pending(outbox: &Outbox, scope: &Scope, event: LoanEvent, stored: &StoredLoan) -> Pending {
    let loan = &stored.loan;
    let amount = |amount: Option<Yuan>| amount.map(|amount| amount.to_string());
    let new = |name| {
        Event::new(name, 1, scope.now())
            .with("channel_id", stored.key.channel.as_str())
            .with("order_id", stored.key.number.as_str())
            .with("borrow_no", stored.borrow_no.as_str())
            .with("contract_id", loan.contract_id.as_deref())
            .with("loan_version", stored.version)
    };
    let event = match event {
        LoanEvent::Disbursed => new("loan_disbursed")
            .with("loan_amount", loan.terms.loan_amount.to_string())
            .with("receive_amount", amount(loan.receive_amount))
            .with("repay_amount", amount(loan.repay_amount))
            .with("periods", loan.plan().map(|plan| plan.periods().len())),
        LoanEvent::PaidOff => {
            let repaid = loan.plan().map(Plan::totals).map(|totals| totals.already_repay_amount);
            new("loan_paid_off")
                .with("loan_amount", loan.terms.loan_amount.to_string())
                .with("repaid_amount", amount(repaid))
                .with("paid_off_at", loan.paid_off_at.map(|at| at.to_string()))
        }
    };
    outbox.event(scope, CONTEXT, &event)
}
