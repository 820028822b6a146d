/// A party whose seal the contract needs (§3, step 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The tag of its signing area; `None` for the one party of a contract without tags.
    pub tag: Option<String>,
    /// Whether it has been sealed.
    pub sealed: bool,
}

impl Party {
    /// A party that is to be sealed.
    #[must_use]
    pub fn unsealed(tag: Option<String>) -> Self {
        Self { tag, sealed: false }
    }
}
