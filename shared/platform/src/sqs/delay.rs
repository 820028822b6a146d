use std::time::Duration;

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(15);

/// The seconds that SQS is told: a part of one is a whole, so that nothing comes back too early.
pub(super) fn whole_seconds(delay: Duration) -> i32 {
    let seconds = delay.as_secs().saturating_add(u64::from(delay.subsec_nanos() > 0));
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

/// How long a record waits after its `receives`-th failed receive: 5 s × 2^receives, at most 15 minutes.
pub(super) fn retry_delay(receives: u32) -> Duration {
    let factor = 2_u32.checked_pow(receives).unwrap_or(u32::MAX);
    FIRST.saturating_mul(factor).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{retry_delay, whole_seconds};

    #[test]
    fn the_delay_doubles_with_every_receive_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<u64> =
            [1, 2, 3, 7, 8, 1000, u32::MAX].map(|receives| retry_delay(receives).as_secs()).to_vec();
        assert_eq!(seconds, [10, 20, 40, 640, 900, 900, 900]);
        assert_eq!(retry_delay(0), Duration::from_secs(5));
    }

    #[test]
    fn a_part_of_a_second_is_a_whole_one() {
        let delays =
            [Duration::ZERO, Duration::from_nanos(1), Duration::from_secs(1), Duration::from_millis(1_001)];
        assert_eq!(delays.map(whole_seconds), [0, 1, 1, 2]);
        assert_eq!(whole_seconds(Duration::MAX), i32::MAX);
    }
}
