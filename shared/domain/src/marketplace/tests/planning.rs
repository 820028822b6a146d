//! Plans: what they may hold, what is owed, and what a query is answered (§3 1.10, 1.12, §11 Repayment, Wire).

use proptest::prelude::*;

use super::{at, yuan};
use crate::marketplace::{
    Attempts, PeriodStatus, Plan, PlanError, PlanPeriod, RepayOutcome, RepayPeriod, RepayRequest, ResultStep,
    Trial, Yuan,
};
use crate::properties::cases;

pub(super) fn period(period_no: u16) -> PlanPeriod {
    PlanPeriod {
        period_no,
        due_time: at("2018-09-08T00:00:00Z"),
        can_repay_time: at("2018-09-01T00:00:00Z"),
        principal: yuan("1087.31"),
        repay_amount: yuan("1462.31"),
        already_repay_amount: Yuan::ZERO,
        overdue_fee: Yuan::ZERO,
        status: PeriodStatus::NotDue,
        success_time: None,
    }
}

pub(super) fn paid(period_no: u16) -> PlanPeriod {
    PlanPeriod {
        already_repay_amount: yuan("1462.31"),
        status: PeriodStatus::Paid,
        success_time: Some(at("2018-09-07T08:00:00Z")),
        ..period(period_no)
    }
}

fn overdue(period_no: u16, fee: &str, already: &str) -> PlanPeriod {
    PlanPeriod {
        already_repay_amount: yuan(already),
        overdue_fee: yuan(fee),
        status: PeriodStatus::Overdue,
        ..period(period_no)
    }
}

fn trial(principal: &str, repay_amount: &str, overdue_fee: &str) -> Trial {
    let (repay_amount, overdue_fee) = (yuan(repay_amount), yuan(overdue_fee));
    Trial { principal: yuan(principal), repay_amount, overdue_fee }
}

fn attempts(results: &[(RepayPeriod, u32, RepayOutcome)], plan: &Plan) -> Attempts {
    results.iter().fold(Attempts::default(), |attempts, (period, number, outcome)| {
        let begun = match attempts.request(Some(plan), *period) {
            RepayRequest::New { attempts, .. } if *number > 0 => attempts,
            RepayRequest::New { .. } | RepayRequest::Repeated { .. } | RepayRequest::Refused(_) => attempts,
        };
        let ResultStep::Go(closed) = begun.result(*period, *number, *outcome) else { panic!("no step") };
        closed
    })
}

#[test]
fn a_plan_has_periods_whose_numbers_rise_from_1_or_more() {
    assert_eq!(Plan::new(Vec::new()), Err(PlanError::Empty));
    for numbers in [&[0_u16, 1][..], &[1, 1], &[2, 1], &[1, 3, 2]] {
        let periods = numbers.iter().map(|number| period(*number)).collect();
        assert_eq!(Plan::new(periods), Err(PlanError::Order), "{numbers:?}");
    }
    assert!(Plan::new(vec![period(2), period(3), period(7)]).is_ok());
}

#[test]
fn a_period_whose_members_contradict_each_other_is_none() {
    let error = |period| Plan::new(vec![period]).unwrap_err();
    assert_eq!(error(PlanPeriod { principal: yuan("1462.32"), ..period(1) }), PlanError::Principal);
    assert!(Plan::new(vec![PlanPeriod { principal: yuan("1462.31"), ..period(1) }]).is_ok(), "no interest");
    assert_eq!(error(overdue(1, "10", "1472.32")), PlanError::Contradictory);
    let largest = Yuan::of_cents(9_999_999_999_999_999).unwrap();
    let large = |number| PlanPeriod { repay_amount: largest, ..period(number) };
    assert_eq!(Plan::new(vec![large(1), large(2)]), Err(PlanError::TooLarge));
    assert_eq!(error(PlanPeriod { overdue_fee: yuan("0.01"), ..large(1) }), PlanError::TooLarge);
}

#[test]
fn the_status_says_what_is_paid_and_the_time_only_when() {
    let success_time = paid(1).success_time;
    let periods = vec![
        PlanPeriod { success_time: None, ..paid(1) },
        PlanPeriod { success_time, ..overdue(2, "1", "400") },
    ];
    let plan = Plan::new(periods).unwrap();
    let is_paid = [1, 2].map(|number| plan.is_paid(RepayPeriod::Period(number)));
    assert_eq!(is_paid, [Some(true), Some(false)]);
    assert_eq!(
        plan.periods()[1],
        overdue(2, "1", "400"),
        "what is repaid of it stays, and no time of success"
    );
    assert_eq!(plan.totals().already_repay_amount, yuan("1862.31"));
    assert_eq!([1, 2].map(|number| plan.paid_at(RepayPeriod::Period(number))), [None, None]);
}

#[test]
fn a_paid_period_that_does_not_say_when_has_the_time_that_is_known() {
    let untold = |number| PlanPeriod { success_time: None, ..paid(number) };
    let plan = Plan::new(vec![untold(1), untold(2), period(3)]).unwrap();
    let known = Plan::new(vec![paid(1), period(2), period(3)]).unwrap();
    let (before, now) = (paid(1).success_time.unwrap(), at("2018-10-07T08:00:00Z"));
    let times = |plan: Plan| [1, 2, 3].map(|number| plan.paid_at(RepayPeriod::Period(number)));
    assert_eq!(times(plan.clone().with_times(&known, None)), [Some(before), None, None]);
    for (period, expected) in [
        (RepayPeriod::Whole, [Some(before), Some(now), None]),
        (RepayPeriod::Period(2), [Some(before), Some(now), None]),
        (RepayPeriod::Period(1), [Some(before), None, None]),
        (RepayPeriod::Period(3), [Some(before), None, None]),
    ] {
        assert_eq!(times(plan.clone().with_times(&known, Some((period, now)))), expected, "{period:?}");
    }
    // A payment of everything did not pay what was paid before, whenever that was.
    let unknown = Plan::new(vec![untold(1), period(2), period(3)]).unwrap();
    assert_eq!(times(plan.with_times(&unknown, Some((RepayPeriod::Whole, now)))), [None, Some(now), None]);
    let told = Plan::new(vec![paid(1)]).unwrap();
    assert_eq!(
        told.clone().with_times(&known, Some((RepayPeriod::Period(1), now))),
        told,
        "what is told stays"
    );
}

#[test]
fn everything_is_paid_when_the_last_of_it_is() {
    let later = at("2018-10-07T08:00:00Z");
    let plan = |last| Plan::new(vec![paid(1), last]).unwrap();
    assert_eq!(plan(period(2)).paid_at(RepayPeriod::Whole), None);
    let paid_off = plan(PlanPeriod { success_time: Some(later), ..paid(2) });
    assert_eq!(paid_off.paid_at(RepayPeriod::Whole), Some(later));
}

#[test]
fn a_trial_is_the_payment_with_the_fee_without_what_is_repaid_already() {
    let plan = Plan::new(vec![paid(1), overdue(2, "30.50", "400"), period(3)]).unwrap();
    assert_eq!(plan.trial(RepayPeriod::Period(1)), Some(trial("1087.31", "0", "0")));
    assert_eq!(plan.trial(RepayPeriod::Period(2)), Some(trial("1087.31", "1092.81", "30.50")));
    assert_eq!(plan.trial(RepayPeriod::Period(3)), Some(trial("1087.31", "1462.31", "0")));
    assert_eq!(plan.trial(RepayPeriod::Whole), Some(trial("2174.62", "2555.12", "30.50")));
    assert_eq!((plan.trial(RepayPeriod::Period(4)), plan.is_paid(RepayPeriod::Period(4))), (None, None));
    assert!(!plan.is_paid_off());
}

#[test]
fn of_a_plan_that_is_paid_off_nothing_is_owed() {
    let waived = PlanPeriod { already_repay_amount: yuan("1000"), overdue_fee: yuan("9.90"), ..paid(2) };
    let plan = Plan::new(vec![paid(1), waived]).unwrap();
    assert!(plan.is_paid_off());
    assert_eq!(plan.trial(RepayPeriod::Whole), Some(Trial::default()));
    assert_eq!(plan.trial(RepayPeriod::Period(2)), Some(trial("1087.31", "0", "0")));
    assert_eq!(plan.totals().repay_amount, yuan("2924.62"));
    assert_eq!(plan.totals().already_repay_amount, yuan("2462.31"));
}

#[test]
fn a_standing_is_cleared_failed_partly_paid_or_unpaid() {
    let plan = Plan::new(vec![paid(1), overdue(2, "30.50", "400"), period(3)]).unwrap();
    let none = Attempts::default();
    let told = |period, attempts: &Attempts| {
        let standing = plan.standing(period, attempts)?;
        let amounts = [standing.already_repay_amount, standing.will_repay_amount].map(Yuan::to_wire);
        Some((standing.status.code(), amounts.join(" ")))
    };
    let expected = |code, amounts: &str| Some((code, amounts.to_owned()));
    assert_eq!(told(RepayPeriod::Period(1), &none), expected(8001, "1462.31 0.00"));
    assert_eq!(told(RepayPeriod::Period(2), &none), expected(8002, "400.00 1092.81"));
    assert_eq!(told(RepayPeriod::Period(3), &none), expected(8006, "0.00 1462.31"));
    assert_eq!(told(RepayPeriod::Whole, &none), expected(8002, "1862.31 2555.12"));
    assert_eq!(told(RepayPeriod::Period(4), &none), None);

    let failed = attempts(&[(RepayPeriod::Period(2), 1, RepayOutcome::Failed)], &plan);
    assert_eq!(told(RepayPeriod::Period(2), &failed), expected(8003, "400.00 1092.81"));
    assert_eq!(told(RepayPeriod::Period(3), &failed), expected(8006, "0.00 1462.31"));
    let RepayRequest::New { attempts: again, attempt_no: 2 } =
        failed.request(Some(&plan), RepayPeriod::Period(2))
    else {
        panic!("no second attempt");
    };
    assert_eq!(told(RepayPeriod::Period(2), &again), expected(8002, "400.00 1092.81"));
    let whole = attempts(&[(RepayPeriod::Whole, 1, RepayOutcome::Failed)], &plan);
    assert_eq!(told(RepayPeriod::Whole, &whole), expected(8003, "1862.31 2555.12"));
    let debited = attempts(&[(RepayPeriod::Period(3), 0, RepayOutcome::Failed)], &plan);
    assert_eq!(told(RepayPeriod::Period(3), &debited), expected(8003, "0.00 1462.31"));
    let paid = attempts(&[(RepayPeriod::Period(1), 0, RepayOutcome::Failed)], &plan);
    assert_eq!(told(RepayPeriod::Period(1), &paid), expected(8001, "1462.31 0.00"));
}

#[test]
fn two_plans_are_of_the_same_periods_by_their_numbers() {
    let plan = |periods: Vec<PlanPeriod>| Plan::new(periods).unwrap();
    let first = plan(vec![period(1), period(2)]);
    assert!(first.has_periods_of(&plan(vec![paid(1), overdue(2, "1", "0")])));
    for other in [vec![period(1)], vec![period(1), period(3)], vec![period(1), period(2), period(3)]] {
        assert!(!first.has_periods_of(&plan(other)));
    }
}

#[test]
fn a_period_status_has_a_name_and_the_code_of_the_wire() {
    let named: Vec<_> = PeriodStatus::ALL.iter().map(|status| (status.as_str(), status.code())).collect();
    assert_eq!(named, [("not_due", 1), ("paid", 2), ("overdue", 3)]);
    for status in PeriodStatus::ALL {
        assert_eq!(PeriodStatus::parse(status.as_str()), Some(*status));
    }
    assert_eq!(PeriodStatus::parse("Paid"), None);
}

fn any_period() -> impl Strategy<Value = PlanPeriod> {
    let cents = 0_u64..10_000_000;
    (cents.clone(), cents.clone(), 0_u64..100_000, cents, 0_usize..3).prop_map(
        |(principal, interest, fee, already, status)| {
            let status = PeriodStatus::ALL[status];
            let (repay, owed) = (principal + interest, principal + interest + fee);
            PlanPeriod {
                principal: Yuan::of_cents(principal).unwrap(),
                repay_amount: Yuan::of_cents(repay).unwrap(),
                overdue_fee: Yuan::of_cents(fee).unwrap(),
                already_repay_amount: Yuan::of_cents(already.min(owed)).unwrap(),
                status,
                success_time: (status == PeriodStatus::Paid).then(|| at("2018-09-07T08:00:00Z")),
                ..period(1)
            }
        },
    )
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn what_is_owed_and_what_is_repaid_make_up_the_whole(periods in prop::collection::vec(any_period(), 1..24)) {
        let numbered = (1_u16..).zip(periods).map(|(period_no, period)| PlanPeriod { period_no, ..period });
        let plan = Plan::new(numbered.collect()).unwrap();
        let mut left = Yuan::ZERO;
        for of in plan.periods() {
            let trial = plan.trial(RepayPeriod::Period(of.period_no)).unwrap();
            left = left.plus(trial.repay_amount).unwrap();
            if of.is_paid() {
                prop_assert_eq!((trial.repay_amount, trial.overdue_fee), (Yuan::ZERO, Yuan::ZERO));
            } else {
                prop_assert_eq!(trial.repay_amount.plus(of.already_repay_amount), of.repay_amount.plus(of.overdue_fee));
            }
        }
        prop_assert_eq!(plan.trial(RepayPeriod::Whole).map(|trial| trial.repay_amount), Some(left));
        prop_assert_eq!(plan.is_paid(RepayPeriod::Whole), Some(plan.periods().iter().all(PlanPeriod::is_paid)));
    }
}
