use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::result::ConnectorError;

use super::code;
use crate::dynamodb::deepest;

/// An S3 call that did not do what was asked, mapped once. It does not name the key, which is
/// unguessable for a reason.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind:?}: {code}: {message} (request id {request_id})")]
pub struct ObjectError {
    /// The API call, e.g. `PutObject`.
    pub operation: &'static str,
    /// What kind of failure it was.
    pub kind: ObjectErrorKind,
    /// S3's error code, or a name for what kept the call from an answer.
    pub code: String,
    /// The answer's status, or what kept the call from an answer.
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
    /// An answer that is no success, whose body is at most what was read of it.
    pub(super) fn answered(
        operation: &'static str,
        status: u16,
        request_id: Option<&str>,
        body: &[u8],
    ) -> Self {
        let code = code::read(body).unwrap_or("Unnamed");
        let (kind, message) = (kind_of(code, status), format!("the answer's status is {status}"));
        let request_id = request_id.unwrap_or("-").to_owned();
        Self { operation, kind, code: code.to_owned(), message, request_id }
    }

    /// The connector's failure; what it could not even send was refused by ourselves.
    pub(super) fn unanswered(operation: &'static str, error: &ConnectorError) -> Self {
        let (kind, code) = if error.is_user() {
            (ObjectErrorKind::Refused, "ConstructionFailure")
        } else if error.is_timeout() {
            (ObjectErrorKind::Unanswered, "TimeoutError")
        } else {
            (ObjectErrorKind::Unanswered, "DispatchFailure")
        };
        Self::local(operation, kind, code, deepest(error))
    }

    pub(super) fn timed_out(operation: &'static str, limit: Duration) -> Self {
        let message = format!("no answer within {limit:?}");
        Self::local(operation, ObjectErrorKind::Unanswered, "TimeoutError", message)
    }

    pub(super) fn unsendable(operation: &'static str, error: &(dyn Error + 'static)) -> Self {
        Self::local(operation, ObjectErrorKind::Refused, "ConstructionFailure", deepest(error))
    }

    /// Whether another attempt may go better. S3 calls a body that came too slowly the caller's fault (400).
    pub(super) fn may_pass(&self) -> bool {
        match self.kind {
            ObjectErrorKind::Busy | ObjectErrorKind::Unanswered => true,
            ObjectErrorKind::Refused => self.code == "RequestTimeout",
            ObjectErrorKind::Missing | ObjectErrorKind::TooLong => false,
        }
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
    use super::{ObjectError, ObjectErrorKind, kind_of};

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        assert_eq!(kind_of("NoSuchKey", 404), ObjectErrorKind::Missing);
        assert_eq!(kind_of("NoSuchBucket", 404), ObjectErrorKind::Refused);
        assert_eq!(kind_of("AccessDenied", 403), ObjectErrorKind::Refused);
        for (code, status) in [("SlowDown", 503), ("InternalError", 500), ("Unnamed", 429)] {
            assert_eq!(kind_of(code, status), ObjectErrorKind::Busy, "{code}");
        }
    }

    #[test]
    fn an_answer_is_read_for_its_code_and_is_tried_again_if_that_may_help() {
        let body = b"<?xml version=\"1.0\"?>\n<Error><Code>RequestTimeout</Code><Message>m</Message></Error>";
        let slow = ObjectError::answered("PutObject", 400, Some("id-1"), body);
        let told = "PutObject: Refused: RequestTimeout: the answer's status is 400 (request id id-1)";
        assert_eq!(slow.to_string(), told);
        assert!(slow.may_pass());
        let unnamed = |status| ObjectError::answered("GetObject", status, None, b"<html>").may_pass();
        assert_eq!(
            [301, 400, 403, 404, 429, 500, 503].map(unnamed),
            [false, false, false, false, true, true, true]
        );
    }
}
