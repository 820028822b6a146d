//! Rongshu, the marketplace: `POST /rongshu/{channel}/api/v2/…`, and the controls that have it call us, say what
//! pulls return, and plan faults.
//!
//! It takes a lender's callbacks and answers his pulls. [`envelope`] judges who sends a call and when, [`content`]
//! what it says, [`call`] makes the calls of the platform's own.

mod call;
mod content;
mod controls;
mod crypto;
mod envelope;
mod faults;
mod kind;
mod secrets;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post, put};
use serde_json::json;

use self::controls::Data;
use self::envelope::{Envelope, Refusal};
use self::faults::{Fault, Faults};
use self::kind::Kind;
use self::secrets::Channel;
pub(crate) use self::secrets::Secrets;
use crate::control::decoded;
use crate::log::{Entry, Partner};
use crate::received::{Received, shown};
use crate::{Shared, lock};

/// How long a call with a fault `timeout` or `timeout_after_effect` is held: longer than any caller waits.
const HOLD: Duration = Duration::from_secs(30);
const BASE: &str = "/rongshu/";
const WITHOUT_SECRETS: &str = "Rongshu has no secrets: start the sandbox with --rongshu-secrets FILE";

/// Rongshu's memory.
#[derive(Default)]
pub(crate) struct Rongshu {
    secrets: Option<Secrets>,
    mind: Mutex<Mind>,
}

#[derive(Default)]
struct Mind {
    /// By user.
    data: BTreeMap<String, Data>,
    faults: Faults,
    /// By channel and user: the order that was pushed last.
    orders: BTreeMap<(String, String), String>,
    /// By document number: the order, and its user, that a call of the platform named last.
    persons: BTreeMap<String, (String, String)>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/rongshu/{*call}", any(receive))
        .route("/_control/rongshu/call/{op}", post(call::call))
        .route("/_control/rongshu/data/{uid}", put(controls::set_data))
        .route("/_control/rongshu/faults", put(controls::set_faults))
}

impl Rongshu {
    pub(crate) fn new(secrets: Option<Secrets>) -> Self {
        Self { secrets, mind: Mutex::default() }
    }

    pub(crate) fn reset(&self) {
        *lock(&self.mind) = Mind::default();
    }

    /// The order of a user, of whatever channel.
    pub(crate) fn order_of_user(&self, uid: &str) -> Option<String> {
        let mind = lock(&self.mind);
        mind.orders.iter().find(|((_, own), _)| own == uid).map(|(_, order)| order.clone())
    }

    /// The order of whoever has that document number, and its user.
    pub(crate) fn order_of_person(&self, cid: &str) -> Option<(String, String)> {
        lock(&self.mind).persons.get(cid).cloned()
    }

    /// Judges a call, and writes into `entry` what came of it.
    fn answer(&self, call: &Call<'_>, received: &Received, entry: &mut Entry) -> Answer {
        entry.kind = call.kind.name();
        let mut mind = lock(&self.mind);
        if let Err(refusal) = call.check(&mind, received, entry) {
            entry.outcome = format!("refused:{}", refusal.code.number()).into();
            return Answer::json(&json!({"code": refusal.code.number(), "message": refusal.message}));
        }
        let ids: Vec<&str> = [&entry.order, &entry.uid].into_iter().flatten().map(String::as_str).collect();
        let Some(fault) = mind.faults.take(&call.kind, &ids) else {
            let (outcome, answer) = mind.done(call.kind, entry.uid.as_deref());
            entry.outcome = outcome.into();
            return answer;
        };
        entry.outcome = format!("fault:{}", fault.name()).into();
        Answer::spoilt(fault, &received.uri.to_string())
    }
}

impl Mind {
    /// The answer to a good call.
    fn done(&self, kind: Kind, uid: Option<&str>) -> (&'static str, Answer) {
        let Some(number) = kind.pulled() else {
            return ("answered", Answer::json(&json!({"code": 0, "message": "success"})));
        };
        let data = uid.and_then(|uid| self.data.get(uid)).and_then(|data| data.of(kind));
        let Some(data) = data else {
            let all = json!({"code": 0, "message": "not ready", "status": "1", "type": number});
            return ("not_ready", Answer::json(&all));
        };
        let all = json!({"code": 0, "message": "ok", "status": "0", "data": data, "type": number});
        ("answered", Answer::json(&all))
    }
}

/// A call that has somewhere to go.
struct Call<'a> {
    name: String,
    channel: &'a Channel,
    kind: Kind,
}

impl<'a> Call<'a> {
    /// `POST /rongshu/{channel}/{path of a kind}`.
    fn of(secrets: &'a Secrets, received: &Received) -> Option<Self> {
        let (segment, path) = received.uri.path().strip_prefix(BASE)?.split_once('/')?;
        let name = decoded(segment).ok()?;
        let kind = Kind::at(path).filter(|_| received.method == Method::POST)?;
        Some(Self { channel: secrets.channel(&name)?, name, kind })
    }

    /// Whether it is to be taken. What can be read of it is logged, whoever it is from.
    fn check(&self, mind: &Mind, received: &Received, entry: &mut Entry) -> Result<(), Refusal> {
        entry.verified = false;
        let envelope = Envelope::read(received)?;
        entry.timestamp = Some(envelope.timestamp.clone());
        let opened = envelope.opened(self.channel);
        if let Ok(clear) = &opened {
            entry.decrypted = shown(clear.as_bytes());
            self.describe(mind, clear, entry);
        }
        envelope.check(self.channel, received.at)?;
        let clear = opened?;
        entry.verified = true;
        content::check(self.kind, &clear).map_err(|wrong| envelope::Code::Parameter.because(wrong))
    }

    /// The order and the user: a callback names the one, a pull the other.
    fn describe(&self, mind: &Mind, clear: &str, entry: &mut Entry) {
        if self.kind.pulled().is_some() {
            entry.uid = content::id(clear, "uid");
            let key = entry.uid.clone().map(|uid| (self.name.clone(), uid));
            let order = key.and_then(|key| mind.orders.get(&key).cloned());
            entry.order = order.or_else(|| entry.uid.clone());
        } else {
            entry.order = content::id(clear, "orderId");
            let own = |((channel, _), order): &(&(String, String), &String)| {
                *channel == self.name && Some(*order) == entry.order.as_ref()
            };
            entry.uid = mind.orders.iter().find(own).map(|((_, uid), _)| uid.clone());
        }
    }
}

/// What goes back.
struct Answer {
    status: StatusCode,
    content_type: &'static str,
    location: Option<String>,
    body: String,
    /// Whether the connection is held until the caller has given up.
    held: bool,
}

impl Answer {
    fn new(status: StatusCode, content_type: &'static str, body: String) -> Self {
        Self { status, content_type, location: None, body, held: false }
    }

    fn json(body: &serde_json::Value) -> Self {
        Self::new(StatusCode::OK, "application/json;charset=UTF-8", body.to_string())
    }

    /// A text that is none of Rongshu's answers.
    fn plain(status: StatusCode, text: &str) -> Self {
        Self::new(status, "text/plain;charset=UTF-8", text.to_owned())
    }

    fn spoilt(fault: Fault, own: &str) -> Self {
        match fault {
            Fault::Http500 => Self::plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error"),
            Fault::Code(code) => Self::json(&json!({"code": code, "message": "沙箱指定的错误"})),
            // Whoever followed would send the same again, and be seen to.
            Fault::Redirect => {
                let moved = Self::plain(StatusCode::TEMPORARY_REDIRECT, "");
                Self { location: Some(own.to_owned()), ..moved }
            }
            Fault::Timeout | Fault::TimeoutAfterEffect => {
                Self { held: true, ..Self::plain(StatusCode::GATEWAY_TIMEOUT, "") }
            }
        }
    }
}

async fn receive(State(sandbox): State<Shared>, received: Received) -> Response {
    let mut entry = received.entry(Partner::Rongshu);
    let rongshu = &sandbox.rongshu;
    let answer = match rongshu.secrets.as_ref().map(|secrets| Call::of(secrets, &received)) {
        None => {
            (entry.outcome, entry.verified) = ("without_secrets".into(), false);
            Answer::plain(StatusCode::SERVICE_UNAVAILABLE, WITHOUT_SECRETS)
        }
        Some(None) => {
            entry.verified = false;
            Answer::plain(StatusCode::NOT_FOUND, "Rongshu has no such channel or call")
        }
        Some(Some(call)) => rongshu.answer(&call, &received, &mut entry),
    };
    entry.response = shown(answer.body.as_bytes());
    sandbox.log.add(entry);
    if answer.held {
        tokio::time::sleep(HOLD).await;
    }
    let location = answer.location.map(|location| [(header::LOCATION, location)]);
    (answer.status, [(header::CONTENT_TYPE, answer.content_type)], location, answer.body).into_response()
}
