/// What a wish to change a state meets (§11, Internal messages).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is there already: nothing is to be done.
    Stay,
    /// The table leads there.
    Go,
    /// The table does not.
    Forbidden,
}

impl Step {
    pub(super) fn of(same: bool, allowed: bool) -> Self {
        match (same, allowed) {
            (true, _) => Self::Stay,
            (false, true) => Self::Go,
            (false, false) => Self::Forbidden,
        }
    }
}
