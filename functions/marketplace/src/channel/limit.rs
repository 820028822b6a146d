use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use domain::marketplace::ChannelId;
use jiff::Timestamp;

const MICROSECONDS: u64 = 1_000_000;

/// How much a channel may ask of one process: its rate, divided by how many processes are expected to share it (§10, Rate
/// and size).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests a second, of all processes together; not 0.
    pub per_second: u32,
    /// How many processes; not 0.
    pub processes: u32,
}

/// What each channel may still ask of this process: a bucket each, which holds a second's worth, and one request at
/// least.
#[derive(Debug, Default)]
pub struct RateLimits(Mutex<BTreeMap<ChannelId, Bucket>>);

/// Counted in the part of a request that flows in within a microsecond.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    limit: RateLimit,
    parts: u64,
    filled_at: Timestamp,
}

impl RateLimits {
    /// Takes a request of the channel's; `false` if there is none left.
    pub fn take(&self, channel: &ChannelId, limit: RateLimit, now: Timestamp) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let full = Bucket { limit, parts: limit.holds(), filled_at: now };
        // Under another limit it begins anew.
        let known = buckets.get(channel).filter(|bucket| bucket.limit == limit).copied();
        let mut bucket = known.map_or(full, |bucket| bucket.filled(now));
        let left = bucket.parts.checked_sub(limit.costs());
        bucket.parts = left.unwrap_or(bucket.parts);
        buckets.insert(channel.clone(), bucket);
        left.is_some()
    }
}

impl RateLimit {
    /// What a request takes.
    fn costs(self) -> u64 {
        u64::from(self.processes) * MICROSECONDS
    }

    fn holds(self) -> u64 {
        self.costs().max(u64::from(self.per_second) * MICROSECONDS)
    }
}

impl Bucket {
    /// With what has flowed in since; nothing when the clock was set back.
    fn filled(self, now: Timestamp) -> Self {
        let elapsed = now.as_microsecond().saturating_sub(self.filled_at.as_microsecond());
        let flowed = u64::try_from(elapsed).unwrap_or(0).saturating_mul(u64::from(self.limit.per_second));
        let parts = self.parts.saturating_add(flowed).min(self.limit.holds());
        Self { parts, filled_at: now, ..self }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::ChannelId;
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::{RateLimit, RateLimits};

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn channel(id: &str) -> ChannelId {
        ChannelId::of_text(id).unwrap()
    }

    /// How many of ten requests at once pass.
    fn pass(limits: &RateLimits, limit: RateLimit, now: Timestamp) -> usize {
        (0..10).filter(|_| limits.take(&channel("840"), limit, now)).count()
    }

    #[test]
    fn a_second_s_worth_passes_at_once_and_then_what_flows_in() {
        let (limits, limit) = (RateLimits::default(), RateLimit { per_second: 8, processes: 2 });
        assert_eq!(pass(&limits, limit, at(0)), 4);
        assert_eq!(pass(&limits, limit, at(249)), 0);
        assert_eq!(pass(&limits, limit, at(250)), 1);
        assert_eq!(pass(&limits, limit, at(10_000)), 4);
        assert_eq!(pass(&limits, limit, at(5_000)), 0, "the clock was set back");
    }

    #[test]
    fn less_than_one_a_second_is_one_now_and_then() {
        let (limits, limit) = (RateLimits::default(), RateLimit { per_second: 1, processes: 4 });
        assert_eq!(pass(&limits, limit, at(0)), 1);
        assert_eq!(pass(&limits, limit, at(3_999)), 0);
        assert_eq!(pass(&limits, limit, at(4_000)), 1);
    }

    #[test]
    fn channels_do_not_share_and_another_limit_begins_anew() {
        let (limits, limit) = (RateLimits::default(), RateLimit { per_second: 1, processes: 1 });
        assert_eq!(pass(&limits, limit, at(0)), 1);
        assert!(limits.take(&channel("rongshu"), limit, at(0)));
        assert_eq!(pass(&limits, RateLimit { per_second: 2, processes: 1 }, at(0)), 2);
    }

    proptest! {
        #[test]
        fn never_does_more_pass_than_the_first_second_s_worth_and_the_rate(
            per_second in 1..50_u32, processes in 1..5_u32, steps in prop::collection::vec(0..300_i64, 1..200),
        ) {
            let (limits, limit) = (RateLimits::default(), RateLimit { per_second, processes });
            let (mut now, mut passed) = (0, 0_u64);
            for step in steps {
                now += step;
                passed += u64::from(limits.take(&channel("840"), limit, at(now)));
                let first = u64::from(per_second).max(processes.into()) * 1000;
                let flowed = u64::from(per_second) * u64::try_from(now).unwrap();
                prop_assert!(passed * u64::from(processes) * 1000 <= first + flowed);
            }
        }
    }
}
