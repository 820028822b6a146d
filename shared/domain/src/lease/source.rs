/// Which of the two generations of upstream systems calls (§1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The new systems; who says nothing is one of them (§12).
    #[default]
    New,
    /// The old systems.
    Old,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 2] = [Self::New, Self::Old];

    /// The text on the wire and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Old => "old",
        }
    }

    /// Reads a source; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn a_source_is_new_or_old_in_lower_case_and_new_where_nothing_is_said() {
        assert_eq!(Source::ALL.map(|source| Source::parse(source.as_str())), Source::ALL.map(Some));
        assert_eq!((Source::parse("New"), Source::parse("")), (None, None));
        assert_eq!(Source::default(), Source::New);
    }
}
