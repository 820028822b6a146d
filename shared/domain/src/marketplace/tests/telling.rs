//! What the core tells of loans (items 15, 16, 19, 20, 23; §11): what holds whatever it tells, and in whatever order.

mod laws;
mod results;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::yuan;
use crate::marketplace::{
    AppliedMessage, AuditResult, Loan, LoanCallback, LoanCodes, LoanEvent, LoanNews, LoanResult, LoanStatus,
    LoanStep, LoanTerms, NewPlan, PeriodStatus, PeriodUnit, Plan, PlanPeriod, Recency, RepayOutcome,
    RepayPeriod, RepayRequest, RepayResult, RepayResultStatus, Yuan,
};

const PERIODS: u16 = 3;

fn terms() -> LoanTerms {
    LoanTerms { loan_amount: yuan("9000"), period: PERIODS, period_unit: PeriodUnit::Month }
}

fn status(code: u16) -> LoanStatus {
    LoanCodes::default().status(code)
}

fn instant(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

/// A plan in which these periods are paid, and the others have this fee in cents.
fn plan(paid: [bool; PERIODS as usize], fee_cents: u64) -> Plan {
    let fee = Yuan::of_cents(fee_cents).unwrap();
    let period = |(no, is_paid): (u16, bool)| PlanPeriod {
        period_no: no,
        due_time: instant(i64::from(no) * 100),
        can_repay_time: instant(0),
        principal: yuan("3000"),
        repay_amount: yuan("3100"),
        already_repay_amount: if is_paid { yuan("3100") } else { Yuan::ZERO },
        overdue_fee: if is_paid { Yuan::ZERO } else { fee },
        status: match (is_paid, fee_cents) {
            (true, _) => PeriodStatus::Paid,
            (false, 0) => PeriodStatus::NotDue,
            (false, _) => PeriodStatus::Overdue,
        },
        success_time: is_paid.then(|| instant(7)),
    };
    Plan::new((1..).zip(paid).map(period).collect()).unwrap()
}

fn new_plan(plan: Plan) -> LoanNews {
    let (loan_amount, receive_amount, repay_amount) = (yuan("9000"), yuan("8900"), yuan("9300"));
    let contract_id = "C-1".to_owned();
    LoanNews::Plan(Box::new(NewPlan { contract_id, loan_amount, receive_amount, repay_amount, plan }))
}

fn result(period: RepayPeriod, attempt_no: u32, outcome: RepayOutcome, plan: Option<Plan>) -> LoanNews {
    LoanNews::Repayment(Box::new(RepayResult {
        period,
        attempt_no,
        outcome,
        already_repay_amount: Yuan::ZERO,
        will_repay_amount: Yuan::ZERO,
        repay_time: instant(5),
        plan,
    }))
}

fn changed(loan: &Loan, news: &LoanNews, second: i64) -> Loan {
    match loan.judge(news, instant(second)) {
        LoanStep::Go(change) => change.loan,
        other @ (LoanStep::Stay | LoanStep::Forbidden | LoanStep::BadPlan) => panic!("{other:?}"),
    }
}

fn disbursed() -> Loan {
    changed(&Loan::confirmed(terms(), None), &new_plan(plan([false; 3], 0)), 10)
}

#[test]
fn an_audit_and_its_code_say_the_same_or_it_is_none() {
    for code in [0, 10, 13, 20, 26, 27, 30, 31, 40, 41, 99] {
        let is_refusal = [26, 27].contains(&code);
        assert_eq!(AuditResult::passed(Some(status(code))).is_some(), !is_refusal, "{code}");
        let may_refuse = is_refusal || code == 99;
        assert_eq!(AuditResult::refused(Some(status(code))).is_some(), may_refuse, "{code}");
    }
    assert_eq!(AuditResult::passed(None), Some(AuditResult::Passed(None)));
    for code in [None, Some(26), Some(99)] {
        let refused = AuditResult::refused(code.map(status));
        assert_eq!(refused, Some(AuditResult::Refused(LoanStatus::RefusedAutomatically)), "{code:?}");
    }
}

#[test]
fn the_code_of_an_automatic_refusal_may_be_another() {
    let codes = LoanCodes::new(25).unwrap();
    let refused = Some(AuditResult::Refused(LoanStatus::RefusedAutomatically));
    assert_eq!([25, 26].map(|code| AuditResult::refused(Some(codes.status(code)))), [refused; 2]);
    assert!(AuditResult::passed(Some(codes.status(25))).is_none());
}

#[test]
fn only_a_refusal_by_the_audit_and_27_are_told_before_there_is_a_plan() {
    let loan = Loan::confirmed(terms(), None);
    for code in [10, 13, 20, 26, 27, 30, 31, 40, 41, 99] {
        let news = LoanNews::Result(LoanResult { status: status(code), receive_amount: None });
        let LoanStep::Go(change) = loan.judge(&news, instant(1)) else { panic!("{code}") };
        let told = if code == 27 { vec![LoanCallback::Refused] } else { Vec::new() };
        assert_eq!((change.callbacks, change.is_refusal, news.refuses()), (told, code == 27, code == 27));
        assert_eq!((change.loan.status, change.events), (status(code), Vec::new()));
    }
}

#[test]
fn an_audit_s_refusal_is_told_once_whether_the_result_of_26_comes_before_it_or_behind_it() {
    let result = LoanNews::Result(LoanResult { status: status(26), receive_amount: None });
    let audit = LoanNews::Audit(AuditResult::Refused(status(26)));
    for order in [[&result, &audit], [&audit, &result]] {
        let (mut loan, mut told) = (Loan::confirmed(terms(), None), Vec::new());
        for news in order.into_iter().chain(order) {
            if let LoanStep::Go(change) = loan.judge(news, instant(1)) {
                assert_eq!(change.is_refusal, change.callbacks == [LoanCallback::Refused]);
                told.extend(change.callbacks);
                loan = change.loan;
            }
        }
        assert_eq!((told, loan.status), (vec![LoanCallback::Refused], status(26)));
    }
}

#[test]
fn a_refusal_that_nobody_was_told_of_is_told_with_whichever_refusal_comes_next() {
    let result = |code| LoanNews::Result(LoanResult { status: status(code), receive_amount: None });
    let untold = changed(&Loan::confirmed(terms(), None), &result(26), 1);
    for news in [LoanNews::Audit(AuditResult::Refused(status(27))), result(27)] {
        let LoanStep::Go(change) = untold.judge(&news, instant(2)) else { panic!("{news:?}") };
        assert_eq!((&change.callbacks[..], change.is_refusal), (&[LoanCallback::Refused][..], true));
        assert_eq!((change.loan.status, change.loan.is_refusal_untold), (status(26), false), "26 is final");
        assert_eq!(change.loan.judge(&news, instant(3)), LoanStep::Forbidden, "it is told once");
    }
    for code in [0, 10, 30, 99] {
        assert_eq!(untold.judge(&result(code), instant(2)), LoanStep::Forbidden, "{code}");
    }
}

#[test]
fn an_attempt_that_comes_to_less_does_not_take_back_what_is_paid() {
    let paid = plan([true, false, false], 0);
    let debit = result(RepayPeriod::Period(1), 0, RepayOutcome::Paid, Some(paid.clone()));
    let loan = changed(&disbursed(), &debit, 20);
    for outcome in [RepayOutcome::Failed, RepayOutcome::PartlyPaid] {
        for (told, second) in [(Some(paid.clone()), 30), (Some(plan([false; 3], 0)), 15)] {
            let LoanStep::Go(change) =
                open_attempt(&loan).judge(&result(RepayPeriod::Period(1), 1, outcome, told), instant(second))
            else {
                panic!("{outcome:?}")
            };
            let [LoanCallback::Repaid(repaid), LoanCallback::Plan] = change.callbacks[..] else {
                panic!("{:?}", change.callbacks)
            };
            assert_eq!(repaid.status, RepayResultStatus::Cleared);
            let amounts = [repaid.already_repay_amount, repaid.will_repay_amount];
            assert_eq!((amounts, repaid.repay_time), ([yuan("3100"), Yuan::ZERO], instant(7)));
            assert_eq!((change.loan.attempts.open().count(), change.loan.plan()), (0, Some(&paid)));
        }
    }
}

/// The loan with an attempt to repay its first period, though that may be paid: it was begun before.
fn open_attempt(loan: &Loan) -> Loan {
    let before = plan([false; 3], 0);
    let RepayRequest::New { attempts, .. } = loan.attempts.request(Some(&before), RepayPeriod::Period(1))
    else {
        panic!("no attempt");
    };
    Loan { attempts, ..loan.clone() }
}

#[test]
fn a_payment_says_when_its_period_was_paid_if_no_plan_does() {
    let without_times = |plan: &Plan| {
        let periods = plan.periods().iter().map(|of| PlanPeriod { success_time: None, ..of.clone() });
        Plan::new(periods.collect()).unwrap()
    };
    let paid = plan([true, false, false], 0);
    let debit = result(RepayPeriod::Period(1), 0, RepayOutcome::Paid, Some(without_times(&paid)));
    let loan = changed(&disbursed(), &debit, 20);
    assert_eq!(loan.plan().unwrap().paid_at(RepayPeriod::Period(1)), Some(instant(5)), "its repay_time");
    assert_eq!(loan.judge(&debit, instant(21)), LoanStep::Stay);
    let fees = without_times(&plan([true, false, false], 100));
    let after = changed(&loan, &LoanNews::Overdue(fees.clone()), 30);
    assert_eq!(
        after.plan().unwrap().paid_at(RepayPeriod::Period(1)),
        Some(instant(5)),
        "fees do not unsay it"
    );
    assert_eq!(after.judge(&LoanNews::Overdue(fees), instant(31)), LoanStep::Stay);
    // The plan may come first, and the payment that says when behind it.
    let told_before = changed(&disbursed(), &LoanNews::Overdue(without_times(&paid)), 30);
    assert_eq!(told_before.plan().unwrap().paid_at(RepayPeriod::Period(1)), None);
    let late = result(RepayPeriod::Period(1), 1, RepayOutcome::Paid, Some(paid));
    let loan = changed(&open_attempt(&told_before), &late, 20);
    assert_eq!(loan.plan().unwrap().paid_at(RepayPeriod::Period(1)), Some(instant(5)));
    assert_eq!(loan.plan.unwrap().at, instant(30), "and the newer plan stands");
}

#[test]
fn a_card_that_is_bound_later_is_the_loan_s_once() {
    let card = |card_ref: &str| crate::marketplace::LoanCard {
        bank: crate::marketplace::Bank::Gdb,
        last4: "5678".to_owned(),
        card_ref: card_ref.to_owned(),
    };
    let loan = Loan::confirmed(terms(), None).with_card(&card("r-1")).unwrap();
    assert_eq!(loan.with_card(&card("r-1")), None);
    assert_eq!(loan.with_card(&card("r-2")).and_then(|loan| loan.card), Some(card("r-2")));
}

#[test]
fn a_plan_of_before_the_loan_s_is_late_whichever_kind_told_that_one() {
    let loan = disbursed();
    let fees = LoanNews::Overdue(plan([false; 3], 500));
    for (second, recency) in [(9, Recency::Late), (10, Recency::News), (11, Recency::News)] {
        assert_eq!(loan.recency(&fees, "e-1", instant(second), None), recency, "{second}");
    }
    let again = new_plan(plan([false; 3], 0));
    assert_eq!(loan.recency(&again, "e-1", instant(9), None), Recency::Late);
    let debit = result(RepayPeriod::Period(1), 0, RepayOutcome::Failed, None);
    assert_eq!(loan.recency(&debit, "e-1", instant(9), None), Recency::News, "it tells more than its plan");
}

#[test]
fn the_result_of_an_open_attempt_is_news_however_old_it_is() {
    let mut loan = disbursed();
    let RepayRequest::New { attempts, attempt_no } =
        loan.attempts.request(loan.plan(), RepayPeriod::Period(2))
    else {
        panic!("no attempt");
    };
    loan.attempts = attempts;
    let last = AppliedMessage { event_id: "e-5".to_owned(), occurred_at: instant(50) };
    let recency = |loan: &Loan, attempt_no, event_id| {
        let news = result(RepayPeriod::Period(2), attempt_no, RepayOutcome::Failed, None);
        loan.recency(&news, event_id, instant(20), Some(&last))
    };
    assert_eq!(recency(&loan, attempt_no, "e-1"), Recency::News);
    assert_eq!(recency(&loan, attempt_no, "e-5"), Recency::Known);
    assert_eq!((recency(&loan, 0, "e-1"), recency(&loan, 2, "e-1")), (Recency::Late, Recency::Late));
    let closed = changed(&loan, &result(RepayPeriod::Period(2), attempt_no, RepayOutcome::Failed, None), 20);
    assert_eq!(recency(&closed, attempt_no, "e-1"), Recency::Late);
}

#[test]
fn a_period_that_is_paid_stays_paid_whatever_plan_comes() {
    let (none, first) = ([false; 3], [true, false, false]);
    let paid = result(RepayPeriod::Period(1), 0, RepayOutcome::Paid, Some(plan(first, 0)));
    let loan = changed(&disbursed(), &paid, 20);
    let overdue = LoanNews::Overdue(plan(none, 100));
    assert_eq!(loan.judge(&overdue, instant(30)), LoanStep::BadPlan);
    let failed = result(RepayPeriod::Period(2), 0, RepayOutcome::Failed, Some(plan(none, 0)));
    assert_eq!(loan.judge(&failed, instant(30)), LoanStep::BadPlan);
    let overdue = LoanNews::Overdue(plan(first, 100));
    assert_eq!(changed(&loan, &overdue, 30).plan(), Some(&plan(first, 100)));
}

#[test]
fn a_payment_that_the_newer_plan_does_not_have_is_not_taken_for_it() {
    let overdue = LoanNews::Overdue(plan([false; 3], 100));
    let loan = changed(&disbursed(), &overdue, 30);
    let paid = result(RepayPeriod::Period(1), 0, RepayOutcome::Paid, Some(plan([true, false, false], 0)));
    assert_eq!(loan.judge(&paid, instant(20)), LoanStep::BadPlan);
}

fn any_plan() -> impl Strategy<Value = Plan> {
    (any::<[bool; 3]>(), 0_u64..3).prop_map(|(paid, fee)| plan(paid, fee))
}

fn any_period() -> impl Strategy<Value = RepayPeriod> {
    prop_oneof![Just(RepayPeriod::Whole), (1_u16..=4).prop_map(RepayPeriod::Period)]
}

fn any_news() -> impl Strategy<Value = LoanNews> {
    let codes = prop::sample::select(vec![0_u16, 10, 13, 20, 26, 27, 30, 31, 40, 41, 99]);
    let audit = prop_oneof![
        codes.clone().prop_filter_map("no pass", |code| AuditResult::passed(Some(status(code)))),
        Just(AuditResult::Refused(LoanStatus::RefusedAutomatically)),
    ];
    let outcome = prop::sample::select(RepayOutcome::ALL.to_vec());
    prop_oneof![
        1 => audit.prop_map(LoanNews::Audit),
        1 => codes.prop_map(|code| LoanNews::Result(LoanResult { status: status(code), receive_amount: None })),
        3 => any_plan().prop_map(new_plan),
        3 => any_plan().prop_map(LoanNews::Overdue),
        5 => (any_period(), 0_u32..3, outcome, prop::option::of(any_plan()))
            .prop_map(|(period, attempt, outcome, plan)| result(period, attempt, outcome, plan)),
    ]
}

/// A message, or a wish to repay.
#[derive(Clone, Debug)]
enum Act {
    Told(LoanNews, i64),
    Asked(RepayPeriod),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (any_news(), 0_i64..40).prop_map(|(news, second)| Act::Told(news, second)),
        1 => any_period().prop_map(Act::Asked),
    ]
}

#[derive(Default)]
struct Told {
    callbacks: Vec<LoanCallback>,
    events: Vec<LoanEvent>,
}

fn act(loan: &Loan, act: &Act, told: &mut Told) -> Loan {
    match act {
        Act::Asked(period) => match loan.attempts.request(loan.plan(), *period) {
            RepayRequest::New { attempts, .. } => Loan { attempts, ..loan.clone() },
            RepayRequest::Repeated { .. } | RepayRequest::Refused(_) => loan.clone(),
        },
        Act::Told(news, second) => {
            let at = instant(*second);
            if loan.recency(news, "e", at, None) != Recency::News {
                return loan.clone();
            }
            match loan.judge(news, at) {
                LoanStep::Go(change) => {
                    told.callbacks.extend(change.callbacks);
                    told.events.extend(change.events);
                    change.loan
                }
                LoanStep::Stay | LoanStep::Forbidden | LoanStep::BadPlan => loan.clone(),
            }
        }
    }
}
