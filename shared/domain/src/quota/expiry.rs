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
    match grant.invalid_time {
        Some(stored) => Some(stored),
        None => months_from(grant.effective_time, grant.id.business_type().months_without_expiry()?),
    }
}

/// The day on which a grant runs out, as the gateway shows it.
#[must_use]
pub fn expiry_date(grant: &Grant) -> Option<Date> {
    expiry(grant).map(|expiry| SHANGHAI.to_datetime(expiry).date())
}

/// The instant so many calendar months from `instant` (before it if negative), by Shanghai's calendar.
pub(super) fn months_from(instant: Timestamp, months: i8) -> Option<Timestamp> {
    let span = Span::new().try_months(months).ok()?;
    let shifted = SHANGHAI.to_datetime(instant).checked_add(span).ok()?;
    TimeZone::fixed(SHANGHAI).to_timestamp(shifted).ok()
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::Timestamp;

    use super::{expiry_date, months_from};
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
            assert_eq!(months_from(at(from), months), Some(at(to)), "{from}");
        }
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
        let day = |grant: &Grant| expiry_date(grant).map(|day| day.to_string());
        assert_eq!(day(&grant("2101", None)).as_deref(), Some("2019-07-20"));
        assert_eq!(day(&grant("2103", None)).as_deref(), Some("2019-09-20"));
        assert_eq!(day(&grant("2104", Some("2019-12-26T16:00:00Z"))).as_deref(), Some("2019-12-27"));
        assert_eq!(day(&grant("2201", None)), None);
    }
}
