//! Instants as text: RFC 3339 from outside, one sortable form inside.

use jiff::Timestamp;

/// Reads an RFC 3339 instant with any offset and any fraction; digits of the fraction beyond the ninth are cut.
/// `None` for anything else, other ISO 8601 forms included.
#[must_use]
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date_and_time, rest) = text.split_at_checked(19)?;
    let shaped = date_and_time.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        10 => matches!(byte, b'T' | b't'),
        13 | 16 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    let (fraction, offset) = rest.split_at(rest.find(['Z', 'z', '+', '-'])?);
    let nanoseconds = match fraction.strip_prefix('.') {
        Some(digits) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.get(..9).unwrap_or(digits)
        }
        None if fraction.is_empty() => "0",
        Some(_) | None => return None,
    };
    let offset_shaped = match offset.as_bytes() {
        [b'Z' | b'z'] => true,
        [_, h1, h2, b':', m1, m2] => [h1, h2, m1, m2].into_iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if shaped && offset_shaped { format!("{date_and_time}.{nanoseconds}{offset}").parse().ok() } else { None }
}

/// Writes an instant in UTC with nine digits of fraction, so that texts sort as the instants do.
#[must_use]
pub fn sortable(instant: Timestamp) -> String {
    format!("{instant:.9}")
}

#[cfg(test)]
mod tests {
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
}
