/// Why a field of a body cannot be taken (§12, 400).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// Its name on our wire.
    pub field: &'static str,
    /// What is wrong, without the field's own text.
    pub problem: String,
}

impl FieldError {
    /// Says what is wrong with `field`.
    pub(super) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}
