//! Data pulls: when they are tried, given up, and what that makes of the order (§5, §11 Pulls).

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::at;
use crate::marketplace::{
    AuthItem, AuthItems, PullFailure, PullKind, PullLog, PullState, ThirdOrderStatus, pulled,
};
use crate::properties::cases;

fn pushed_at() -> Timestamp {
    at("2018-08-08T04:00:00Z")
}

fn later(minutes: i64) -> Timestamp {
    pushed_at() + SignedDuration::from_mins(minutes)
}

const NOT_READY: Result<(), PullFailure> = Err(PullFailure::NotReady);

/// The log after all three came to the same.
fn all(log: &PullLog, outcome: Result<(), PullFailure>, now: Timestamp) -> PullLog {
    PullKind::ALL.into_iter().fold(log.clone(), |log, kind| log.settled(kind, outcome, now))
}

#[test]
fn an_answer_has_data_or_a_reason_why_not() {
    assert_eq!(pulled(0, Some("0"), Some("{}")), Ok("{}"));
    for (code, status, data, failure) in [
        (10_001, Some("0"), Some("{}"), PullFailure::Refused),
        (0, Some("1"), Some("{}"), PullFailure::NotReady),
        (0, None, Some("{}"), PullFailure::NotReady),
        (0, Some("00"), None, PullFailure::NotReady),
        (0, Some("0"), None, PullFailure::Unreadable),
        (0, Some("0"), Some(""), PullFailure::Unreadable),
        (0, Some("0"), Some(" \n\u{3000}"), PullFailure::Unreadable),
    ] {
        assert_eq!(pulled(code, status, data), Err(failure));
    }
}

#[test]
fn each_kind_gives_its_items_and_all_of_them_what_the_push_does_not() {
    assert_eq!(PullKind::Operator.items(), [AuthItem::OperatorBasic, AuthItem::OperatorReport]);
    assert_eq!(PullKind::CreditCard.items(), [AuthItem::CreditCard]);
    assert_eq!(PullKind::Device.items(), [AuthItem::Device]);
    let log = all(&PullLog::begun(pushed_at()), Ok(()), pushed_at());
    assert_eq!(log.items().missing(), [AuthItem::IdFront, AuthItem::IdBack, AuthItem::LivingImage]);
    let half = PullLog::begun(pushed_at()).settled(PullKind::Device, Ok(()), pushed_at());
    assert_eq!(half.items(), AuthItems::default().and([AuthItem::Device]));
}

#[test]
fn a_kind_has_a_name_a_path_and_its_states_have_codes() {
    assert_eq!(PullKind::ALL.map(PullKind::as_str), ["operator", "creditCard", "device"]);
    for kind in PullKind::ALL {
        assert_eq!(PullKind::parse(kind.as_str()), Some(kind));
        assert_eq!(kind.default_path(), format!("api/v2/data/{}.do", kind.as_str()));
    }
    assert_eq!(PullKind::parse("credit_card"), None);
    assert_eq!(PullState::ALL.iter().map(|state| state.code()).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn pulls_are_tried_after_1_5_15_and_60_minutes_then_hourly_and_given_up_after_8_failures() {
    let mut log = PullLog::begun(pushed_at());
    for minutes in [0, 1, 6, 21, 81, 141, 201, 261] {
        assert_eq!(log.next_pull_at(), Some(later(minutes)), "{minutes}");
        assert_eq!(log.due(later(minutes) - SignedDuration::from_millis(1)), [], "{minutes}");
        assert_eq!(log.due(later(minutes)), PullKind::ALL, "{minutes}");
        log = all(&log, NOT_READY, later(minutes));
    }
    assert_eq!(log.operator.state, PullState::FailedFinal);
    assert_eq!((log.operator.failures, log.next_pull_at(), log.is_final()), (8, None, true));
}

#[test]
fn a_failure_after_24_hours_is_the_last_and_a_success_still_counts() {
    let log = PullLog::begun(pushed_at());
    let minute = |minutes| all(&log, NOT_READY, later(minutes)).device.state;
    assert_eq!((minute(24 * 60 - 1), minute(24 * 60)), (PullState::Pending, PullState::FailedFinal));
    assert_eq!(all(&log, Ok(()), later(48 * 60)).device.state, PullState::Done);
}

#[test]
fn what_we_could_not_keep_waits_as_after_a_failure_and_counts_as_none_but_not_beyond_24_hours() {
    let mut log = PullLog::begun(pushed_at());
    for _ in 0..10 {
        log = log.postponed(PullKind::Device, later(1));
        assert_eq!((log.device.failures, log.device.next_at), (0, later(2)));
    }
    let failed = log.settled(PullKind::Device, NOT_READY, later(2));
    assert_eq!(failed.postponed(PullKind::Device, later(3)).device.next_at, later(3 + 5));
    let state = |minutes| failed.postponed(PullKind::Device, later(minutes)).device;
    assert_eq!(state(24 * 60 - 1).state, PullState::Pending);
    assert_eq!((state(24 * 60).state, state(24 * 60).failures), (PullState::FailedFinal, 1));
    let done = all(&log, Ok(()), later(1));
    assert_eq!(done.postponed(PullKind::Device, later(2)), done);
}

#[test]
fn what_is_final_is_changed_by_nothing_that_comes_late() {
    let done = all(&PullLog::begun(pushed_at()), Ok(()), pushed_at());
    assert_eq!(all(&done, NOT_READY, later(1)), done);
    let failed = all(&PullLog::begun(pushed_at()), NOT_READY, later(24 * 60));
    assert_eq!(all(&failed, Ok(()), later(24 * 60 + 1)), failed);
}

#[test]
fn one_run_has_the_log_for_five_minutes() {
    let log = PullLog::begun(pushed_at());
    let at = |log: &PullLog, now| log.leased(now, now);
    let leased = at(&log, pushed_at()).unwrap();
    assert_eq!(leased.lease_until, Some(later(5)));
    assert_eq!(leased.next_pull_at(), Some(later(5)), "nobody looks before");
    assert_eq!(at(&leased, later(5) - SignedDuration::from_millis(1)), None);
    assert!(at(&leased, later(5)).is_some(), "the run died");
    assert_eq!(leased.released(), log);
    assert_eq!(at(&all(&log, NOT_READY, pushed_at()), pushed_at()), None, "nothing is due");
    assert_eq!(at(&all(&log, Ok(()), pushed_at()), later(60)), None, "nothing will be");
    assert_eq!(
        leased.leased(later(60), later(4)),
        None,
        "a lease is the clock's, whatever time a run is for"
    );
    let next = log.settled(PullKind::Device, NOT_READY, pushed_at());
    assert_eq!(next.leased(later(60), later(0)).unwrap().due(later(60)), PullKind::ALL);
}

#[test]
fn an_order_is_to_be_parsed_once_all_is_final_and_only_if_it_waits_for_data() {
    let begun = PullLog::begun(pushed_at());
    let some =
        begun.settled(PullKind::Operator, Ok(()), later(1)).settled(PullKind::Device, Ok(()), later(1));
    assert_eq!(some.leads_to(ThirdOrderStatus::InformationIncomplete), None);
    let done = some.settled(PullKind::CreditCard, NOT_READY, later(24 * 60));
    for status in ThirdOrderStatus::ALL {
        let waits = *status == ThirdOrderStatus::InformationIncomplete;
        assert_eq!(done.leads_to(*status), waits.then_some(ThirdOrderStatus::ToBeParsed), "{status:?}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn every_pull_ends_after_8_failures_or_a_day(outcomes in prop::collection::vec((any::<bool>(), 0_i64..200), 24)) {
        let (mut log, mut now) = (PullLog::begun(pushed_at()), pushed_at());
        for (index, (ready, minutes)) in outcomes.into_iter().enumerate() {
            let kind = PullKind::ALL[index % 3];
            let before = log.clone();
            now = now.max(log.pull(kind).next_at) + SignedDuration::from_mins(minutes);
            log = log.settled(kind, if ready { Ok(()) } else { NOT_READY }, now);
            prop_assert!(!before.is_final() || log == before);
            prop_assert!(log.pull(kind).failures <= 8);
            prop_assert!(log.next_pull_at().is_some() != log.is_final());
            prop_assert!(before.items().iter().all(|item| log.items().has(item)));
        }
        prop_assert!(log.is_final(), "each kind has been tried 8 times");
    }
}
