//! Ant's gateway: `POST /ant/gateway.do`, its orders, and the controls that set them, plan faults and notify.
//!
//! It is the product ATO of `AntChain`'s gateway, as far as lease orders speak to it. What a call asks for is
//! judged as strictly as Ant would: [`envelope`] has what every call has, [`fields`] what its method asks for.

mod answer;
mod content;
mod controls;
mod envelope;
mod faults;
mod fields;
mod method;
mod methods;
mod notify;
mod orders;
mod refusal;
mod secrets;
mod signing;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{Method as Verb, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post, put};
use jiff::Timestamp;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use self::answer::Answer;
use self::envelope::Parameters;
use self::faults::{Fault, Faults};
use self::fields::Checked;
use self::method::Method;
use self::methods::{Call, Done};
use self::orders::Orders;
use self::refusal::Refusal;
pub(crate) use self::secrets::Secrets;
use self::signing::Secret;
use crate::log::{Entry, Partner};
use crate::received::{Received, now, shown};
use crate::{Shared, lock};

/// How long a call with a fault `timeout` or `timeout_after_effect` is held: longer than any caller waits.
const HOLD: Duration = Duration::from_secs(30);
/// Where the gateway is: under Ant's own base path, and as in the official SDKs, which have none.
const GATEWAYS: [&str; 2] = ["/ant/gateway.do", "/gateway.do"];
const WITHOUT_SECRETS: &str = "Ant has no secrets: start the sandbox with --ant-secrets FILE";

/// Ant's memory.
pub(crate) struct Ant {
    secrets: Option<Secrets>,
    mind: Mutex<Mind>,
    next_number: AtomicU64,
}

#[derive(Default)]
struct Mind {
    orders: Orders,
    faults: Faults,
    /// The ids of the calls that came with a good signature: none may come again.
    seen: BTreeSet<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/ant/{*call}", any(call))
        .route("/gateway.do", any(call))
        .route("/_control/ant/orders/{order_id}", put(controls::set_order).get(controls::order))
        .route("/_control/ant/faults", put(controls::set_faults))
        .route("/_control/ant/notify", post(notify::notify))
}

impl Default for Ant {
    fn default() -> Self {
        Self::new(None)
    }
}

impl Ant {
    /// Its numbers go on from the clock, so that none comes again after a restart.
    pub(crate) fn new(secrets: Option<Secrets>) -> Self {
        let start = u64::try_from(now().as_microsecond()).unwrap_or_default();
        Self { secrets, mind: Mutex::default(), next_number: AtomicU64::new(start) }
    }

    pub(crate) fn reset(&self) {
        *lock(&self.mind) = Mind::default();
    }

    fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    /// Judges a call, does it, and writes into `entry` what came of it.
    fn answer(&self, secrets: &Secrets, received: &Received, entry: &mut Entry) -> Answer {
        entry.verified = false;
        let (query, form) = match envelope::read(received) {
            Ok(parameters) => parameters,
            Err(refusal) => return refused(entry, "", &refusal, None),
        };
        let mut mind = lock(&self.mind);
        describe(entry, &mind.orders, (&query, &form));
        let req_msg_id = query.get("req_msg_id").map_or("", String::as_str);
        let claimed = query.get("access_key").and_then(|id| secrets.key(id)).map(|key| &key.secret);
        let admitted = match admit(secrets, (&query, &form), &mut mind.seen, (received.at, entry)) {
            Ok(admitted) => admitted,
            Err(refusal) => return refused(entry, req_msg_id, &refusal, claimed),
        };
        let Admitted { method, secret, checked } = admitted;
        entry.decrypted = checked.decrypted.as_ref().and_then(|clear| to_raw_value(clear).ok());
        let order_id = entry.order.clone();
        let fault = mind.faults.take(&method, order_id.as_deref().as_slice());
        let (order_id, number) = (order_id.as_deref(), self.next_number());
        let call = Call { method, form: &form, checked: &checked, order_id, number, now: received.at };
        let (outcome, response) = respond(&mut mind.orders, &call, fault.as_ref(), req_msg_id);
        entry.outcome = outcome.into();
        let Some(fault) = fault else { return Answer::signed(&response, Some(secret)) };
        entry.outcome = format!("fault:{}", fault.name()).into();
        Answer::spoilt(&fault, response, secret)
    }
}

/// A call that may be done.
struct Admitted<'a> {
    method: Method,
    /// Of the key that signed it, and signs the answer.
    secret: &'a Secret,
    checked: Checked,
}

fn admit<'a>(
    secrets: &'a Secrets,
    (query, form): (&Parameters, &Parameters),
    seen: &mut BTreeSet<String>,
    (at, entry): (Timestamp, &mut Entry),
) -> Result<Admitted<'a>, Refusal> {
    let secret = envelope::check(secrets, (query, form), seen, at)?;
    entry.verified = true;
    let method = envelope::method(query)?;
    let checked = fields::check(method, form, secrets)?;
    Ok(Admitted { method, secret, checked })
}

/// What the log says of any call that could be read, whoever it is from.
fn describe(entry: &mut Entry, orders: &Orders, (query, form): (&Parameters, &Parameters)) {
    entry.timestamp = query.get("req_time").cloned();
    entry.kind = query.get("method").and_then(|name| Method::named(name)).map_or("unknown", Method::name);
    entry.order = order_of(orders, form);
    (entry.form, entry.body) = (Some(form.clone()), None);
}

/// The order that a form names: by its id, by its contract's number, or within `biz_content`.
fn order_of(orders: &Orders, form: &Parameters) -> Option<String> {
    let within = |content: &String| {
        let content: Value = serde_json::from_str(content).ok()?;
        content["orderId"].as_str().map(str::to_owned)
    };
    let by_contract = |sign_no: &String| orders.order_of(sign_no).map(str::to_owned);
    let named = form.get("order_id").cloned();
    named
        .or_else(|| form.get("sign_no").and_then(by_contract))
        .or_else(|| form.get("biz_content").and_then(within))
}

fn refused(entry: &mut Entry, req_msg_id: &str, refusal: &Refusal, secret: Option<&Secret>) -> Answer {
    entry.outcome = refusal.outcome().into();
    Answer::signed(&answer::refused(req_msg_id, refusal), secret)
}

/// The outcome, and the response of a call that a fault may keep from having any effect.
fn respond(
    orders: &mut Orders,
    call: &Call<'_>,
    fault: Option<&Fault>,
    req_msg_id: &str,
) -> (String, Map<String, Value>) {
    if let Some(Fault::ResultCode(code)) = fault {
        return (String::new(), answer::failed(req_msg_id, code));
    }
    if fault.is_some_and(|fault| !fault.lets_pass()) {
        return Default::default();
    }
    match methods::perform(orders, call) {
        Ok(Done { outcome, members }) => (outcome.as_str().to_owned(), answer::done(req_msg_id, members)),
        Err(refusal) => (refusal.outcome(), answer::refused(req_msg_id, &refusal)),
    }
}

async fn call(State(sandbox): State<Shared>, received: Received) -> Response {
    let mut entry = received.entry(Partner::Ant);
    let gateway = received.method == Verb::POST && GATEWAYS.contains(&received.uri.path());
    let answer = match &sandbox.ant.secrets {
        None => {
            (entry.outcome, entry.verified) = ("without_secrets".into(), false);
            Answer::plain(StatusCode::SERVICE_UNAVAILABLE, WITHOUT_SECRETS)
        }
        Some(_) if !gateway => Answer::plain(StatusCode::NOT_FOUND, "Ant has POST /ant/gateway.do only"),
        Some(secrets) => sandbox.ant.answer(secrets, &received, &mut entry),
    };
    entry.response = shown(answer.body.as_bytes());
    sandbox.log.add(entry);
    if answer.held {
        tokio::time::sleep(HOLD).await;
    }
    let content_type = [(header::CONTENT_TYPE, answer.content_type)];
    (answer.status, content_type, answer.body).into_response()
}
