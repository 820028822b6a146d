//! The bank's API that binds cards (§10, Card binding): the only one that is told a card's number. This file alone knows its
//! wire format.

use std::time::Duration;

use domain::marketplace::{Bank, CardNumber, IdNumber, PersonName, Phone};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use platform::Scope;
use platform::config::{Environment, Stage, Variable};
use platform::json;
use platform::metrics::Count;
use platform::partner::{BaseUrl, Call, Connectors, Limits, Method, Outcome, PartnerClient};
use serde::{Deserialize, Serialize};
use tracing::warn;

/// The longest answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;
/// The longest reference that is kept, in bytes.
const LONGEST_REF: usize = 200;
/// The longest words of the bank's that are passed on, in characters.
const LONGEST_WORDS: usize = 200;
/// Nobody knows whether a card was bound.
const UNCLEAR: Count = Count::of("card_binding_unclear");
/// The bank takes our request for none: it binds nobody's card then.
const DECLINED: Count = Count::of("card_binding_declined");

const TENOR_ENV: Variable = Variable {
    name: "TENOR_ENV",
    meaning: "Where the system runs; `local` allows plain HTTP to loopback.",
    default: Some("production"),
};
const BANK_URL: Variable = Variable {
    name: "BANK_URL",
    meaning: "Where the API is that binds cards; `/cards` is appended.",
    default: None,
};
const BANK_CONNECT_TIMEOUT_MS: Variable = Variable {
    name: "BANK_CONNECT_TIMEOUT_MS",
    meaning: "How long connecting to the API may take that binds cards.",
    default: Some("1000"),
};
const BANK_TIMEOUT_MS: Variable =
    Variable { name: "BANK_TIMEOUT_MS", meaning: "How long binding a card may take.", default: Some("8000") };

/// Where the API is and how long it may take.
#[derive(Clone, Debug)]
pub struct BankSettings {
    url: BaseUrl,
    connect_timeout: Duration,
    timeout: Duration,
}

/// The API that binds cards.
#[derive(Clone, Debug)]
pub struct CardBinding {
    client: PartnerClient,
    url: BaseUrl,
}

/// A card that is to be bound, and whose it is. Its `Debug` is masked.
#[derive(Clone, Copy, Debug)]
pub struct BindRequest<'a> {
    /// The same for every repeat.
    pub request_id: &'a str,
    /// Whose card it is.
    pub name: &'a PersonName,
    /// Their id number.
    pub id_number: &'a IdNumber,
    /// Their phone, as the bank has it.
    pub phone: &'a Phone,
    /// The card's bank.
    pub bank: Bank,
    /// The card's number.
    pub card_number: &'a CardNumber,
}

/// What came of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Binding {
    /// It is bound, and the bank calls it so.
    Bound(String),
    /// The bank refused, in these words, if it has some.
    Refused(String),
    /// Nobody knows: a repeat with the same id will tell.
    Unclear,
}

#[derive(Serialize)]
struct WireRequest<'a> {
    request_id: &'a str,
    name: &'a str,
    cid: &'a str,
    phone: &'a str,
    bank_code: &'static str,
    card_no: &'a str,
}

#[derive(Deserialize)]
struct WireAnswer {
    status: WireStatus,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    card_ref: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireStatus {
    Bound,
    Refused,
}

impl BankSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let stage: Option<Stage> = environment.read(TENOR_ENV);
        let url: Option<BaseUrl> = environment.read(BANK_URL);
        let connect_timeout = environment.read(BANK_CONNECT_TIMEOUT_MS);
        let timeout = environment.read(BANK_TIMEOUT_MS);
        let (stage, url) = (stage?, url?);
        if let Err(problem) = url.allowed_in(stage) {
            environment.note(format!("{} {problem}", BANK_URL.name));
        }
        Some(Self { url, connect_timeout: connect_timeout?, timeout: timeout? })
    }

    /// The API over the internet, beside the partners with these connectors.
    #[must_use]
    pub fn connect(&self, connectors: &Connectors) -> CardBinding {
        self.over(PartnerClient::beside(connectors, self.connect_timeout, self.limits()))
    }

    /// The API over this client.
    #[must_use]
    pub fn over(&self, client: PartnerClient) -> CardBinding {
        CardBinding { client, url: self.url.clone() }
    }

    /// The bounds of a call.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits { timeout: self.timeout, answer_bytes: ANSWER_BYTES }
    }
}

impl CardBinding {
    /// Has a card bound, once. A repeat has the same id, by which the bank knows it.
    pub async fn bind(&self, scope: &Scope, request: BindRequest<'_>) -> Binding {
        let wire = WireRequest {
            request_id: request.request_id,
            name: request.name.as_str(),
            cid: request.id_number.as_str(),
            phone: request.phone.as_str(),
            bank_code: request.bank.code(),
            card_no: request.card_number.as_str(),
        };
        // A struct with string keys always serialises.
        let body = serde_json::to_vec(&wire).unwrap_or_default();
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let call = Call { method: Method::POST, url: self.url.join("/cards"), headers, body };
        let outcome = self.client.send(scope, call).await;
        if let Outcome::Refused(answer) = &outcome
            && is_declined(answer.status)
        {
            warn!(status = answer.status.as_u16(), "the bank declined a request to bind a card");
            scope.count(DECLINED);
            return Binding::Refused(String::new());
        }
        judge(outcome, request.card_number).unwrap_or_else(|cause| {
            warn!(cause, "nobody knows whether a card was bound");
            scope.count(UNCLEAR);
            Binding::Unclear
        })
    }
}

/// Whether a status says for certain that nothing was bound, and that a repeat would be told the same. Those that another
/// request, or another time, would change the answer of are none: a time-out, a conflict, and what comes too early or too
/// often. Nor is a redirection, which is not followed.
fn is_declined(status: StatusCode) -> bool {
    status.is_client_error()
        && !matches!(
            status,
            StatusCode::REQUEST_TIMEOUT
                | StatusCode::CONFLICT
                | StatusCode::TOO_EARLY
                | StatusCode::TOO_MANY_REQUESTS
        )
}

/// An error is why nothing is clear.
fn judge(outcome: Outcome, number: &CardNumber) -> Result<Binding, String> {
    let answer = match outcome {
        Outcome::Answered(answer) => answer,
        Outcome::Refused(answer) => return Err(format!("status {}", answer.status)),
        Outcome::NotSent(cause) | Outcome::Unknown(cause) => return Err(cause.to_string()),
    };
    let told: WireAnswer = json::object(&answer.body).map_err(|_| "what was told is no answer".to_owned())?;
    match told.status {
        WireStatus::Refused => Ok(Binding::Refused(words(&told.message.unwrap_or_default(), number))),
        WireStatus::Bound => match told.card_ref {
            Some(card_ref) if is_reference(&card_ref, number) => Ok(Binding::Bound(card_ref)),
            Some(_) | None => Err("bound without a reference that can be kept".to_owned()),
        },
    }
}

/// The bank's words, which the platform shows its user: not long, and without the number.
fn words(message: &str, number: &CardNumber) -> String {
    number.hidden_in(message).trim().chars().take(LONGEST_WORDS).collect()
}

/// A reference is kept and told to the core: it must not be the number.
fn is_reference(card_ref: &str, number: &CardNumber) -> bool {
    !card_ref.trim().is_empty() && card_ref.len() <= LONGEST_REF && !card_ref.contains(number.as_str())
}
