//! ant-notify as a Lambda.

use http::StatusCode;
use platform::Scope;
use platform::config::Environment;
use platform::http::{Answer, Anyone, BodyRule, Endpoint, Refusal, Request};
use platform::metrics::{Count, Source};
use platform::start::StartError;
use serde::Serialize;
use tracing::error;

use super::{Message, Taken, Unreadable, handle};
use crate::CONTEXT;
use crate::deps::{self, Deps};
use crate::store::NotificationStore;

/// Somebody sent what they could not sign.
const BAD_SIGNATURE: Count = Count::of("ant_bad_signature");

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    /// What every function of the context has.
    pub deps: deps::Settings,
    /// The table of notifications.
    pub notifications: String,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let deps = deps::Settings::read(environment);
        let notifications = NotificationStore::read_table(environment);
        Some(Self { deps: deps?, notifications: notifications? })
    }
}

/// The endpoint.
#[derive(Debug)]
pub struct AntNotify {
    /// What it works with.
    pub deps: Deps,
    /// What was told before.
    pub notifications: NotificationStore,
}

#[derive(Serialize)]
struct Wire {
    result_code: &'static str,
}

fn wire(status: StatusCode, outcome: &'static str, result_code: &'static str) -> Answer {
    Answer::json(status, outcome, &Wire { result_code })
}

impl AntNotify {
    /// Builds the endpoint and opens its connections.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let (deps, aws) = settings.deps.open_with_aws().await?;
        Ok(Self { deps, notifications: NotificationStore::new(aws.dynamodb(), settings.notifications) })
    }

    /// A body whose signature is bad is read again with a secret that was just replaced, at most once a minute.
    async fn read(&self, scope: &Scope, request: &Request<Anyone>) -> Result<Message, Unreadable> {
        let content_type = request.header("content-type");
        let secret = self.deps.ant.secret();
        let read = || Message::read(content_type, request.body(), &secret.current());
        match read() {
            Err(Unreadable::Signature) if secret.refresh_after_bad_signature(scope).await => read(),
            read => read,
        }
    }
}

impl Endpoint for AntNotify {
    type Caller = Anyone;
    const SOURCE: Source = Source { context: CONTEXT, function: "ant-notify" };
    const BODY: BodyRule = BodyRule::Text { limit: 1_048_576 };

    fn gate(&self) -> &() {
        &()
    }

    async fn answer(&self, scope: &Scope, request: Request<Anyone>) -> Result<Answer, Refusal> {
        let message = match self.read(scope, &request).await {
            Ok(message) => message,
            Err(Unreadable::Signature) => {
                scope.count(BAD_SIGNATURE);
                return Ok(wire(StatusCode::UNAUTHORIZED, "signature_invalid", "SIGNATURE_INVALID"));
            }
            Err(Unreadable::Form) => return Err(Refusal::Request("no notification".into())),
        };
        Ok(match handle(&self.deps, &self.notifications, scope, &message).await {
            Ok(taken) => {
                let outcome = match taken {
                    Taken::Now => "taken",
                    Taken::Before => "repeated",
                    Taken::ForNobody => "unknown_order",
                };
                wire(StatusCode::OK, outcome, "OK")
            }
            Err(failure) => {
                error!(%failure, "a notification could not be written down");
                wire(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "INTERNAL_ERROR")
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        match refusal {
            Refusal::TimedOut | Refusal::Panicked => {
                wire(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "INTERNAL_ERROR")
            }
            Refusal::Event
            | Refusal::Denied(_)
            | Refusal::TooLarge { .. }
            | Refusal::ContentType
            | Refusal::Encoding
            | Refusal::NotUtf8
            | Refusal::Json(_)
            | Refusal::Request(_) => wire(StatusCode::BAD_REQUEST, "invalid_argument", "INVALID_ARGUMENT"),
        }
    }
}
