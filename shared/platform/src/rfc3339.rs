//! Instants as text: RFC 3339 from outside, one sortable form inside.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// 0000-01-01T00:00:00Z: what is earlier has no year of four digits in UTC, and would sort as later.
const EARLIEST: Timestamp = Timestamp::constant(-62_167_219_200, 0);
/// Only this year has instants beyond the last that can be told, 9999-12-30T22:00:00.999999999Z.
const LATEST_YEAR: i16 = 9999;

/// Reads an RFC 3339 instant with any offset and any fraction; digits of the fraction beyond the ninth are cut, and the
/// last hours of the year 9999 are all [`Timestamp::MAX`]. `None` for anything else, other ISO 8601 forms and instants
/// before the year 0 in UTC included.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date_and_time, rest) = text.split_at_checked(19)?;
    let shaped = date_and_time.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        10 => matches!(byte, b'T' | b't'),
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    if !shaped {
        return None;
    }
    let (fraction, offset) = rest.split_at(rest.find(['Z', 'z', '+', '-'])?);
    let nanoseconds = match fraction.strip_prefix('.') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.get(..9).unwrap_or(digits)
        }
        None if fraction.is_empty() => "0",
        Some(_) | None => return None,
    };
    let there: DateTime = format!("{date_and_time}.{nanoseconds}").parse().ok()?;
    let instant = match read_offset(offset)?.to_timestamp(there) {
        Ok(instant) => instant,
        Err(_) if there.year() == LATEST_YEAR => Timestamp::MAX,
        Err(_) => return None,
    };
    (instant >= EARLIEST).then_some(instant)
}

/// `Z`, or a sign, hours to 23 and minutes to 59.
fn read_offset(text: &str) -> Option<Offset> {
    let bytes = match text.as_bytes() {
        [b'Z' | b'z'] => return Some(Offset::UTC),
        [sign, h1, h2, b':', m1, m2] => [*sign, *h1, *h2, *m1, *m2],
        _ => return None,
    };
    let [sign, digits @ ..] = bytes;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let [h1, h2, m1, m2] = digits.map(|digit| i32::from(digit - b'0'));
    let (hours, minutes) = (h1 * 10 + h2, m1 * 10 + m2);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = (hours * 60 + minutes) * 60;
    Offset::from_seconds(if sign == b'-' { -seconds } else { seconds }).ok()
}

/// Writes an instant in UTC with nine digits of fraction, so that texts sort as the instants do.
#[must_use]
pub fn sortable(instant: Timestamp) -> String {
    format!("{instant:.9}")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::{Strategy, prop_assert_eq, proptest};

    use super::{parse, sortable};

    #[test]
    fn any_offset_and_any_fraction_name_the_same_instant() {
        let texts = [
            "2026-01-02T03:04:05Z",
            "2026-01-02t03:04:05z",
            "2026-01-02T06:04:05+03:00",
            "2026-01-01T19:34:05.000-07:30",
            "2026-01-02T03:04:05.000000000Z",
            "2026-01-02T03:04:05.00000000099999999999Z",
        ];
        for text in texts {
            assert_eq!(
                parse(text).map(sortable).as_deref(),
                Some("2026-01-02T03:04:05.000000000Z"),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_rfc_3339_is_no_instant() {
        for text in [
            "",
            "2026-01-02",
            "2026-01-02T03:04:05",
            "2026-01-02T03:04Z",
            "2026-01-02 03:04:05Z",
            "20260102T030405Z",
            "2026-01-02T03:04:05+03",
            "2026-01-02T03:04:05+0300",
            "2026-13-02T03:04:05Z",
            "2026-01-02T25:04:05Z",
            "2026-01-02T03:04:05Z[UTC]",
            "2026-01-02T03:04:05.Z",
            "2026-01-02T03:04:05,5Z",
            "2026-01-02T03:04:05 Z",
            "2026-01-02T03:04:0５Z",
            "+002026-01-02T03:04:05Z",
            "2026-02-29T03:04:05Z",
            "2026-01-02T03:04:05+24:00",
            "2026-01-02T03:04:05-24:00",
            "2026-01-02T03:04:05+25:59",
            "2026-01-02T03:04:05+03:60",
            "2026-01-02T03:04:05+-3:00",
            "2026-01-02T03:04:05Z+03:00",
            "вчера",
            "1767323045",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn sortable_texts_sort_as_their_instants_do() {
        let earlier = parse("2026-01-02T03:04:05.9Z").map(sortable);
        let later = parse("2026-01-02T03:04:06Z").map(sortable);
        assert!(earlier < later);
    }

    #[test]
    fn the_last_hours_of_the_year_9999_are_the_last_instant_that_can_be_told() {
        for text in [
            "9999-12-30T22:00:01Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.999999999+08:00",
            "9999-12-31T23:59:59-23:59",
            "9999-12-31T21:59:01+23:59",
        ] {
            assert_eq!(parse(text), Some(Timestamp::MAX), "{text}");
        }
        assert!(parse("9999-12-30T22:00:00Z") < Some(Timestamp::MAX));
        assert_eq!(parse("9999-12-32T00:00:00Z"), None);
        assert_eq!(parse("9999-12-31T24:00:00Z"), None);
    }

    #[test]
    fn what_lies_before_the_year_0_in_utc_is_refused() {
        assert_eq!(
            parse("0000-01-01T00:00:00Z").map(sortable).as_deref(),
            Some("0000-01-01T00:00:00.000000000Z")
        );
        assert!(parse("0000-01-01T08:00:00+08:00").is_some());
        for text in ["0000-01-01T07:59:59.999999999+08:00", "0000-01-01T00:00:00+00:01"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    /// Dates and times that are real ones more often than not, with emphasis on the ends.
    fn texts() -> impl Strategy<Value = String> {
        let year = proptest::prop_oneof![0..=1_u32, 2_000..=2_030_u32, 9_998..=9_999_u32, 0..=9_999_u32];
        let month_day = (1..=12_u32, proptest::prop_oneof![1..=31_u32, 30..=31_u32]);
        let time = (0..=24_u32, 0..=60_u32, 0..=60_u32);
        let fraction = proptest::prop_oneof![proptest::strategy::Just(String::new()), r"\.[0-9]{0,12}"];
        let offset = proptest::prop_oneof![
            proptest::strategy::Just("Z".to_owned()),
            (r"[+-]", 0..=25_u32, 0..=60_u32)
                .prop_map(|(sign, hours, minutes)| format!("{sign}{hours:02}:{minutes:02}")),
        ];
        (year, month_day, time, fraction, offset).prop_map(
            |(year, (month, day), (hour, minute, second), fraction, offset)| {
                format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}")
            },
        )
    }

    proptest! {
        #[test]
        fn every_text_that_is_read_is_read_again_from_its_sortable_form(text in texts()) {
            if let Some(instant) = parse(&text) {
                prop_assert_eq!(parse(&sortable(instant)), Some(instant));
                prop_assert_eq!(sortable(instant).len(), "2026-01-02T03:04:05.000000000Z".len());
            }
        }

        #[test]
        fn two_sortable_texts_sort_as_their_instants_do(one in texts(), other in texts()) {
            if let (Some(one), Some(other)) = (parse(&one), parse(&other)) {
                prop_assert_eq!(sortable(one).cmp(&sortable(other)), one.cmp(&other));
            }
        }
    }
}
