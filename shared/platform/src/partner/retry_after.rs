use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// Reads `Retry-After` (RFC 9110): whole seconds, or a date. Nothing of a time that is over, or of what is neither.
pub(super) fn read(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Duration::try_from(at.duration_since(now)).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::read;

    fn seconds(text: &str) -> Option<u64> {
        read(text, Timestamp::constant(1_767_323_045, 0)).map(|wait| wait.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read_and_what_is_neither_is_nothing() {
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds(" 0 "), Some(0));
        assert_eq!(seconds("99999999999999999999999"), Some(u64::from(u32::MAX)));
        assert_eq!(seconds("Fri, 02 Jan 2026 03:05:05 GMT"), Some(60));
        assert_eq!(seconds("Fri, 02 Jan 2026 03:03:05 GMT"), None);
        for text in ["", "soon", "-1", "1.5", "1e3", "2026-01-02T03:05:05Z", "Fri, 32 Jan 2026 03:05:05 GMT"]
        {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(read("0", Timestamp::MAX), Some(Duration::ZERO));
    }
}
