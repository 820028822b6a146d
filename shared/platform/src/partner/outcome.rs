use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

/// How a call to a partner ended. Only [`Outcome::NotSent`] may be repeated blindly.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A whole answer with a 2xx status.
    Answered(Answered),
    /// A whole answer with a 3xx or 4xx status: the partner declined, nothing happened there.
    Refused(Answered),
    /// No connection was made, or the call was not begun: the partner never saw the request.
    NotSent(Cause),
    /// The request went out and no usable answer came back: it may have taken effect.
    Unknown(Cause),
}

/// An answer that was read to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The HTTP status.
    pub status: StatusCode,
    /// The body, within the call's cap.
    pub body: Bytes,
}

/// A call's outcome, with how long the partner asks to be left alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// How it ended.
    pub outcome: Outcome,
    /// What `Retry-After` says, if it does; nothing of a time that is over.
    pub retry_after: Option<Duration>,
}

/// Why there is no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The address cannot be resolved, or refuses the connection, or TLS fails.
    #[error("connection failed")]
    Connect,
    /// The time allowed for the call ran out.
    #[error("timed out")]
    TimedOut,
    /// There was no time for the call, so that it was not begun.
    #[error("no time left")]
    NoTime,
    /// The connection broke before the answer was whole.
    #[error("connection lost")]
    Lost,
    /// The answer is longer than the cap.
    #[error("answer too long")]
    TooLong,
    /// The partner failed, with this status (5xx, or one that HTTP does not know).
    #[error("status {0}")]
    Failed(u16),
    /// The request could not be put together.
    #[error("malformed request")]
    Malformed,
}

impl Outcome {
    /// Sorts a whole answer by its status.
    pub(super) fn of(status: StatusCode, body: Bytes) -> Self {
        match status.as_u16() {
            200..=299 => Self::Answered(Answered { status, body }),
            300..=499 => Self::Refused(Answered { status, body }),
            code => Self::Unknown(Cause::Failed(code)),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::StatusCode;

    use super::{Cause, Outcome};

    #[test]
    fn the_status_decides_between_answered_refused_and_unknown() {
        let of = |code| Outcome::of(StatusCode::from_u16(code).unwrap_or_default(), Bytes::new());
        assert!(matches!(of(200), Outcome::Answered(_)));
        assert!(matches!(of(299), Outcome::Answered(_)));
        assert!(matches!(of(302), Outcome::Refused(_)));
        assert!(matches!(of(404), Outcome::Refused(_)));
        assert_eq!(of(500), Outcome::Unknown(Cause::Failed(500)));
        assert_eq!(of(999), Outcome::Unknown(Cause::Failed(999)));
    }
}
