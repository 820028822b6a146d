//! Decimal texts compared without reading them as numbers: what an amount is held against.

/// A decimal's digits without zeros at either end, and the power of ten that they count: equal for equal numbers. `None`
/// for what is no decimal, or one whose exponent no reader takes.
pub(crate) fn normal(text: &str) -> Option<(String, i64)> {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Some((String::new(), 0));
    }
    let exponent: i64 = exponent.parse().ok()?;
    let moved = i64::try_from(digits.len() - significant.len()).ok()? - i64::try_from(fraction.len()).ok()?;
    Some((significant.to_owned(), exponent.checked_add(moved)?))
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn equal_numbers_are_equal_however_they_are_written_and_others_are_not() {
        for text in ["15", "15.00", "0015", "1.5e1", "150E-1", "0.15e+2", "-15"] {
            assert_eq!(normal(text), normal("15"), "{text}");
        }
        for text in ["0", "0.00", "00e99999999999999999999", "-0"] {
            assert_eq!(normal(text), normal("0"), "{text}");
        }
        for (one, other) in [("15", "1.5"), ("15", "16"), ("15", "0"), ("15", "150")] {
            assert_ne!(normal(one), normal(other), "{one} {other}");
        }
        for text in ["", ".", "1_0", "1e", "x", "1.2.3"] {
            assert_eq!(normal(text), None, "{text}");
        }
    }
}
