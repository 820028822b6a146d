//! What a field of a request has wrong, for the contexts whose answers name the field.

use std::fmt;

/// Why a field of a request cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FieldError {
    /// Its name on the wire, with its object's before it where there is one.
    pub field: &'static str,
    /// What is wrong, without the field's own text.
    pub problem: String,
}

impl FieldError {
    /// Says what is wrong with `field`.
    pub(crate) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }

    /// For `map_err`: says that an error is about `field`.
    pub(crate) fn at<E: fmt::Display>(field: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::new(field, error.to_string())
    }

    pub(crate) fn missing(field: &'static str) -> Self {
        Self::new(field, "missing")
    }
}
