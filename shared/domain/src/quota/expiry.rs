use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use super::Grant;

/// Asia/Shanghai: eight hours ahead of UTC, without daylight saving since 1991.
pub const SHANGHAI: Offset = Offset::constant(8);

/// When a grant runs out: its stored expiry, or, for the types that have none, its months after it became
/// effective, the day clamped to the month's end (§2.2). `None` for a grant of another type without expiry.
#[must_use]
pub fn expiry(grant: &Grant) -> Option<Timestamp> {
    grant.invalid_time.or_else(|| {
        let months = grant.id.business_type().months_without_expiry()?;
        Some(months_from(grant.effective_time, months))
    })
}

/// The day of an instant, in Shanghai.
pub(super) fn day_of(instant: Timestamp) -> Date {
    SHANGHAI.to_datetime(instant).date()
}

/// The instant so many calendar months from `instant` (before it if negative), by Shanghai's calendar; the last or the
/// first that can be told where it lies beyond.
pub(super) fn months_from(instant: Timestamp, months: i8) -> Timestamp {
    let shifted = SHANGHAI.to_datetime(instant).saturating_add(Span::new().months(months));
    let furthest = if months.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
    TimeZone::fixed(SHANGHAI).to_timestamp(shifted).unwrap_or(furthest)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::Timestamp;

    use super::{day_of, expiry, months_from};
    use crate::quota::{Amount, Grant, GrantId, GrantStatus};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_a_calendar_month_of_shanghai_clamped_to_its_end() {
        for (from, months, to) in [
            ("2019-06-20T10:00:00+08:00", 1, "2019-07-20T10:00:00+08:00"),
            ("2019-08-31T00:00:00+08:00", 1, "2019-09-30T00:00:00+08:00"),
            ("2019-01-31T12:00:00+08:00", 1, "2019-02-28T12:00:00+08:00"),
            ("2020-01-31T12:00:00+08:00", 1, "2020-02-29T12:00:00+08:00"),
            ("2019-11-30T23:59:59+08:00", 3, "2020-02-29T23:59:59+08:00"),
            ("2019-08-31T23:30:00Z", 1, "2019-09-30T23:30:00Z"),
            ("2019-07-31T16:00:00Z", 1, "2019-08-31T16:00:00Z"),
            ("2019-05-31T10:00:00+08:00", -3, "2019-02-28T10:00:00+08:00"),
        ] {
            assert_eq!(months_from(at(from), months), at(to), "{from}");
        }
    }

    #[test]
    fn months_end_with_the_instants_that_can_be_told() {
        assert_eq!(months_from(at("9999-11-30T00:00:00+08:00"), 1), at("9999-12-30T00:00:00+08:00"));
        for (from, months) in [(at("9999-12-01T00:00:00+08:00"), 1), (at("9999-10-31T08:00:00Z"), 3)] {
            assert_eq!(months_from(from, months), Timestamp::MAX, "{from}");
        }
        assert_eq!(months_from(Timestamp::MAX, 3), Timestamp::MAX);
        assert_eq!(months_from(Timestamp::MIN, -3), Timestamp::MIN);
    }

    #[test]
    fn the_shown_day_is_shanghais() {
        let grant = |business_type: &str, invalid_time: Option<&str>| Grant {
            id: GrantId::new(business_type, "1").unwrap(),
            change_limit: Amount::ZERO,
            effective_time: at("2019-06-20T10:00:00+08:00"),
            invalid_time: invalid_time.map(at),
            update_time: at("2019-06-20T10:00:00+08:00"),
            status: GrantStatus::Effective,
        };
        let day = |grant: &Grant| expiry(grant).map(|expiry| day_of(expiry).to_string());
        assert_eq!(day(&grant("2101", None)).as_deref(), Some("2019-07-20"));
        assert_eq!(day(&grant("2103", None)).as_deref(), Some("2019-09-20"));
        assert_eq!(day(&grant("2104", Some("2019-12-26T16:00:00Z"))).as_deref(), Some("2019-12-27"));
        assert_eq!(day(&grant("2201", None)), None);
    }
}
