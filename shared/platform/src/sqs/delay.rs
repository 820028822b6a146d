use std::time::Duration;

const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(15);

/// How long a record waits after its `receives`-th failed receive: 5 s × 2^receives, at most 15 minutes.
pub(super) fn retry_delay(receives: u32) -> Duration {
    let factor = 2_u32.checked_pow(receives).unwrap_or(u32::MAX);
    FIRST.saturating_mul(factor).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::retry_delay;

    #[test]
    fn the_delay_doubles_with_every_receive_up_to_a_quarter_of_an_hour() {
        let seconds: Vec<u64> =
            [1, 2, 3, 7, 8, 1000, u32::MAX].map(|receives| retry_delay(receives).as_secs()).to_vec();
        assert_eq!(seconds, [10, 20, 40, 640, 900, 900, 900]);
        assert_eq!(retry_delay(0), Duration::from_secs(5));
    }
}
