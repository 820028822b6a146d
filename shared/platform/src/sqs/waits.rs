//! How long a message waits for another that it overtook (design §3).

use std::time::Duration;

use crate::config::FromVariable;

/// The waits of a message that finds nothing yet of what it is about, one after the other; then it never will.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits(Vec<Duration>);

impl FromVariable for Waits {
    const KIND: &'static str = "whole numbers of seconds, 1 to 43200 each, with commas between them";

    fn from_variable(text: &str) -> Result<Self, String> {
        let seconds = text.split(',').map(|part| part.trim().parse::<u64>());
        let waits: Option<Vec<_>> = seconds
            .map(|seconds| {
                seconds.ok().filter(|seconds| (1..=43_200).contains(seconds)).map(Duration::from_secs)
            })
            .collect();
        waits.map(Self).ok_or_else(|| format!("is not {}", Self::KIND))
    }
}

impl Waits {
    /// How long a message of this age waits before it looks again: to the end of the wait that it is in. `None` when all
    /// are over. The age decides, and not how often it came: other failures let it come again, too.
    #[must_use]
    pub fn next(&self, age: Duration) -> Option<Duration> {
        let mut end = Duration::ZERO;
        for wait in &self.0 {
            end += *wait;
            let left = end.saturating_sub(age);
            if !left.is_zero() {
                return Some(left.max(Duration::from_secs(1)));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::config::FromVariable;

    use super::Waits;

    fn next(age_s: u64) -> Option<u64> {
        let waits = Waits::from_variable("60,120,300,900,1800").ok()?;
        waits.next(Duration::from_secs(age_s)).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_message_waits_to_the_end_of_each_wait_and_then_no_more() {
        let ages = [0, 60, 180, 480, 1_380];
        assert_eq!(ages.map(next), [Some(60), Some(120), Some(300), Some(900), Some(1_800)]);
        assert_eq!((next(3_179), next(3_180)), (Some(1), None));
    }

    #[test]
    fn what_is_no_list_of_seconds_is_refused() {
        for text in ["", "a", "1,,2", "0", "43201", "-1", "1.5"] {
            assert!(Waits::from_variable(text).is_err(), "{text}");
        }
    }
}
