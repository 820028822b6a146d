//! Check digits and formats of the numbers in a request (§9). They only warn: the seed's own numbers do not all pass.

/// Whether an inn's check digits are right: one of ten, two of twelve.
#[must_use]
pub fn inn_is_valid(text: &str) -> bool {
    /// Each check digit takes the weights from its own place on: 10 digits the third, 12 the second, then the first.
    const WEIGHTS: [u64; 11] = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
    let check = |before: &[u64]| {
        let weights = WEIGHTS.iter().skip(WEIGHTS.len() - before.len());
        before.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u64>() % 11 % 10
    };
    let Some(digits) = digits(text) else { return false };
    match &digits[..] {
        [before @ .., last] if before.len() == 9 => check(before) == *last,
        [before @ .., eleventh, last] if before.len() == 10 => {
            check(before) == *eleventh && check(&[before, &[*eleventh]].concat()) == *last
        }
        _ => false,
    }
}

/// Whether an ogrn's check digit is right: of thirteen digits by 11, of an entrepreneur's fifteen by 13.
#[must_use]
pub fn ogrn_is_valid(text: &str) -> bool {
    let modulus = match text.len() {
        13 => 11,
        15 => 13,
        _ => return false,
    };
    let Some(digits) = digits(text) else { return false };
    match &digits[..] {
        [before @ .., last] => {
            before.iter().fold(0, |remainder, digit| (remainder * 10 + digit) % modulus) % 10 == *last
        }
        [] => false,
    }
}

/// Whether a kpp has its format: four digits, two digits or capital Latin letters, three digits.
#[must_use]
pub fn kpp_is_valid(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| {
        byte.is_ascii_digit() || (matches!(place, 4 | 5) && byte.is_ascii_uppercase())
    };
    text.len() == 9 && text.bytes().enumerate().all(fits)
}

/// Whether an okpo's check digit is right, of eight digits or an entrepreneur's ten. The weights count the places
/// from 1, and from 3 where that leaves 10; after 10 they begin again at 1.
#[must_use]
pub fn okpo_is_valid(text: &str) -> bool {
    let remainder = |before: &[u64], first: u64| {
        let weights = (1..=10).cycle().skip_while(|weight| *weight != first);
        before.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u64>() % 11
    };
    let Some(digits) = digits(text) else { return false };
    match &digits[..] {
        [before @ .., last] if matches!(before.len(), 7 | 9) => {
            let check = match remainder(before, 1) {
                10 => remainder(before, 3) % 10,
                check => check,
            };
            check == *last
        }
        _ => false,
    }
}

/// The text's digits, if it has nothing else.
fn digits(text: &str) -> Option<Vec<u64>> {
    let digit = |byte: u8| if byte.is_ascii_digit() { Some(u64::from(byte - b'0')) } else { None };
    text.bytes().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{inn_is_valid, kpp_is_valid, ogrn_is_valid, okpo_is_valid};
    use crate::properties::cases;

    #[test]
    fn the_seeds_numbers_pass_but_for_its_okpo() {
        assert!(inn_is_valid("1200009193"));
        assert!(ogrn_is_valid("1231200000844"));
        assert!(kpp_is_valid("120001001"));
        assert!(!okpo_is_valid("02847208"));
        assert!(okpo_is_valid("02847203"), "the remainder is 3");
    }

    #[test]
    fn numbers_in_public_use_pass() {
        for inn in ["7707083893", "7702070139", "500100732259"] {
            assert!(inn_is_valid(inn), "{inn}");
        }
        for ogrn in ["1027700132195", "1027739609391", "304500116000157"] {
            assert!(ogrn_is_valid(ogrn), "{ogrn}");
        }
        for okpo in ["00032537", "00032520"] {
            assert!(okpo_is_valid(okpo), "{okpo}");
        }
    }

    #[test]
    fn another_length_or_another_character_fails() {
        for text in ["", "1", "120000919", "12000091930", "120000919x", "１２００００９１９３", " 1200009193"]
        {
            assert!(!inn_is_valid(text) && !ogrn_is_valid(text) && !okpo_is_valid(text), "{text}");
        }
        assert!(!ogrn_is_valid("123120000084x") && !ogrn_is_valid("12312000008440"));
    }

    #[test]
    fn the_right_check_digits_count_at_a_numbers_own_lengths_only() {
        let lengths = |is_valid: fn(&str) -> bool| -> Vec<usize> {
            (0..=16).filter(|length| is_valid(&"0".repeat(*length))).collect()
        };
        assert_eq!(lengths(inn_is_valid), [10, 12]);
        assert_eq!(lengths(ogrn_is_valid), [13, 15]);
        assert_eq!(lengths(okpo_is_valid), [8, 10]);
    }

    #[test]
    fn a_kpp_may_have_capital_letters_in_its_fifth_and_sixth_place() {
        assert!(kpp_is_valid("7707AZ001"));
        for text in ["", "12000100", "1200010010", "7707az001", "770AZ0001", "77070A01B", "7707ЖЖ1"] {
            assert!(!kpp_is_valid(text), "{text}");
        }
    }

    /// The check digit of `digits` by weights that are written out, the last one first tried.
    fn weighted(digits: &str, weights: &[u32]) -> u32 {
        assert_eq!(digits.len(), weights.len());
        digits
            .chars()
            .zip(weights)
            .map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight)
            .sum::<u32>()
            % 11
    }

    fn okpo_check(digits: &str, first: &[u32], second: &[u32]) -> u32 {
        let check = weighted(digits, first);
        if check == 10 { weighted(digits, second) % 10 } else { check }
    }

    /// Whether `is_valid` takes `digits` with their check digit and with no other.
    fn takes_only(is_valid: impl Fn(&str) -> bool, digits: &str, check: impl std::fmt::Display) -> bool {
        let check = check.to_string();
        (0..10).all(|last| is_valid(&format!("{digits}{last}")) == (last.to_string() == check))
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn an_inn_passes_with_its_own_check_digits_only(ten in "[0-9]{9}", twelve in "[0-9]{10}") {
            let check = weighted(&ten, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) % 10;
            prop_assert!(takes_only(inn_is_valid, &ten, check));
            let eleventh = weighted(&twelve, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 10;
            let eleven = format!("{twelve}{eleventh}");
            let check = weighted(&eleven, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 10;
            prop_assert!(takes_only(inn_is_valid, &eleven, check));
            let wrong = format!("{twelve}{}", (eleventh + 1) % 10);
            let any_passes = (0..10).any(|last| inn_is_valid(&format!("{wrong}{last}")));
            prop_assert!(!any_passes);
        }

        #[test]
        fn an_ogrn_passes_with_its_own_check_digit_only(
            of_12 in 0_u64..1_000_000_000_000,
            of_14 in 0_u64..100_000_000_000_000,
        ) {
            let thirteen = format!("{of_12:012}");
            prop_assert!(takes_only(ogrn_is_valid, &thirteen, of_12 % 11 % 10));
            let fifteen = format!("{of_14:014}");
            prop_assert!(takes_only(ogrn_is_valid, &fifteen, of_14 % 13 % 10));
        }

        #[test]
        fn an_okpo_passes_with_its_own_check_digit_only(eight in "[0-9]{7}", ten in "[0-9]{9}") {
            let check = okpo_check(&eight, &[1, 2, 3, 4, 5, 6, 7], &[3, 4, 5, 6, 7, 8, 9]);
            prop_assert!(takes_only(okpo_is_valid, &eight, check));
            let check = okpo_check(&ten, &[1, 2, 3, 4, 5, 6, 7, 8, 9], &[3, 4, 5, 6, 7, 8, 9, 10, 1]);
            prop_assert!(takes_only(okpo_is_valid, &ten, check));
        }

        #[test]
        fn no_text_is_too_strange_to_be_looked_at(text in "\\PC{0,16}") {
            let _ = (inn_is_valid(&text), ogrn_is_valid(&text), kpp_is_valid(&text), okpo_is_valid(&text));
        }
    }
}
