//! Attempts to repay (§3 1.11, §11 Repayment).

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::planning::{paid, period};
use crate::marketplace::{
    Attempts, PeriodAttempts, Plan, RepayOutcome, RepayPeriod, RepayRefusal, RepayRequest, RepayResultStatus,
    ResultStep,
};
use crate::properties::cases;

const FIRST: RepayPeriod = RepayPeriod::Period(1);
const SECOND: RepayPeriod = RepayPeriod::Period(2);
const WHOLE: RepayPeriod = RepayPeriod::Whole;

fn plan() -> Plan {
    Plan::new(vec![period(1), period(2), paid(3)]).unwrap()
}

fn request(attempts: &Attempts, period: RepayPeriod) -> RepayRequest {
    attempts.request(Some(&plan()), period)
}

/// Begins an attempt, which must be a new one with this number.
fn begun(attempts: &Attempts, period: RepayPeriod, number: u32) -> Attempts {
    let request = request(attempts, period);
    let RepayRequest::New { attempts, attempt_no } = request else { panic!("{request:?}") };
    assert_eq!(attempt_no, number);
    attempts
}

fn applied(attempts: &Attempts, period: RepayPeriod, number: u32, outcome: RepayOutcome) -> Attempts {
    let step = attempts.result(period, number, outcome);
    let ResultStep::Go(attempts) = step else { panic!("{step:?}") };
    attempts
}

#[test]
fn a_wish_is_taken_once_and_a_repeat_is_the_same_attempt() {
    let open = begun(&Attempts::default(), FIRST, 1);
    assert_eq!(request(&open, FIRST), RepayRequest::Repeated { attempt_no: 1 });
    assert_eq!(begun(&open, SECOND, 1).open().collect::<Vec<_>>(), [(FIRST, 1), (SECOND, 1)]);
}

#[test]
fn an_attempt_for_everything_excludes_every_period_and_the_reverse() {
    let in_progress = RepayRequest::Refused(RepayRefusal::InProgress);
    let period_open = begun(&Attempts::default(), FIRST, 1);
    assert_eq!(request(&period_open, WHOLE), in_progress);
    let whole_open = begun(&Attempts::default(), WHOLE, 1);
    assert_eq!(
        (request(&whole_open, FIRST), request(&whole_open, SECOND)),
        (in_progress.clone(), in_progress)
    );
    assert_eq!(request(&whole_open, WHOLE), RepayRequest::Repeated { attempt_no: 1 });
    begun(&applied(&whole_open, WHOLE, 1, RepayOutcome::Failed), FIRST, 1);
    begun(&applied(&period_open, FIRST, 1, RepayOutcome::Failed), WHOLE, 1);
}

#[test]
fn without_a_plan_or_such_a_period_or_of_what_is_paid_nothing_is_taken() {
    let none = Attempts::default();
    let refused = RepayRequest::Refused;
    assert_eq!(none.request(None, FIRST), refused(RepayRefusal::NoPlan));
    assert_eq!(request(&none, RepayPeriod::Period(4)), refused(RepayRefusal::UnknownPeriod));
    assert_eq!(request(&none, RepayPeriod::Period(3)), refused(RepayRefusal::AlreadyPaid));
    let paid_off = Plan::new(vec![paid(1)]).unwrap();
    assert_eq!(none.request(Some(&paid_off), WHOLE), refused(RepayRefusal::AlreadyPaid));
    // What an automatic debit paid meanwhile is not asked for again.
    let open = begun(&none, FIRST, 1);
    assert_eq!(open.request(Some(&paid_off), FIRST), refused(RepayRefusal::AlreadyPaid));
}

#[test]
fn a_result_closes_its_attempt_and_the_next_has_the_next_number_of_its_period() {
    let mut attempts = Attempts::default();
    for (number, outcome) in
        [(1, RepayOutcome::Failed), (2, RepayOutcome::PartlyPaid), (3, RepayOutcome::Paid)]
    {
        attempts = applied(&begun(&attempts, FIRST, number), FIRST, number, outcome);
        assert_eq!(attempts.open().count(), 0);
        assert_eq!(attempts.has_failed(FIRST), outcome == RepayOutcome::Failed);
    }
    begun(&attempts, SECOND, 1);
    begun(&attempts, WHOLE, 1);
}

#[test]
fn a_closed_attempt_takes_the_same_outcome_for_known_and_forbids_another() {
    let closed = applied(&begun(&Attempts::default(), FIRST, 1), FIRST, 1, RepayOutcome::Failed);
    let again = begun(&closed, FIRST, 2);
    for attempts in [&closed, &again] {
        assert_eq!(attempts.result(FIRST, 1, RepayOutcome::Failed), ResultStep::Stay);
        assert_eq!(attempts.result(FIRST, 1, RepayOutcome::Paid), ResultStep::Forbidden);
    }
}

#[test]
fn of_attempts_that_closed_long_ago_their_number_is_kept() {
    let mut attempts = Attempts::default();
    for number in 1..=100 {
        attempts = applied(&begun(&attempts, FIRST, number), FIRST, number, RepayOutcome::Failed);
    }
    let kept: Vec<_> = attempts.kept().map(|(_, of)| (of.closed_before, of.closed.len())).collect();
    assert_eq!(kept, [(92, 8)]);
    for (number, step) in [
        (1, ResultStep::Forbidden),
        (92, ResultStep::Forbidden),
        (93, ResultStep::Stay),
        (100, ResultStep::Stay),
    ] {
        assert_eq!(attempts.result(FIRST, number, RepayOutcome::Failed), step, "{number}");
    }
    let restored = Attempts::restore(attempts.kept().map(|(period, of)| (period, of.clone()))).unwrap();
    assert_eq!(begun(&restored, FIRST, 101).open().collect::<Vec<_>>(), [(FIRST, 101)]);
}

#[test]
fn a_number_that_was_never_given_out_is_forbidden() {
    let open = begun(&Attempts::default(), FIRST, 1);
    for (period, number) in [(FIRST, 2), (FIRST, u32::MAX), (SECOND, 1), (WHOLE, 1)] {
        assert_eq!(
            open.result(period, number, RepayOutcome::Paid),
            ResultStep::Forbidden,
            "{period:?} {number}"
        );
    }
    let closed = applied(&open, FIRST, 1, RepayOutcome::Failed);
    assert_eq!(closed.result(FIRST, 2, RepayOutcome::Paid), ResultStep::Forbidden);
}

#[test]
fn an_automatic_debit_is_applied_and_leaves_an_open_attempt_open() {
    let open = begun(&Attempts::default(), FIRST, 1);
    for outcome in RepayOutcome::ALL {
        let debited = applied(&open, FIRST, 0, outcome);
        assert_eq!(debited.open().collect::<Vec<_>>(), [(FIRST, 1)]);
        assert!(!debited.has_failed(FIRST), "the last attempt is open");
        assert_eq!(applied(&debited, FIRST, 1, RepayOutcome::Failed).open().count(), 0);
    }
    assert!(applied(&Attempts::default(), FIRST, 0, RepayOutcome::Failed).has_failed(FIRST));
}

#[test]
fn attempts_are_restored_as_they_were_kept_unless_they_cannot_be() {
    let first = applied(&begun(&Attempts::default(), FIRST, 1), FIRST, 1, RepayOutcome::Failed);
    let attempts = begun(&begun(&first, FIRST, 2), SECOND, 1);
    let kept = attempts.kept().map(|(period, of)| (period, of.clone()));
    assert_eq!(Attempts::restore(kept), Ok(attempts));
    let open = PeriodAttempts { is_open: true, ..PeriodAttempts::default() };
    assert!(Attempts::restore([(WHOLE, open.clone()), (FIRST, open)]).is_err());
}

#[test]
fn a_period_has_a_number_and_everything_has_minus_1() {
    for number in [-1, 1, 12, 65_535] {
        assert_eq!(RepayPeriod::of(number).map(|period| i64::from(period.number())), Some(number));
    }
    for number in [-2, 0, 65_536, i64::MIN, i64::MAX] {
        assert_eq!(RepayPeriod::of(number), None, "{number}");
    }
}

#[test]
fn an_outcome_has_a_name_and_a_status_that_is_called_back_with_words() {
    let told = RepayOutcome::ALL.map(|outcome| (outcome.as_str(), outcome.status().code()));
    assert_eq!(told, [("paid", 8001), ("partly_paid", 8002), ("failed", 8003)]);
    assert_eq!(RepayOutcome::ALL.map(RepayOutcome::changes_plan), [true, true, false]);
    assert_eq!(
        RepayOutcome::ALL.map(|outcome| RepayOutcome::parse(outcome.as_str())),
        RepayOutcome::ALL.map(Some)
    );
    assert_eq!(RepayOutcome::parse("Paid"), None);
    let remarks: BTreeSet<_> = RepayResultStatus::ALL.iter().map(|status| status.remark()).collect();
    assert_eq!(remarks.len(), RepayResultStatus::ALL.len());
}

fn any_target() -> impl Strategy<Value = RepayPeriod> {
    prop::sample::select(vec![WHOLE, FIRST, SECOND])
}

fn any_move() -> impl Strategy<Value = (RepayPeriod, Option<(u32, RepayOutcome)>)> {
    let outcome = prop::sample::select(RepayOutcome::ALL.to_vec());
    (any_target(), prop::option::of((0_u32..6, outcome)))
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever is wished for and whatever results come: no number is given out twice, no attempt is closed twice, and two
    /// attempts that exclude each other are never open at once.
    #[test]
    fn no_attempt_is_begun_or_closed_twice(moves in prop::collection::vec(any_move(), 1..60)) {
        let mut attempts = Attempts::default();
        let (mut given_out, mut closed) = (BTreeSet::new(), BTreeMap::new());
        for (period, result) in moves {
            let Some((number, outcome)) = result else {
                match request(&attempts, period) {
                    RepayRequest::New { attempts: next, attempt_no } => {
                        prop_assert!(given_out.insert((period, attempt_no)));
                        attempts = next;
                    }
                    RepayRequest::Repeated { attempt_no } => {
                        prop_assert!(given_out.contains(&(period, attempt_no)));
                        prop_assert!(!closed.contains_key(&(period, attempt_no)));
                    }
                    RepayRequest::Refused(refusal) => prop_assert_eq!(refusal, RepayRefusal::InProgress),
                }
                continue;
            };
            let known = closed.get(&(period, number)).copied();
            match attempts.result(period, number, outcome) {
                ResultStep::Go(next) if number == 0 => attempts = next,
                ResultStep::Go(next) => {
                    prop_assert!(given_out.contains(&(period, number)));
                    prop_assert!(closed.insert((period, number), outcome).is_none());
                    attempts = next;
                }
                ResultStep::Stay => prop_assert_eq!(known, Some(outcome)),
                ResultStep::Forbidden => {
                    let since = closed.range((period, number)..=(period, u32::MAX)).count();
                    let is_forgotten = known.is_some() && since > 8;
                    prop_assert!(
                        known.is_some_and(|known| known != outcome)
                            || is_forgotten
                            || !given_out.contains(&(period, number))
                    );
                }
            }
            let open: BTreeSet<_> = attempts.open().collect();
            let expected: BTreeSet<_> = given_out.iter().filter(|of| !closed.contains_key(of)).copied().collect();
            prop_assert_eq!(&open, &expected);
            prop_assert!(open.len() == 1 || open.iter().all(|(period, _)| *period != WHOLE));
        }
    }
}
