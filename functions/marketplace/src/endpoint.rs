//! How the platform's calls reach an operation (§1, §3): `POST /openapi/rongshu/{op}`, one endpoint for each.

mod checks;
mod exposed;

use std::borrow::Cow;
use std::future::Future;

use domain::marketplace::FieldError;
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::json::{self, JsonError};
use platform::metrics::Source;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::channel::Channel;

pub use exposed::Exposed;

/// The limit of every operation but pushOrder: 1 MiB (design §3).
pub const BODY_BYTES: usize = 1_048_576;

/// An operation that the platform calls (§3). Its envelope is opened and verified before.
pub trait Operation {
    /// Its name in the path, `/openapi/rongshu/{op}`.
    const OP: &'static str;
    /// The function that it is.
    const SOURCE: Source;
    /// The longest body that it takes, in bytes.
    const BODY_BYTES: usize = BODY_BYTES;
    /// What the platform asks.
    type Input;

    /// Reads the business JSON, `text` as it was signed or decrypted; [`object`] does for most.
    ///
    /// # Errors
    /// [`Failure::Parameter`]: what is wrong with it.
    fn read(channel: &Channel, text: String) -> Result<Self::Input, Failure>;

    /// Does it.
    ///
    /// # Errors
    /// Why it was not done.
    fn handle(
        &self,
        scope: &Scope,
        channel: &Channel,
        input: Self::Input,
    ) -> impl Future<Output = Result<Reply, Failure>>;
}

/// What an operation answers, code 0: the business JSON of `response`, and a word for the request's log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub(crate) outcome: &'static str,
    pub(crate) response: String,
}

/// Why an operation answers another code than 0.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// 10002: what is asked for is malformed or not there. The text goes to the platform; it must not quote the request.
    #[error("{0}")]
    Parameter(Cow<'static, str>),
    /// 10001: our fault, which the log tells and the platform is not told.
    #[error("{0}")]
    Internal(String),
}

impl Reply {
    /// Answers `body`, which must serialise: a struct with string keys always does. `outcome` is the log's word for it,
    /// in `snake_case`.
    #[must_use]
    pub fn json(outcome: &'static str, body: &impl Serialize) -> Self {
        Self { outcome, response: serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned()) }
    }
}

impl Failure {
    /// 10002 with these words.
    #[must_use]
    pub fn parameter(words: &'static str) -> Self {
        Self::Parameter(Cow::Borrowed(words))
    }

    /// 10002, naming the field.
    #[must_use]
    pub fn field(field: &'static str, problem: &impl ToString) -> Self {
        Self::Parameter(Cow::Owned(format!("{field}: {}", problem.to_string())))
    }
}

impl From<FieldError> for Failure {
    fn from(error: FieldError) -> Self {
        Self::Parameter(Cow::Owned(error.to_string()))
    }
}

impl From<JsonError> for Failure {
    fn from(error: JsonError) -> Self {
        Self::Parameter(Cow::Owned(format!("request: {error}")))
    }
}

impl From<DynamoDbError> for Failure {
    fn from(error: DynamoDbError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Reads the business JSON into an operation's wire struct.
///
/// # Errors
/// [`Failure::Parameter`]: no JSON, no object, too deep, or a member is missing or of the wrong type.
pub fn object<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    Ok(json::object(text.as_bytes())?)
}
