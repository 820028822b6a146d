use std::fmt;

/// Why a field of a request cannot be taken: code 10002 (§1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// Its name on the wire, with its object's before it.
    pub field: &'static str,
    /// What is wrong, without the field's own text.
    pub problem: String,
}

impl FieldError {
    /// Says what is wrong with `field`.
    pub(super) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }

    /// For `map_err`: says that an error is about `field`.
    pub(super) fn at<E: fmt::Display>(field: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::new(field, error.to_string())
    }

    pub(super) fn missing(field: &'static str) -> Self {
        Self::new(field, "missing")
    }
}
