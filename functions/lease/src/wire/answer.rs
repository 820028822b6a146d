//! Answers (§8, §12): `{"code":"OK","data":{…}}`, or a code with a message and what Ant said.

use domain::lease::{Busy, Order};
use http::StatusCode;
use platform::http::{Answer, Refusal};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::error;

use crate::ant::{self, Reply};
use crate::failure::Failure;
use crate::store::Answered;

/// An answer before it is one of HTTP's: what is kept under an Idempotency-Key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The HTTP status.
    pub status: StatusCode,
    /// Its word in the log.
    pub outcome: &'static str,
    /// The JSON body.
    pub body: String,
}

#[derive(Serialize)]
struct WireSuccess<'a> {
    code: &'static str,
    data: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct WireFailure<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ant: Option<WireAnt<'a>>,
}

#[derive(Serialize)]
struct WireAnt<'a> {
    result_code: &'a str,
    result_msg: &'a str,
    req_msg_id: &'a str,
}

impl<'a> From<&'a Reply> for WireAnt<'a> {
    fn from(reply: &'a Reply) -> Self {
        Self { result_code: &reply.result_code, result_msg: &reply.result_msg, req_msg_id: &reply.req_msg_id }
    }
}

impl Written {
    fn new(status: StatusCode, outcome: &'static str, body: &impl Serialize) -> Self {
        Self { status, outcome, body: serde_json::to_string(body).unwrap_or_default() }
    }

    /// As HTTP's.
    #[must_use]
    pub fn into_answer(self) -> Answer {
        let is_internal = self.status == StatusCode::INTERNAL_SERVER_ERROR;
        let answer = Answer::json_text(self.status, self.outcome, self.body);
        // 502 to 504 are Ant's doing, or ours on purpose.
        if is_internal { answer } else { answer.partners_fault() }
    }
}

/// The order's id and state, with what else is told.
#[must_use]
pub fn success(order: &Order, data: &Map<String, Value>) -> Written {
    let mut all = Map::new();
    all.insert("order_id".to_owned(), Value::from(order.id.as_str()));
    all.insert("state".to_owned(), Value::from(order.state.as_str()));
    all.extend(data.clone());
    Written::new(StatusCode::OK, "ok", &WireSuccess { code: "OK", data: &all })
}

/// An answer as it was given before.
#[must_use]
pub(super) fn given_before(answered: Answered) -> Written {
    let status = StatusCode::from_u16(answered.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Written { status, outcome: "answered_before", body: answered.body }
}

/// What Ant did not say OK to.
#[must_use]
pub fn ant_failure(failure: &ant::Failure) -> Written {
    let (status, code, message, ant) = match failure {
        ant::Failure::Disabled => {
            (StatusCode::SERVICE_UNAVAILABLE, "ANT_DISABLED", "Ant is switched off; try again later", None)
        }
        ant::Failure::NotSent => {
            (StatusCode::BAD_GATEWAY, "ANT_REJECTED", "not sent: Ant cannot be reached", None)
        }
        ant::Failure::Rejected(reply) => {
            let message = if reply.result_msg.is_empty() { "rejected" } else { reply.result_msg.as_str() };
            (StatusCode::BAD_GATEWAY, "ANT_REJECTED", message, Some(WireAnt::from(reply)))
        }
        ant::Failure::Refused(_) => {
            (StatusCode::BAD_GATEWAY, "ANT_REJECTED", "the gateway refused the request", None)
        }
        ant::Failure::Signature => (StatusCode::BAD_GATEWAY, "ANT_REJECTED", "signature", None),
        ant::Failure::Unknown(_) => (
            StatusCode::GATEWAY_TIMEOUT,
            "ANT_UNKNOWN",
            "no usable answer: the outcome is not known yet",
            None,
        ),
    };
    Written::new(status, failure.kind(), &WireFailure { code, message, ant })
}

/// A failure's answer.
#[must_use]
pub(super) fn failed(failure: Failure) -> Written {
    let text = failure.to_string();
    let plain = |status, outcome, code| {
        Written::new(status, outcome, &WireFailure { code, message: &text, ant: None })
    };
    match failure {
        Failure::BadInput(_) => plain(StatusCode::BAD_REQUEST, "invalid_argument", "INVALID_ARGUMENT"),
        Failure::NotFound => plain(StatusCode::NOT_FOUND, "order_not_found", "ORDER_NOT_FOUND"),
        Failure::Forbidden => plain(StatusCode::FORBIDDEN, "forbidden", "FORBIDDEN"),
        Failure::KeyMismatch => plain(StatusCode::CONFLICT, "idempotency_mismatch", "IDEMPOTENCY_MISMATCH"),
        Failure::KeyRunning => plain(StatusCode::CONFLICT, "idempotency_running", "IDEMPOTENCY_RUNNING"),
        Failure::Busy(Busy::Running) | Failure::Raced => {
            plain(StatusCode::CONFLICT, "running", "STATE_CONFLICT")
        }
        Failure::Busy(Busy::UnknownOutcome) => {
            plain(StatusCode::CONFLICT, "unknown_outcome", "STATE_CONFLICT")
        }
        Failure::Conflict(_) => plain(StatusCode::CONFLICT, "state_conflict", "STATE_CONFLICT"),
        Failure::Precondition(_) => {
            plain(StatusCode::UNPROCESSABLE_ENTITY, "precondition_failed", "PRECONDITION_FAILED")
        }
        Failure::Ant(failure) => ant_failure(&failure),
        Failure::Database(_) | Failure::Cryptography(_) => {
            error!(failure = text, "the operation failed");
            internal()
        }
        Failure::Answered(answered) => given_before(answered),
    }
}

/// Whether a failure's answer is kept under the caller's Idempotency-Key (§12): 409, 422 and 502 are, if they are not
/// about the moment alone.
#[must_use]
pub(super) fn is_kept(failure: &Failure) -> bool {
    match failure {
        Failure::Conflict(_) | Failure::Precondition(_) => true,
        Failure::Ant(failure) => match failure {
            ant::Failure::NotSent | ant::Failure::Rejected(_) | ant::Failure::Refused(_) => true,
            ant::Failure::Disabled | ant::Failure::Signature | ant::Failure::Unknown(_) => false,
        },
        Failure::BadInput(_)
        | Failure::NotFound
        | Failure::Forbidden
        | Failure::KeyMismatch
        | Failure::KeyRunning
        | Failure::Busy(_)
        | Failure::Raced
        | Failure::Database(_)
        | Failure::Cryptography(_)
        | Failure::Answered(_) => false,
    }
}

fn internal() -> Written {
    let body = WireFailure { code: "INTERNAL_ERROR", message: "internal error", ant: None };
    Written::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", &body)
}

/// The answer to what the entry point refuses.
#[must_use]
pub(super) fn refuse(refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::Denied(_) | Refusal::Event => Answer::forbidden(),
        Refusal::TooLarge { .. }
        | Refusal::ContentType
        | Refusal::Encoding
        | Refusal::NotUtf8
        | Refusal::Json(_)
        | Refusal::Request(_) => {
            let message = refusal.to_string();
            let body = WireFailure { code: "INVALID_ARGUMENT", message: &message, ant: None };
            Written::new(StatusCode::BAD_REQUEST, "invalid_argument", &body).into_answer()
        }
        // What was begun is written on the order, and a question resolves it.
        Refusal::TimedOut => ant_failure(&ant::Failure::Unknown("timed_out")).into_answer(),
        Refusal::Panicked => internal().into_answer(),
    }
}
