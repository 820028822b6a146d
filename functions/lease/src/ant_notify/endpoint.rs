//! ant-notify as a Lambda.

use http::StatusCode;
use platform::Scope;
use platform::config::Environment;
use platform::http::{Answer, Anyone, BodyRule, Endpoint, Refusal, Request};
use platform::metrics::{Count, Source};
use platform::start::StartError;
use serde::Serialize;
use tracing::error;

use super::{Dialect, Message, Taken, Unreadable, Unverified, handle};
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

/// What the one who speaks is told: the gateway a code, Alipay a word, of which any but `success` has it repeat.
fn answer_in(
    dialect: Dialect,
    status: StatusCode,
    outcome: &'static str,
    result_code: &'static str,
) -> Answer {
    match (dialect, status.is_success()) {
        (Dialect::Gateway, _) => wire(status, outcome, result_code),
        (Dialect::Alipay, true) => Answer::plain_text(status, outcome, "success"),
        (Dialect::Alipay, false) => Answer::plain_text(status, outcome, "failure"),
    }
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

    /// A body whose signature is bad is verified again with a secret that was just replaced, at most once a minute.
    async fn verified(&self, scope: &Scope, body: &Unverified) -> Result<Message, Unreadable> {
        let secret = self.deps.ant.secret();
        match body.verified(&secret.current()) {
            Err(Unreadable::Signature) if secret.refresh_after_bad_signature(scope).await => {
                body.verified(&secret.current())
            }
            verified => verified,
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
        let body = Unverified::read(request.header("content-type"), request.body());
        let body = body.ok_or_else(|| Refusal::Request("no notification".into()))?;
        let answer = |status, outcome, result_code| answer_in(body.dialect, status, outcome, result_code);
        let message = match self.verified(scope, &body).await {
            Ok(message) => message,
            Err(Unreadable::Signature) => {
                scope.count(BAD_SIGNATURE);
                return Ok(answer(StatusCode::UNAUTHORIZED, "signature_invalid", "SIGNATURE_INVALID"));
            }
            Err(Unreadable::Form) => {
                return Ok(answer(StatusCode::BAD_REQUEST, "invalid_argument", "INVALID_ARGUMENT"));
            }
        };
        Ok(match handle(&self.deps, &self.notifications, scope, &message).await {
            Ok(Taken::Now) => answer(StatusCode::OK, "taken", "OK"),
            Ok(Taken::Before) => answer(StatusCode::OK, "repeated", "OK"),
            Ok(Taken::ForNobody) => answer(StatusCode::OK, "unknown_order", "OK"),
            Err(failure) => {
                error!(%failure, "a notification could not be written down");
                answer(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "INTERNAL_ERROR")
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
