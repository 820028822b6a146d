use jiff::SignedDuration;

/// How long to wait after so many failures in a row: 1, 5, 15 and 60 minutes, then an hour each time (§4, §11 Pulls).
#[must_use]
pub fn retry_delay(failures: u32) -> SignedDuration {
    SignedDuration::from_mins(match failures {
        0 | 1 => 1,
        2 => 5,
        3 => 15,
        _ => 60,
    })
}

#[cfg(test)]
mod tests {
    use super::retry_delay;

    #[test]
    fn the_wait_grows_to_an_hour() {
        let minutes: Vec<_> = (1..=6).map(|failures| retry_delay(failures).as_mins()).collect();
        assert_eq!(minutes, [1, 5, 15, 60, 60, 60]);
        assert_eq!(retry_delay(u32::MAX).as_mins(), 60);
    }
}
