//! What a single message makes of a loan, field by field.

use super::{changed, disbursed, instant, open_attempt, plan, result, status, terms};
use crate::marketplace::tests::yuan;
use crate::marketplace::{
    AuditResult, CoreMessageKind, Loan, LoanCallback, LoanNews, LoanResult, LoanStatus, LoanStep, NewPlan,
    Plan, PlanPeriod, RepayOutcome, RepayPeriod, RepayResult, RepayResultStatus, Yuan,
};

const FIRST: RepayPeriod = RepayPeriod::Period(1);

fn new_plan() -> NewPlan {
    NewPlan {
        contract_id: "C-1".to_owned(),
        loan_amount: yuan("8000"),
        receive_amount: yuan("7900"),
        repay_amount: yuan("9300"),
        plan: plan([false; 3], 0),
    }
}

/// A plan of one period more.
fn longer(paid: [bool; 3]) -> Plan {
    let periods = plan(paid, 0).periods().to_vec();
    let last = PlanPeriod { period_no: 4, ..plan([false; 3], 0).periods()[2].clone() };
    Plan::new(periods.into_iter().chain([last]).collect()).unwrap()
}

/// What the platform is told; `None` if the loan stays as it is.
fn told(loan: &Loan, news: &LoanNews) -> Option<Vec<LoanCallback>> {
    match loan.judge(news, instant(20)) {
        LoanStep::Go(change) => Some(change.callbacks),
        LoanStep::Stay => None,
        other @ (LoanStep::Forbidden | LoanStep::BadPlan) => panic!("{other:?}"),
    }
}

#[test]
fn news_have_a_kind_and_a_word() {
    let repaid = |outcome| result(FIRST, 0, outcome, None);
    for (news, kind, word) in [
        (LoanNews::Audit(AuditResult::Passed(None)), CoreMessageKind::AuditResult, "passed"),
        (LoanNews::Audit(AuditResult::Refused(status(27))), CoreMessageKind::AuditResult, "refused"),
        (
            LoanNews::Result(LoanResult { status: status(30), receive_amount: None }),
            CoreMessageKind::LoanResult,
            "result",
        ),
        (LoanNews::Plan(Box::new(new_plan())), CoreMessageKind::RepayPlan, "plan"),
        (LoanNews::Overdue(plan([false; 3], 1)), CoreMessageKind::Overdue, "overdue"),
        (repaid(RepayOutcome::Paid), CoreMessageKind::RepayResult, "paid"),
        (repaid(RepayOutcome::Failed), CoreMessageKind::RepayResult, "failed"),
    ] {
        assert_eq!((news.kind(), news.as_str()), (kind, word));
    }
}

#[test]
fn a_plan_says_what_was_lent_paid_out_and_is_to_be_repaid_and_a_second_one_the_same_or_nothing() {
    let loan = changed(&Loan::confirmed(terms(), None), &LoanNews::Plan(Box::new(new_plan())), 10);
    assert_eq!((loan.status, loan.contract_id.as_deref()), (LoanStatus::Disbursed, Some("C-1")));
    let amounts = [Some(loan.terms.loan_amount), loan.receive_amount, loan.repay_amount];
    assert_eq!(amounts, ["8000", "7900", "9300"].map(|amount| Some(yuan(amount))));
    assert_eq!(loan.plan(), Some(&plan([false; 3], 0)));
    let again = |edit: fn(&mut NewPlan)| {
        let mut again = new_plan();
        edit(&mut again);
        loan.judge(&LoanNews::Plan(Box::new(again)), instant(11))
    };
    assert_eq!(again(|_| ()), LoanStep::Stay);
    assert_eq!(again(|again| again.contract_id = "C-2".to_owned()), LoanStep::Forbidden);
    assert_eq!(again(|again| again.loan_amount = yuan("1")), LoanStep::Forbidden);
    assert_eq!(again(|again| again.receive_amount = yuan("1")), LoanStep::Forbidden);
    assert_eq!(again(|again| again.repay_amount = yuan("1")), LoanStep::Forbidden);
    assert_eq!(again(|again| again.plan = plan([false; 3], 1)), LoanStep::Forbidden);
}

#[test]
fn what_is_paid_out_is_told_by_the_result_of_the_disbursement_and_by_no_other() {
    let loan = Loan { receive_amount: Some(yuan("7900")), ..Loan::confirmed(terms(), None) };
    let received = |code, amount: Option<Yuan>| {
        let news = LoanNews::Result(LoanResult { status: status(code), receive_amount: amount });
        changed(&loan, &news, 1).receive_amount
    };
    assert_eq!(received(30, Some(yuan("8900"))), Some(yuan("8900")));
    assert_eq!(received(30, None), Some(yuan("7900")), "what is known stays");
    assert_eq!(received(31, Some(yuan("8900"))), Some(yuan("7900")));
}

#[test]
fn a_result_fits_the_plan_that_it_is_about() {
    let fits = |period, outcome, of: Option<Plan>| {
        let LoanNews::Repayment(result) = result(period, 0, outcome, of) else { panic!("a result") };
        result.fits(&plan([false; 3], 0))
    };
    let first_paid = plan([true, false, false], 0);
    assert!(fits(FIRST, RepayOutcome::Paid, Some(first_paid.clone())));
    assert!(!fits(FIRST, RepayOutcome::Paid, Some(plan([false; 3], 0))), "its own plan says otherwise");
    assert!(!fits(FIRST, RepayOutcome::Paid, Some(longer([true, false, false]))), "of another loan");
    assert!(fits(FIRST, RepayOutcome::PartlyPaid, Some(plan([false; 3], 0))));
    assert!(!fits(FIRST, RepayOutcome::Failed, Some(longer([false; 3]))));
    assert!(!fits(RepayPeriod::Period(4), RepayOutcome::Failed, Some(first_paid)), "no such period");
    assert!(fits(FIRST, RepayOutcome::Failed, None));
    assert!(!fits(RepayPeriod::Period(4), RepayOutcome::Failed, None));
    for outcome in [RepayOutcome::Paid, RepayOutcome::PartlyPaid] {
        assert!(!fits(FIRST, outcome, None), "what was paid comes with a plan");
    }
}

/// A result for the first period, which the plan has paid with 3100, that names other amounts.
fn with_own_amounts(outcome: RepayOutcome) -> RepayResult {
    RepayResult {
        period: FIRST,
        attempt_no: 0,
        outcome,
        already_repay_amount: yuan("3099"),
        will_repay_amount: yuan("1"),
        repay_time: instant(5),
        plan: Some(plan([true, false, false], 0)),
    }
}

#[test]
fn a_period_that_something_else_paid_is_told_as_the_plan_has_it() {
    for outcome in [RepayOutcome::PartlyPaid, RepayOutcome::Failed] {
        let repaid = with_own_amounts(outcome).told(&plan([true, false, false], 0));
        assert_eq!((repaid.status, repaid.repay_time), (RepayResultStatus::Cleared, instant(7)));
        let amounts = [repaid.already_repay_amount, repaid.will_repay_amount];
        assert_eq!(amounts, [yuan("3100"), Yuan::ZERO], "{outcome:?}");
    }
}

#[test]
fn a_payment_is_told_with_its_own_amounts_and_time() {
    let paid = with_own_amounts(RepayOutcome::Paid);
    let callbacks = told(&disbursed(), &LoanNews::Repayment(Box::new(paid))).unwrap();
    let [LoanCallback::Repaid(repaid), LoanCallback::Plan] = callbacks[..] else { panic!("{callbacks:?}") };
    assert_eq!((repaid.status, repaid.repay_time), (RepayResultStatus::Cleared, instant(5)));
    assert_eq!([repaid.already_repay_amount, repaid.will_repay_amount], ["3099", "1"].map(yuan));
}

#[test]
fn an_automatic_debit_that_brings_nothing_new_is_not_told_unless_it_failed() {
    let shown = Some(plan([false; 3], 0));
    let debit = |outcome| result(FIRST, 0, outcome, shown.clone());
    assert_eq!(told(&disbursed(), &debit(RepayOutcome::PartlyPaid)), None);
    let failed = told(&disbursed(), &debit(RepayOutcome::Failed)).unwrap();
    assert!(matches!(failed[..], [LoanCallback::Repaid(_)]), "{failed:?}");
    let attempt = result(FIRST, 1, RepayOutcome::PartlyPaid, shown.clone());
    let told = told(&open_attempt(&disbursed()), &attempt).unwrap();
    assert!(matches!(told[..], [LoanCallback::Repaid(_), LoanCallback::Plan]), "{told:?}");
}

#[test]
fn fees_of_other_periods_are_none_of_this_loan() {
    assert_eq!(disbursed().judge(&LoanNews::Overdue(longer([false; 3])), instant(20)), LoanStep::BadPlan);
    let before = Loan::confirmed(terms(), None);
    assert_eq!(before.judge(&LoanNews::Overdue(plan([false; 3], 1)), instant(20)), LoanStep::Forbidden);
}
