//! Why an operation did not do what was asked (§8, §12).

use domain::lease::Busy;
use platform::dynamodb::DynamoDbError;
use platform::seal::SealError;

use crate::ant;
use crate::store::{Answered, DocumentError};
use crate::wire::BadInput;

/// Why an operation did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The request is not one.
    #[error(transparent)]
    BadInput(#[from] BadInput),
    /// There is no such order.
    #[error("no such order")]
    NotFound,
    /// The caller may not override.
    #[error("the override is not allowed to this caller")]
    Forbidden,
    /// The Idempotency-Key was used for another request.
    #[error("the Idempotency-Key belongs to another request")]
    KeyMismatch,
    /// A request with this Idempotency-Key still runs.
    #[error("a request with this Idempotency-Key is running")]
    KeyRunning,
    /// Another operation runs, or its outcome is not known.
    #[error("{}", match .0 {
        Busy::Running => "another operation is running",
        Busy::UnknownOutcome => "the outcome of an operation is not known yet",
    })]
    Busy(Busy),
    /// Others changed the order at every try.
    #[error("another operation is running")]
    Raced,
    /// The order's state forbids it.
    #[error("{0}")]
    Conflict(&'static str),
    /// Something must come first.
    #[error("{0}")]
    Precondition(&'static str),
    /// Ant did not say OK.
    #[error("Ant: {}", .0.kind())]
    Ant(ant::Failure),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
    /// Identity data could not be sealed, opened or encrypted.
    #[error("{0}")]
    Cryptography(String),
    /// The request was answered before: so it is again.
    #[error("answered before")]
    Answered(Answered),
}

impl From<DocumentError> for Failure {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::Database(failure) => Self::Database(failure),
            DocumentError::Seal(error) => Self::from(error),
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        Self::Cryptography(error.to_string())
    }
}

impl From<ant::EncryptionError> for Failure {
    fn from(error: ant::EncryptionError) -> Self {
        match error {
            ant::EncryptionError::TooLong => {
                Self::BadInput(BadInput("an identity field is too long to be encrypted".into()))
            }
            ant::EncryptionError::NoKey
            | ant::EncryptionError::ShortKey
            | ant::EncryptionError::Random(_) => Self::Cryptography(error.to_string()),
        }
    }
}

impl From<ant::Failure> for Failure {
    fn from(failure: ant::Failure) -> Self {
        Self::Ant(failure)
    }
}
