//! Bytes as hexadecimal digits.

/// In upper case.
#[must_use]
pub fn upper(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789ABCDEF")
}

/// In lower case.
#[must_use]
pub fn lower(bytes: &[u8]) -> String {
    digits(bytes, b"0123456789abcdef")
}

/// The bytes of digits in either case; `None` for anything else.
#[must_use]
pub fn read(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let half = |digit: u8| char::from(digit).to_digit(16).and_then(|half| u8::try_from(half).ok());
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => Some(half(*high)? << 4 | half(*low)?),
            _ => None,
        })
        .collect()
}

fn digits(bytes: &[u8], alphabet: &[u8; 16]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            text.push(alphabet.get(usize::from(half)).map_or('0', |digit| char::from(*digit)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{lower, read, upper};

    #[test]
    fn digits_come_in_pairs_and_are_nothing_else() {
        assert_eq!(read("00fFA9"), Some(vec![0, 255, 169]));
        for text in ["0", "0g", "+1", " 1", "1 ", "0x", "é"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_is_read_again_in_either_case(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(read(&upper(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(read(&lower(&bytes)), Some(bytes));
        }
    }
}
