//! What holds whatever is told of a loan.

use proptest::prelude::*;

use super::{Act, Told, act, any_act, disbursed, instant, terms};
use crate::marketplace::{Loan, LoanCallback, LoanEvent, LoanNews, LoanStep, Plan, RepayResultStatus};
use crate::properties::cases;

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn whatever_is_told_a_loan_is_refused_or_disbursed_once_and_paid_off_once(
        acts in prop::collection::vec(any_act(), 1..40),
    ) {
        let (mut loan, mut told) = (Loan::confirmed(terms(), None), Told::default());
        for next in &acts {
            let after = act(&loan, next, &mut told);
            prop_assert!(loan.plan.is_none() || after.plan.is_some(), "a plan never goes away");
            if let (Some(before), Some(after)) = (&loan.plan, &after.plan) {
                prop_assert!(before.at <= after.at, "and none takes the place of a newer one");
                prop_assert!(before.plan.has_periods_of(&after.plan));
            }
            prop_assert!(loan.status == after.status || loan.status.may_become(after.status));
            loan = after;
        }
        let times = |callback| told.callbacks.iter().filter(|told| **told == callback).count();
        let (refused, disbursed) = (times(LoanCallback::Refused), times(LoanCallback::Disbursed));
        prop_assert!(refused + disbursed <= 1, "{:?}", told.callbacks);
        prop_assert_eq!(disbursed == 1, loan.plan.is_some());
        let events = |event| told.events.iter().filter(|told| **told == event).count();
        prop_assert_eq!(events(LoanEvent::Disbursed), disbursed);
        prop_assert_eq!(events(LoanEvent::PaidOff), usize::from(loan.paid_off_at.is_some()));
        if loan.plan().is_some_and(Plan::is_paid_off) {
            prop_assert!(loan.paid_off_at.is_some());
        }
    }

    #[test]
    fn the_same_news_again_stays_or_was_refused_before(acts in prop::collection::vec(any_act(), 1..25)) {
        let mut told = Told::default();
        let loan = acts.iter().fold(Loan::confirmed(terms(), None), |loan, next| act(&loan, next, &mut told));
        for next in &acts {
            let Act::Told(news, second) = next else { continue };
            let LoanStep::Go(change) = loan.judge(news, instant(*second)) else { continue };
            // An automatic debit that fails again is another one that failed.
            if matches!(news, LoanNews::Repayment(result) if result.is_automatic()) {
                continue;
            }
            let again = change.loan.judge(news, instant(*second));
            // Of a refusal that was owed, the loan keeps the code that it had.
            let was_owed = loan.is_refusal_untold && news.refuses() && again == LoanStep::Forbidden;
            prop_assert!(again == LoanStep::Stay || was_owed, "{:?} {:?}", news, again);
        }
    }

    #[test]
    fn behind_each_result_that_paid_something_comes_the_plan_and_behind_others_nothing(
        acts in prop::collection::vec(any_act(), 1..40),
    ) {
        let mut loan = disbursed();
        for next in &acts {
            let mut told = Told::default();
            loan = act(&loan, next, &mut told);
            if let Act::Told(LoanNews::Repayment(result), _) = next
                && !told.callbacks.is_empty()
            {
                let repaid = result.told(loan.plan().unwrap());
                let is_paid = loan.plan().and_then(|plan| plan.is_paid(result.period)) == Some(true);
                prop_assert_eq!(repaid.status == RepayResultStatus::Cleared, is_paid);
                let paid = [LoanCallback::Repaid(repaid), LoanCallback::Plan];
                let is_behind = is_paid || result.outcome.changes_plan();
                let expected = if is_behind { &paid[..] } else { &paid[..1] };
                prop_assert_eq!(&told.callbacks[..], expected);
            }
        }
    }
}
