use std::fmt;

/// How many characters a column of the task table holds, an id or another text alike (§4).
pub(super) const COLUMN_CHARACTERS: usize = 200;

/// A free text as a partner sent it, never blank: 1 to 200 characters, what surrounds it included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(String);

/// Why `InforCRM` created no task, in its own words. Its `Debug` is masked: it may name people (§10).
#[derive(Clone, PartialEq, Eq)]
pub struct StatusMessage(Text);

impl Text {
    /// Takes a free text, cut to its first 200 characters, and whether it was cut, which is logged (§10). `None` for
    /// a blank one: it counts as absent.
    #[must_use]
    pub fn clip(text: &str) -> Option<(Self, bool)> {
        let (kept, was_cut) = match text.char_indices().nth(COLUMN_CHARACTERS) {
            Some((end, _)) => (text.get(..end).unwrap_or(text), true),
            None => (text, false),
        };
        if text.trim().is_empty() { None } else { Some((Self(kept.to_owned()), was_cut)) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without what surrounds it: how codes are kept (§8).
    pub(super) fn trimmed(&self) -> Self {
        Self(self.0.trim().to_owned())
    }
}

impl From<Text> for StatusMessage {
    fn from(text: Text) -> Self {
        Self(text)
    }
}

impl StatusMessage {
    /// The message, for the store, never for a log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for StatusMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("StatusMessage(***)")
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use proptest::prelude::*;

    use super::{StatusMessage, Text};
    use crate::properties::cases;

    #[test]
    fn a_text_is_cut_after_200_characters_and_not_bytes() {
        let clip = |text: &str| Text::clip(text).map(|(text, was_cut)| (text.as_str().to_owned(), was_cut));
        assert_eq!(clip(&"ж".repeat(200)), Some(("ж".repeat(200), false)));
        assert_eq!(clip(&"ж".repeat(201)), Some(("ж".repeat(200), true)));
        assert_eq!(clip(" Не обработано "), Some((" Не обработано ".to_owned(), false)), "verbatim");
    }

    #[test]
    fn a_blank_text_is_absent() {
        for blank in ["", " ", "\n\t", "\u{a0}"] {
            assert_eq!(Text::clip(blank), None, "{blank:?}");
        }
    }

    #[test]
    fn a_status_message_is_stored_and_does_not_print() {
        let (text, _) = Text::clip("Клиент Иванов не найден").unwrap();
        let message = StatusMessage::from(text);
        assert_eq!(format!("{message:?}"), "StatusMessage(***)");
        assert_eq!(message.as_str(), "Клиент Иванов не найден", "the store has it whole");
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn what_is_kept_is_the_beginning_of_what_came(sent in "\\PC{0,300}") {
            if let Some((kept, was_cut)) = Text::clip(&sent) {
                prop_assert!(sent.starts_with(kept.as_str()));
                prop_assert_eq!(kept.as_str().chars().count(), sent.chars().count().min(200));
                prop_assert_eq!(was_cut, kept.as_str() != sent);
            }
        }
    }
}
