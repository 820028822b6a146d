use std::error::Error;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::RequestId;

use crate::dynamodb::deepest;

/// An S3 call that did not do what was asked, mapped once from the SDK's error. It does not name the key, which is
/// unguessable for a reason.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind:?}: {code}: {message} (request id {request_id})")]
pub struct ObjectError {
    /// The API call, e.g. `PutObject`.
    pub operation: &'static str,
    /// What kind of failure it was.
    pub kind: ObjectErrorKind,
    /// S3's error code, or the SDK's name for what kept the call from an answer.
    pub code: String,
    /// S3's message.
    pub message: String,
    /// S3's id of the request; `-` when there was no answer.
    pub request_id: String,
}

/// The kinds of failure that a caller may act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectErrorKind {
    /// There is no object of that key.
    Missing,
    /// The object is longer than the caller takes.
    TooLong,
    /// Too many requests, or S3 failed: trying again later may pass.
    Busy,
    /// No answer, or not all of it: whether a write took effect is unknown.
    Unanswered,
    /// S3 refused the call.
    Refused,
}

impl ObjectError {
    pub(super) fn of<E>(operation: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (kind, code) = match error {
            SdkError::ServiceError(answer) => {
                let code = error.code().unwrap_or("Unnamed");
                (kind_of(code, answer.raw().status().as_u16()), code)
            }
            SdkError::TimeoutError(_) => (ObjectErrorKind::Unanswered, "TimeoutError"),
            SdkError::DispatchFailure(_) => (ObjectErrorKind::Unanswered, "DispatchFailure"),
            SdkError::ResponseError(_) => (ObjectErrorKind::Unanswered, "ResponseError"),
            SdkError::ConstructionFailure(_) | _ => (ObjectErrorKind::Refused, "ConstructionFailure"),
        };
        let message = error.message().map_or_else(|| deepest(error), str::to_owned);
        let request_id = error.request_id().unwrap_or("-").to_owned();
        Self { operation, kind, code: code.to_owned(), message, request_id }
    }

    pub(super) fn too_long(operation: &'static str, limit_bytes: usize) -> Self {
        let message = format!("the object is longer than {limit_bytes} bytes");
        Self::local(operation, ObjectErrorKind::TooLong, "TooLong", message)
    }

    pub(super) fn broken_off(operation: &'static str, why: &str) -> Self {
        Self::local(operation, ObjectErrorKind::Unanswered, "BrokenOff", why.to_owned())
    }

    fn local(operation: &'static str, kind: ObjectErrorKind, code: &str, message: String) -> Self {
        Self { operation, kind, code: code.to_owned(), message, request_id: "-".to_owned() }
    }
}

fn kind_of(code: &str, status: u16) -> ObjectErrorKind {
    match (code, status) {
        ("NoSuchKey", _) => ObjectErrorKind::Missing,
        (_, 429 | 500..=599) => ObjectErrorKind::Busy,
        _ => ObjectErrorKind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::{ObjectErrorKind, kind_of};

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        assert_eq!(kind_of("NoSuchKey", 404), ObjectErrorKind::Missing);
        assert_eq!(kind_of("NoSuchBucket", 404), ObjectErrorKind::Refused);
        assert_eq!(kind_of("AccessDenied", 403), ObjectErrorKind::Refused);
        for (code, status) in [("SlowDown", 503), ("InternalError", 500), ("Unnamed", 429)] {
            assert_eq!(kind_of(code, status), ObjectErrorKind::Busy, "{code}");
        }
    }
}
