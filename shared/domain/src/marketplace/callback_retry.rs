use jiff::SignedDuration;

/// A partner that asks to be left alone is, but not for longer than this.
const LONGEST_RETRY_AFTER: SignedDuration = SignedDuration::from_hours(6);
/// How much sooner or later than planned a try may be, in percent.
const SPREAD_PERCENT: i64 = 20;

/// When a callback that failed is sent again (§4, Delivery).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPlan {
    delays: Vec<SignedDuration>,
    give_up: SignedDuration,
}

/// A callback that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedTry {
    /// How often it has, this time included.
    pub failures: u32,
    /// How long it was made to wait before, taken together. Only planned waits count: a partner that is switched off, or
    /// a worker of ours that is, does not bring a callback nearer to its end.
    pub waited: SignedDuration,
    /// How long the partner asks to be left alone.
    pub retry_after: Option<SignedDuration>,
    /// Where in the spread the try falls: 0 is soonest, `u16::MAX` latest.
    pub chance: u16,
}

impl RetryPlan {
    /// A plan of these waits, the last of which repeats, until they come to `give_up` together; `None` if there is no wait.
    #[must_use]
    pub fn new(delays: Vec<SignedDuration>, give_up: SignedDuration) -> Option<Self> {
        let are_waits = !delays.is_empty() && delays.iter().all(SignedDuration::is_positive);
        are_waits.then_some(Self { delays, give_up })
    }

    /// How long to wait after a failure; `None` when the callback is given up. What the partner asks for can only make it
    /// longer, and not so long that no try is left.
    #[must_use]
    pub fn wait(&self, failed: &FailedTry) -> Option<SignedDuration> {
        let planned = spread(self.planned(failed.failures), failed.chance);
        let left = self.give_up.saturating_sub(failed.waited);
        if planned > left {
            return None;
        }
        let asked = failed.retry_after.unwrap_or(SignedDuration::ZERO).min(LONGEST_RETRY_AFTER);
        Some(asked.min(left).max(planned))
    }

    fn planned(&self, failures: u32) -> SignedDuration {
        let place = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
        let planned = self.delays.get(place).or(self.delays.last());
        planned.copied().unwrap_or(SignedDuration::ZERO)
    }
}

/// The wait and up to a fifth more or less.
fn spread(planned: SignedDuration, chance: u16) -> SignedDuration {
    let milliseconds = i64::try_from(planned.as_millis()).unwrap_or(i64::MAX);
    let widest = milliseconds.saturating_mul(SPREAD_PERCENT) / 100;
    let share = i128::from(widest) * 2 * i128::from(chance) / i128::from(u16::MAX);
    let share = i64::try_from(share).unwrap_or(widest);
    SignedDuration::from_millis(milliseconds.saturating_sub(widest).saturating_add(share))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::{FailedTry, LONGEST_RETRY_AFTER, RetryPlan};
    use crate::properties::cases;

    const MIDDLE: u16 = u16::MAX / 2;

    fn plan() -> RetryPlan {
        let delays = [1, 5, 15, 60].map(SignedDuration::from_mins).to_vec();
        RetryPlan::new(delays, SignedDuration::from_hours(24)).unwrap_or_else(|| unreachable!())
    }

    fn failed(failures: u32, waited: SignedDuration) -> FailedTry {
        FailedTry { failures, waited, retry_after: None, chance: MIDDLE }
    }

    #[test]
    fn the_waits_are_1_5_15_and_60_minutes_and_then_an_hour_until_a_day_is_over() {
        let (mut waited, mut waits) = (SignedDuration::ZERO, Vec::new());
        // More than a day has, and an end.
        for failures in 1..=100 {
            let Some(wait) = plan().wait(&failed(failures, waited)) else { break };
            waited += wait;
            waits.push(wait.round(jiff::Unit::Minute).map(|wait| wait.as_mins()).unwrap_or_default());
        }
        assert_eq!(waits[..4], [1, 5, 15, 60]);
        assert!(waits[4..].iter().all(|minutes| *minutes == 60));
        assert_eq!(waits.len(), 26);
        assert!(waited > SignedDuration::from_hours(23) && waited <= SignedDuration::from_hours(24));
    }

    #[test]
    fn a_plan_without_a_wait_is_none() {
        let day = SignedDuration::from_hours(24);
        assert_eq!(RetryPlan::new(Vec::new(), day), None);
        assert_eq!(RetryPlan::new(vec![SignedDuration::ZERO], day), None);
    }

    #[test]
    fn the_partner_can_make_a_wait_longer_and_never_shorter_or_endless() {
        let with = |failures, seconds, waited_hours| {
            let waited = SignedDuration::from_hours(waited_hours);
            let retry_after = Some(SignedDuration::from_secs(seconds));
            plan().wait(&FailedTry { retry_after, ..failed(failures, waited) }).map(|wait| wait.as_secs())
        };
        assert_eq!(with(1, 120, 0), Some(120));
        assert_eq!(with(4, 1, 0), Some(3_599));
        assert_eq!(with(1, 1_000_000, 0), Some(6 * 3_600));
        assert_eq!(with(1, -5, 0), Some(59));
        // The day is over sooner: one try is left, at its end.
        assert_eq!(with(9, 6 * 3_600, 22), Some(2 * 3_600));
    }

    #[test]
    fn a_wait_that_ends_with_the_day_is_the_last() {
        let soonest = SignedDuration::from_secs(48);
        let wait = |waited| plan().wait(&FailedTry { chance: 0, ..failed(1, waited) });
        let left = SignedDuration::from_hours(24) - soonest;
        assert_eq!(wait(left), Some(soonest));
        assert_eq!(wait(left + SignedDuration::from_millis(1)), None);
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn every_wait_is_within_a_fifth_of_its_plan(failures in 1_u32..40, chance in any::<u16>()) {
            let wait = plan().wait(&FailedTry { chance, ..failed(failures, SignedDuration::ZERO) });
            let planned = plan().planned(failures).as_secs();
            let wait = wait.map(|wait| wait.as_millis()).unwrap_or_default();
            prop_assert!(wait >= i128::from(planned) * 800 && wait <= i128::from(planned) * 1_200);
        }

        #[test]
        fn nobody_waits_beyond_the_end(
            failures in any::<u32>(),
            waited_s in 0_i64..100_000,
            asked_s in proptest::option::of(any::<i64>()),
            chance in any::<u16>(),
        ) {
            let (waited, day) = (SignedDuration::from_secs(waited_s), SignedDuration::from_hours(24));
            let retry_after = asked_s.map(SignedDuration::from_secs);
            let tried = FailedTry { failures, waited, retry_after, chance };
            match plan().wait(&tried) {
                Some(wait) => {
                    prop_assert!(wait.is_positive() && waited + wait <= day);
                    prop_assert!(wait <= LONGEST_RETRY_AFTER);
                }
                None => prop_assert!(waited + SignedDuration::from_secs(72 * 60) > day),
            }
            prop_assert_eq!(plan().wait(&tried), plan().wait(&tried));
        }
    }
}
