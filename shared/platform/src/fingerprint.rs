//! One text that stands for a list of texts: two requests are the same one if their fingerprints are.

use std::fmt::Write as _;

use ring::digest::{Context, SHA256};

/// The SHA-256 of `parts`, as 64 hexadecimal digits; no other list of texts has it.
#[must_use]
pub fn fingerprint(parts: &[&str]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        // The length in front keeps ["ab", "c"] and ["a", "bc"] apart; it always takes eight bytes.
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex(context.finish().as_ref())
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::fingerprint;

    #[test]
    fn the_same_list_always_has_the_same_64_digits() {
        // Kept in tables: a change here would make strangers of rows that were written before.
        let known = "61be08cbb015efbc9a28ba29d3911b982685c1db3a5adf0094ceb5ed16d96628";
        assert_eq!(fingerprint(&["pin", "500"]), known);
    }

    #[test]
    fn lists_that_join_to_the_same_text_differ() {
        let lists: [&[&str]; 7] =
            [&[], &[""], &["", ""], &["abc"], &["ab", "c"], &["a", "bc"], &["a\0b", "c"]];
        let fingerprints: BTreeSet<_> = lists.into_iter().map(fingerprint).collect();
        assert_eq!(fingerprints.len(), lists.len());
    }
}
