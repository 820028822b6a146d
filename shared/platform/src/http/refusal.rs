use crate::json::JsonError;

/// Why the entry point answers itself. The endpoint gives each its own wire format.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The event is not one of API Gateway's.
    #[error("unreadable event")]
    Event,
    /// The caller is not who the route asks for; the reason is for the log only.
    #[error("denied: {0}")]
    Denied(String),
    /// The body, after decoding, is over the route's limit in bytes.
    #[error("body over {limit} bytes")]
    TooLarge {
        /// The route's limit.
        limit: usize,
    },
    /// The content type is missing or not `application/json`.
    #[error("content type is not application/json")]
    ContentType,
    /// The body is not base64 although the event says so.
    #[error("body is not base64")]
    Encoding,
    /// The body is not UTF-8.
    #[error("body is not UTF-8")]
    NotUtf8,
    /// The body is no JSON object, nests deeper than 128, or lacks what the operation needs.
    #[error("bad JSON: {0}")]
    Json(JsonError),
    /// The body is read, but not what the operation takes.
    #[error("bad request: {0}")]
    Request(String),
    /// The operation took longer than the invocation has.
    #[error("timed out")]
    TimedOut,
    /// The operation panicked.
    #[error("panicked")]
    Panicked,
}
