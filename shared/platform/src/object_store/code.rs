//! What an error answer calls the failure. It is XML, of which only this one word is of use.

/// The longest of S3's codes has 46 letters.
const LONGEST: usize = 64;
const OPEN: &[u8] = b"<Code>";
const CLOSE: &[u8] = b"</Code>";

/// The text of the first `<Code>`, if it is a word as S3's codes are.
pub(super) fn read(body: &[u8]) -> Option<&str> {
    let after = body.get(position(body, OPEN)? + OPEN.len()..)?;
    let near = after.get(..LONGEST + CLOSE.len()).unwrap_or(after);
    let code = near.get(..position(near, CLOSE)?)?;
    let is_word = !code.is_empty() && code.iter().all(u8::is_ascii_alphanumeric);
    if is_word { std::str::from_utf8(code).ok() } else { None }
}

fn position(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_code_is_read_wherever_it_stands() {
        for body in [
            "<Error><Code>SlowDown</Code></Error>",
            "<?xml version=\"1.0\"?>\n<Error>\n <Message>m</Message>\n <Code>SlowDown</Code></Error>",
            "<Code>SlowDown</Code><Code>Other</Code>",
        ] {
            assert_eq!(read(body.as_bytes()), Some("SlowDown"), "{body}");
        }
        let longest = "a".repeat(64);
        assert_eq!(read(format!("<Code>{longest}</Code>").as_bytes()), Some(&*longest));
    }

    #[test]
    fn what_is_no_word_is_not_taken() {
        let too_long = format!("<Code>{}</Code>", "a".repeat(65));
        for body in [
            "",
            "<html>",
            "<Code>",
            "<Code>Slow",
            "<Code></Code>",
            "<Code>two words</Code>",
            "<Code>\u{e4}</Code>",
            "</Code>A<Code>",
            "<Code>a\nb</Code>",
            &too_long,
        ] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
        assert_eq!(read(b"<Code>\xff</Code>"), None);
    }
}
