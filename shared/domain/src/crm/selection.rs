use std::num::NonZeroU64;

use jiff::{SignedDuration, Timestamp};

use super::{Attempt, Attempts, BackSystemId, Client, Outcome, RequestData, SkipReason, moscow_day};

/// The numbers of the selection, which are configuration (§5, §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// After how many full days in one status of the Wizard a client hesitates.
    pub waiting_days: u16,
    /// For how many full days a request without a reply holds back the next.
    pub pending_days: u16,
    /// How many requests there may be about an organization; `None` without limit.
    pub max_attempts: Option<NonZeroU64>,
    /// Whether a client without a kpp is asked about, with an empty one.
    pub send_empty_kpp: bool,
}

/// What the daily run does about a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection<'a> {
    /// It sends a request.
    Send(RequestData<'a>),
    /// It would, if the client had what a request needs.
    Skip(SkipReason),
    /// The latest request may still be answered.
    Pending,
    /// The organization has a row of this Moscow day, or of a later one if an old run is replayed.
    AttemptedToday,
    /// There were as many requests as may be.
    AttemptsExhausted,
    /// The client does not hesitate, not long enough, or once had a task.
    NotDue,
}

impl Default for Rules {
    fn default() -> Self {
        Self { waiting_days: 7, pending_days: 3, max_attempts: None, send_empty_kpp: false }
    }
}

impl Rules {
    /// Whether who waits since `waiting_since` is due at `now`: ⌊(now − since) / 24 h⌋ ≥ the days (§5). Exactly so
    /// many days are enough.
    #[must_use]
    pub fn is_due(self, waiting_since: Timestamp, now: Timestamp) -> bool {
        now.duration_since(waiting_since) >= days(self.waiting_days)
    }

    /// The latest instant since when one may wait to be due at `now`, itself included: the bound of the query of the
    /// index. It follows the configured days, so a change of them rewrites nothing (§12).
    #[must_use]
    pub fn cutoff(self, now: Timestamp) -> Timestamp {
        now.checked_sub(days(self.waiting_days)).unwrap_or(Timestamp::MIN)
    }

    /// Whether a request may still be answered; exactly `pending_days` after it was made it no longer may (§13).
    fn is_pending(self, attempt: &Attempt, now: Timestamp) -> bool {
        match attempt.outcome {
            Outcome::Unanswered => now.duration_since(attempt.requested_at) < days(self.pending_days),
            Outcome::Rejected => false,
        }
    }

    fn are_exhausted(self, attempt: &Attempt) -> bool {
        self.max_attempts.is_some_and(|most| attempt.number >= most)
    }
}

/// A number of days of 24 hours.
fn days(days: u16) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

/// Judges a client at `now`, the `time` of the run; `back_ids` are those of its `MdmId`. Checked in this order: due;
/// no row of this day; no request pending; attempts left; nothing missing. So a client is counted as skipped only if
/// a request would have been sent.
#[must_use]
pub fn judge<'a>(
    client: &'a Client,
    back_ids: &'a [BackSystemId],
    now: Timestamp,
    rules: Rules,
) -> Selection<'a> {
    if !client.waiting_since().is_some_and(|since| rules.is_due(since, now)) {
        return Selection::NotDue;
    }
    match &client.attempts {
        Attempts::TaskCreated => return Selection::NotDue,
        Attempts::Made(latest) if latest.day() >= moscow_day(now) => return Selection::AttemptedToday,
        Attempts::Made(latest) if rules.is_pending(latest, now) => return Selection::Pending,
        Attempts::Made(latest) if rules.are_exhausted(latest) => return Selection::AttemptsExhausted,
        Attempts::Made(_) | Attempts::Never => {}
    }
    match RequestData::collect(client, back_ids, rules.send_empty_kpp) {
        Ok(data) => Selection::Send(data),
        Err(missing) => Selection::Skip(missing),
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use std::num::NonZeroU64;

    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::{Rules, Selection, judge};
    use crate::crm::fixtures::{ago, at, change, client, days_ago, now};
    use crate::crm::{Attempt, Attempts, Client, Outcome, SkipReason};
    use crate::properties::cases;

    const RULES: Rules =
        Rules { waiting_days: 7, pending_days: 3, max_attempts: None, send_empty_kpp: false };

    fn attempted(requested_at: Timestamp, outcome: Outcome, number: u64) -> Client {
        let attempt = Attempt { requested_at, outcome, number: NonZeroU64::new(number).unwrap() };
        Client { attempts: Attempts::Made(attempt), ..client() }
    }

    fn is_sent(client: &Client) -> bool {
        matches!(judge(client, &[], now(), RULES), Selection::Send(_))
    }

    fn waiting(since: Timestamp) -> Client {
        Client { wizard: Some(change("TO_SIGN", since)), ..client() }
    }

    #[test]
    fn seven_full_days_are_enough_and_a_second_less_is_not() {
        assert_eq!(Rules::default(), RULES);
        assert!(is_sent(&waiting(days_ago(7))));
        for since in [ago(7 * 86_400 - 1), now(), ago(-1)] {
            assert_eq!(judge(&waiting(since), &[], now(), RULES), Selection::NotDue, "{since}");
        }
    }

    #[test]
    fn a_client_that_does_not_hesitate_or_once_had_a_task_is_not_due() {
        let signed = Client { wizard: Some(change("SIGNED", days_ago(7))), ..client() };
        assert_eq!(judge(&signed, &[], now(), RULES), Selection::NotDue);
        let served = Client { attempts: Attempts::TaskCreated, ..client() };
        assert_eq!(judge(&served, &[], now(), RULES), Selection::NotDue);
    }

    #[test]
    fn a_rejected_request_holds_back_nothing_from_the_next_day_on() {
        assert!(is_sent(&attempted(days_ago(1), Outcome::Rejected, 1)));
        assert!(is_sent(&attempted(days_ago(1), Outcome::Rejected, u64::MAX)), "without limit");
    }

    #[test]
    fn a_request_without_a_reply_is_pending_for_less_than_three_days() {
        for (requested_at, sent) in
            [(days_ago(1), false), (ago(3 * 86_400 - 1), false), (days_ago(3), true), (days_ago(4), true)]
        {
            let client = attempted(requested_at, Outcome::Unanswered, 1);
            let is_pending = judge(&client, &[], now(), RULES) == Selection::Pending;
            assert_eq!((is_sent(&client), is_pending), (sent, !sent), "{requested_at}");
        }
    }

    #[test]
    fn an_organization_gets_one_row_a_moscow_day_even_if_it_was_rejected_meanwhile() {
        let rules = Rules { pending_days: 0, ..RULES };
        for outcome in [Outcome::Unanswered, Outcome::Rejected] {
            let today = attempted(at("2023-07-26T21:00:00Z"), outcome, 1);
            assert_eq!(judge(&today, &[], now(), rules), Selection::AttemptedToday);
            let yesterday = attempted(at("2023-07-26T20:59:59Z"), outcome, 1);
            assert!(matches!(judge(&yesterday, &[], now(), rules), Selection::Send(_)));
        }
    }

    #[test]
    fn an_old_run_that_is_replayed_sends_nothing_to_who_was_asked_about_later() {
        let tomorrow = attempted(days_ago(-1), Outcome::Rejected, 2);
        assert_eq!(judge(&tomorrow, &[], now(), RULES), Selection::AttemptedToday);
    }

    #[test]
    fn attempts_end_with_their_limit_but_the_last_may_still_be_answered() {
        let rules = Rules { max_attempts: NonZeroU64::new(2), ..RULES };
        let judged = |outcome, number| {
            let client = attempted(days_ago(1), outcome, number);
            match judge(&client, &[], now(), rules) {
                Selection::Send(_) => "send",
                Selection::Pending => "pending",
                Selection::AttemptsExhausted => "exhausted",
                Selection::Skip(_) | Selection::AttemptedToday | Selection::NotDue => "else",
            }
        };
        assert_eq!(judged(Outcome::Rejected, 1), "send");
        assert_eq!(judged(Outcome::Rejected, 2), "exhausted");
        assert_eq!(judged(Outcome::Unanswered, 2), "pending");
    }

    #[test]
    fn a_client_is_skipped_only_if_a_request_would_have_been_sent() {
        let bare = Client { snapshot: None, ..client() };
        assert_eq!(judge(&bare, &[], now(), RULES), Selection::Skip(SkipReason::MissingInn));
        let pending = Client { snapshot: None, ..attempted(days_ago(1), Outcome::Unanswered, 1) };
        assert_eq!(judge(&pending, &[], now(), RULES), Selection::Pending);
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn due_is_who_waited_the_full_days_and_the_cutoff_says_the_same(
            days in 0_u16..40,
            nanoseconds in -100_000_000_000_i64..4_000_000_000_000_000,
            near in prop::bool::ANY,
            offset in -3_i64..=3,
        ) {
            let rules = Rules { waiting_days: days, ..RULES };
            let day = 86_400_000_000_000_i64;
            let waited = if near { i64::from(days) * day + offset } else { nanoseconds };
            let since = now() - SignedDuration::from_nanos(waited);
            let due = waited.div_euclid(day) >= i64::from(days);
            prop_assert_eq!(rules.is_due(since, now()), due);
            prop_assert_eq!(since <= rules.cutoff(now()), due);
        }

        #[test]
        fn no_configuration_leads_out_of_the_calendar(days: u16, second in -377_705_023_201_i64..=253_402_207_200) {
            let rules = Rules { waiting_days: days, ..RULES };
            let now = Timestamp::from_second(second).unwrap();
            let cutoff = rules.cutoff(now);
            prop_assert!(cutoff == Timestamp::MIN || rules.is_due(cutoff, now));
            prop_assert!(!rules.is_due(cutoff + SignedDuration::from_nanos(1), now));
        }
    }
}
