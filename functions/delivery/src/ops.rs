//! How operators are answered (design §5): JSON, and a failure as `{"error": "<word>"}`.

use http::StatusCode;
use platform::aws::{Aws, AwsSettings};
use platform::callbacks::{CallbackStore, Callbacks};
use platform::config::Environment;
use platform::http::{Answer, Refusal};
use serde::Serialize;

#[derive(Serialize)]
struct WireFailure<'a> {
    error: &'a str,
    message: &'a str,
}

/// What both functions over callbacks are configured with.
#[derive(Debug)]
pub struct CallbackSettings {
    /// Where AWS is.
    pub aws: AwsSettings,
    /// The table of callbacks.
    pub callbacks: String,
}

impl CallbackSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let callbacks = Callbacks::read_table(environment);
        Some(Self { aws: aws?, callbacks: callbacks? })
    }

    /// The clients, and the callbacks.
    #[must_use]
    pub fn connect(self) -> (Aws, CallbackStore) {
        let aws = Aws::connect(self.aws);
        let store = CallbackStore::new(aws.dynamodb(), self.callbacks);
        (aws, store)
    }
}

/// A failure: its status, its word and what it says. The word stands in the log, too.
#[must_use]
pub fn failure(status: StatusCode, error: &'static str, message: &str) -> Answer {
    Answer::json(status, error, &WireFailure { error, message })
}

/// A database that failed.
#[must_use]
pub fn unavailable() -> Answer {
    failure(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "try again")
}

/// The answer to what the entry point refuses.
#[must_use]
pub fn refuse(refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::Denied(_) | Refusal::Event => Answer::forbidden(),
        Refusal::TooLarge { .. } => {
            failure(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large")
        }
        Refusal::ContentType => {
            failure(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", "the body must be application/json")
        }
        Refusal::Encoding | Refusal::NotUtf8 | Refusal::Json(_) | Refusal::Request(_) => {
            failure(StatusCode::BAD_REQUEST, "bad_request", &refusal.to_string())
        }
        Refusal::TimedOut => failure(StatusCode::SERVICE_UNAVAILABLE, "timed_out", "try again"),
        Refusal::Panicked => failure(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "internal error"),
    }
}
