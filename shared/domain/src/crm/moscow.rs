use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Europe/Moscow: three hours ahead of UTC, without daylight saving since 26 October 2014.
pub const MOSCOW: Offset = Offset::constant(3);

/// The calendar day of Moscow at `instant`: the id of a run, and the day for which an organization gets one row at
/// most (§12, §13).
#[must_use]
pub fn moscow_day(instant: Timestamp) -> Date {
    MOSCOW.to_datetime(instant).date()
}

/// `instant` as a request's `dt` says it: in Moscow's time with three decimals, cut and not rounded (§9).
#[must_use]
pub fn dt(instant: Timestamp) -> String {
    let local = MOSCOW.to_datetime(instant);
    let milliseconds = local.subsec_nanosecond() / 1_000_000;
    format!("{}.{milliseconds:03}+03:00", local.strftime("%Y-%m-%dT%H:%M:%S"))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::{dt, moscow_day};
    use crate::crm::fixtures::at;
    use crate::properties::cases;

    #[test]
    fn a_day_begins_at_21_hours_utc() {
        assert_eq!(moscow_day(at("2023-07-26T20:59:59.999999999Z")).to_string(), "2023-07-26");
        assert_eq!(moscow_day(at("2023-07-26T21:00:00Z")).to_string(), "2023-07-27");
        assert_eq!(
            moscow_day(at("2023-12-31T21:00:00Z")).to_string(),
            "2024-01-01",
            "in winter as in summer"
        );
    }

    #[test]
    fn dt_has_three_decimals_that_are_cut() {
        for (instant, shown) in [
            ("2023-07-27T06:27:04.953Z", "2023-07-27T09:27:04.953+03:00"),
            ("2023-07-27T06:27:04.9539999Z", "2023-07-27T09:27:04.953+03:00"),
            ("2023-07-27T03:00:00Z", "2023-07-27T06:00:00.000+03:00"),
            ("2023-12-31T21:00:00.001Z", "2024-01-01T00:00:00.001+03:00"),
        ] {
            assert_eq!(dt(at(instant)), shown);
        }
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn dt_is_the_instant_to_the_millisecond(second in 0_i64..4_000_000_000, nanosecond in 0_i32..1_000_000_000) {
            let instant = Timestamp::new(second, nanosecond).unwrap();
            let lost = instant.duration_since(at(&dt(instant)));
            prop_assert!(lost >= SignedDuration::ZERO && lost < SignedDuration::from_millis(1));
            prop_assert_eq!(dt(instant).len(), 29);
        }
    }
}
