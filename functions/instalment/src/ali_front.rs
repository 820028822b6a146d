//! Ali-front, the caller of `get_status` and `renew_contract`: the envelope and the errors that both have in
//! common (§3). Members of every body stand in the order of the specification's examples.

use domain::instalment::ClientId;
use http::StatusCode;
use platform::http::{Answer, Refusal, Request};
use platform::session::{AliFront, Session};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A session of Ali-front: every caller of this context's endpoints.
pub type Caller = Session<AliFront>;

/// An error that Ali-front knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// No session, or no contract.
    AccessDenied,
    /// The contract is not in a terminal state.
    ContractNotTerminal,
    /// The body is not what the endpoint takes.
    BadRequest,
    /// The database failed, or we did.
    Internal,
}

/// `params` may be absent, null or any object; what it holds is not looked at.
#[derive(Deserialize)]
struct Envelope {
    method: String,
    #[serde(default, rename = "params")]
    _params: Option<Map<String, Value>>,
}

#[derive(Serialize)]
struct WireError {
    error: &'static str,
}

/// Checks the envelope, whose `method` must name the endpoint that was called, and tells who calls. `None`
/// is a client id too long to be one that a contract belongs to.
///
/// # Errors
/// [`Refusal::Json`] or [`Refusal::Request`].
pub fn open(request: Request<Caller>, method: &str) -> Result<Option<ClientId>, Refusal> {
    if request.json::<Envelope>()?.method != method {
        return Err(Refusal::Request(format!("method is not {method}")));
    }
    Ok(ClientId::new(request.caller.subject.into_inner()).ok())
}

/// The answer to what the entry point refuses.
#[must_use]
pub fn refuse(refusal: &Refusal) -> Answer {
    deny(match refusal {
        Refusal::Denied(_) => Denial::AccessDenied,
        Refusal::Event
        | Refusal::TooLarge { .. }
        | Refusal::ContentType
        | Refusal::Encoding
        | Refusal::NotUtf8
        | Refusal::Json(_)
        | Refusal::Request(_) => Denial::BadRequest,
        Refusal::TimedOut | Refusal::Panicked => Denial::Internal,
    })
}

/// An error's answer.
#[must_use]
pub fn deny(denial: Denial) -> Answer {
    let (status, error) = match denial {
        Denial::AccessDenied => (StatusCode::FORBIDDEN, "access_denied"),
        Denial::ContractNotTerminal => (StatusCode::FORBIDDEN, "contract_not_terminal"),
        Denial::BadRequest => (StatusCode::BAD_REQUEST, "bad_request"),
        Denial::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    };
    Answer::json(status, error, &WireError { error })
}
