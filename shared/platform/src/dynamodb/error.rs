use std::error::Error;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;

/// The same transaction, by its token, is still being carried out.
const IN_PROGRESS: &str = "TransactionInProgressException";

/// A DynamoDB call that did not do what was asked, mapped once from the SDK's error, with everything that
/// on-call needs to find it.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind:?}: {code}: {message} (request id {request_id})")]
pub struct DynamoDbError {
    /// The API call, e.g. `UpdateItem`.
    pub operation: &'static str,
    /// What kind of failure it was.
    pub kind: ErrorKind,
    /// DynamoDB's error code, or the SDK's name for what kept the call from an answer.
    pub code: String,
    /// DynamoDB's message.
    pub message: String,
    /// DynamoDB's id of the request; `-` when there was no answer.
    pub request_id: String,
}

/// The kinds of failure that a caller may act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Another transaction holds the item, or too many requests: trying again later may pass.
    Contended,
    /// No answer, or not yet: whether the call took effect is unknown.
    Unanswered,
    /// DynamoDB failed or refused the call.
    Refused,
    /// The answer holds a row that this version cannot read.
    Unreadable,
}

impl DynamoDbError {
    /// Maps the SDK's error of `operation`.
    pub fn of<E>(operation: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (kind, code) = match error {
            SdkError::ServiceError(_) => {
                let code = error.code().unwrap_or("Unnamed");
                (kind_of(code), code.to_owned())
            }
            SdkError::TimeoutError(_) => (ErrorKind::Unanswered, "TimeoutError".to_owned()),
            SdkError::DispatchFailure(_) => (ErrorKind::Unanswered, "DispatchFailure".to_owned()),
            SdkError::ResponseError(_) => (ErrorKind::Unanswered, "ResponseError".to_owned()),
            SdkError::ConstructionFailure(_) | _ => (ErrorKind::Refused, "ConstructionFailure".to_owned()),
        };
        let message = error.message().map_or_else(|| deepest(error), str::to_owned);
        let request_id = error.request_id().unwrap_or("-").to_owned();
        Self { operation, kind, code, message, request_id }
    }

    /// A row that cannot be read: `message` says which attribute.
    pub(super) fn unreadable(operation: &'static str, message: String) -> Self {
        Self::local(operation, ErrorKind::Unreadable, "Unreadable", message)
    }

    /// A row that was read a moment ago is gone or has become another.
    #[must_use]
    pub fn vanished(operation: &'static str) -> Self {
        let message = "the row is no longer what was read".to_owned();
        Self::local(operation, ErrorKind::Refused, "Vanished", message)
    }

    /// A request that lacks a member which the SDK asks for.
    pub fn incomplete(operation: &'static str, missing: &impl ToString) -> Self {
        Self::local(operation, ErrorKind::Refused, "Incomplete", missing.to_string())
    }

    /// Others changed a row at every try.
    #[must_use]
    pub fn raced(operation: &'static str) -> Self {
        let message = "others changed the row at every try".to_owned();
        Self::local(operation, ErrorKind::Contended, "Raced", message)
    }

    /// Whether an earlier try of the same transaction is still being carried out.
    pub(super) fn is_in_progress(&self) -> bool {
        self.code == IN_PROGRESS
    }

    fn local(operation: &'static str, kind: ErrorKind, code: &str, message: String) -> Self {
        Self { operation, kind, code: code.to_owned(), message, request_id: "-".to_owned() }
    }

    /// A transaction that others stood in the way of.
    pub(super) fn contended(operation: &'static str, code: String, request_id: String) -> Self {
        let message = "another write holds the item".to_owned();
        Self { operation, kind: ErrorKind::Contended, code, message, request_id }
    }
}

fn kind_of(code: &str) -> ErrorKind {
    match code {
        "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "ThrottlingException"
        | "TransactionConflictException" => ErrorKind::Contended,
        // An earlier try of this very transaction: how it ends is not known yet.
        IN_PROGRESS => ErrorKind::Unanswered,
        _ => ErrorKind::Refused,
    }
}

/// What an error of the SDK comes from in the end.
pub(crate) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut current = error;
    while let Some(source) = current.source() {
        current = source;
    }
    current.to_string()
}
