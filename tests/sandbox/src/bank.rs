//! The bank that binds cards: `POST /bank/cards`, and the control that plans its faults.
//!
//! It binds every card that is asked for as it should be. A request that it has carried out is known by its id: the
//! same card gets the same answer again, another card is refused.

mod request;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use self::request::Request;
use crate::control::{Refused, done};
use crate::log::{Entry, Partner};
use crate::planned::{Fault, Faults};
use crate::received::{Received, now, shown};
use crate::{Shared, lock};

/// How long a call with a fault `timeout` or `timeout_after_effect` is held: longer than any caller waits.
const HOLD: Duration = Duration::from_secs(30);
const CARDS: &str = "/bank/cards";
const FAULTS: [Fault; 4] = [Fault::Refused, Fault::Http500, Fault::Timeout, Fault::TimeoutAfterEffect];

/// The bank's memory.
pub(crate) struct Bank(Mutex<Mind>);

struct Mind {
    faults: Faults,
    /// What was bound, by the request's id.
    bound: BTreeMap<String, Card>,
    next_number: i64,
}

struct Card {
    number: String,
    reference: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/bank/{*call}", any(call)).route("/_control/bank/faults", put(set_faults))
}

impl Default for Bank {
    /// Its references go on from the clock, so that none comes again after a restart.
    fn default() -> Self {
        let next_number = now().as_microsecond();
        Self(Mutex::new(Mind { faults: Faults::default(), bound: BTreeMap::new(), next_number }))
    }
}

impl Bank {
    pub(crate) fn reset(&self) {
        let mut mind = lock(&self.0);
        (mind.faults, mind.bound) = (Faults::default(), BTreeMap::new());
    }
}

impl Mind {
    /// What comes of a request, and how the log calls it.
    fn judged(&mut self, request: Request) -> (String, Answer) {
        let known = self.bound.get(&request.request_id);
        if known.is_some_and(|card| card.number != request.card_no) {
            let told = json!({"message": "another card was bound by a request of this id"});
            return ("refused:other_request_of_that_id".to_owned(), (StatusCode::CONFLICT, told));
        }
        match self.faults.next() {
            None => self.bind(request),
            Some(fault) => (format!("fault:{}", fault.name()), self.spoilt(fault, request)),
        }
    }

    fn bind(&mut self, request: Request) -> (String, Answer) {
        let is_known = self.bound.contains_key(&request.request_id);
        let number = self.next_number;
        let card = self.bound.entry(request.request_id).or_insert_with(|| {
            self.next_number += 1;
            Card { number: request.card_no, reference: format!("card-{number}") }
        });
        let told = json!({"status": "bound", "message": "绑卡成功", "card_ref": card.reference});
        (if is_known { "repeated" } else { "effect" }.to_owned(), (StatusCode::OK, told))
    }

    fn spoilt(&mut self, fault: Fault, request: Request) -> Answer {
        match fault {
            Fault::Refused => {
                let told = json!({"status": "refused", "message": "银行拒绝绑卡", "card_ref": null});
                (StatusCode::OK, told)
            }
            Fault::Http500 => (StatusCode::INTERNAL_SERVER_ERROR, json!({"message": "internal error"})),
            Fault::Timeout => (StatusCode::GATEWAY_TIMEOUT, Value::Null),
            Fault::TimeoutAfterEffect => {
                self.bind(request);
                (StatusCode::GATEWAY_TIMEOUT, Value::Null)
            }
        }
    }
}

/// What goes back; null is no body.
type Answer = (StatusCode, Value);

async fn call(State(sandbox): State<Shared>, received: Received) -> Response {
    let mut entry = received.entry(Partner::Bank);
    let is_known = received.method == Method::POST && received.uri.path() == CARDS;
    let (status, told) =
        if is_known { answer(&sandbox, &received, &mut entry) } else { (StatusCode::NOT_FOUND, Value::Null) };
    let body = if told.is_null() { String::new() } else { told.to_string() };
    entry.response = shown(body.as_bytes());
    sandbox.log.add(entry);
    if status == StatusCode::GATEWAY_TIMEOUT {
        tokio::time::sleep(HOLD).await;
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Judges a request, and writes into `entry` what came of it.
fn answer(sandbox: &Shared, received: &Received, entry: &mut Entry) -> Answer {
    entry.kind = "bind";
    let person = request::person(&received.body).and_then(|cid| sandbox.rongshu.order_of_person(&cid));
    (entry.order, entry.uid) = person.map_or((None, None), |(order, uid)| (Some(order), Some(uid)));
    match Request::read(received) {
        Ok(request) => {
            let (outcome, answer) = lock(&sandbox.bank.0).judged(request);
            entry.verified = !outcome.starts_with("refused:");
            entry.outcome = outcome.into();
            answer
        }
        Err(wrong) => {
            (entry.outcome, entry.verified) = ("refused:malformed".into(), false);
            (StatusCode::BAD_REQUEST, json!({"message": wrong}))
        }
    }
}

async fn set_faults(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let faults = Faults::of(&body, &FAULTS)?;
    lock(&sandbox.bank.0).faults = faults;
    Ok(done())
}
