//! XW, the depository: `GET /xw/users/{uid}`, the page on which a user opens an account, and the controls that set
//! an account, send its events and plan faults.

mod page;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post, put};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::control::{Refused, decoded, done, read};
use crate::log::{Entry, Partner};
use crate::planned::{Fault, Faults};
use crate::received::{Received, now, shown};
use crate::{Sandbox, Shared, lock};

/// How long a call with the fault `timeout` is held: longer than any caller waits.
const HOLD: Duration = Duration::from_secs(30);
const USERS: &str = "/xw/users/";
const CONTROL: &str = "/_control/xw/users/";
const EVENTS: &str = "depository-events";
const FAULTS: [Fault; 2] = [Fault::Http500, Fault::Timeout];

/// The depository's memory.
pub(crate) struct Xw {
    mind: Mutex<Mind>,
    next_number: AtomicU64,
}

#[derive(Default)]
struct Mind {
    /// Who is not in it has none.
    accounts: BTreeMap<String, Account>,
    faults: Faults,
}

/// A user's account.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Account {
    Open,
    #[default]
    None,
}

/// The control's body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    state: Account,
}

/// What XW tells of a user, and the control's body; what is absent there is filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the contract's names")]
struct Event {
    state: Opening,
    event_id: Option<String>,
    occurred_at: Option<String>,
}

/// What came of the page.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Opening {
    Open,
    Failed,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/xw/open", get(page::show).post(page::open))
        .route("/xw/{*call}", any(call))
        .route("/_control/xw/users/{uid}", put(set_account))
        .route("/_control/xw/users/{uid}/events", post(tell))
        .route("/_control/xw/faults", put(set_faults))
}

impl Default for Xw {
    /// Its events' numbers go on from the clock, so that none comes again after a restart.
    fn default() -> Self {
        let start = u64::try_from(now().as_microsecond()).unwrap_or_default();
        Self { mind: Mutex::default(), next_number: AtomicU64::new(start) }
    }
}

impl Xw {
    pub(crate) fn reset(&self) {
        *lock(&self.mind) = Mind::default();
    }

    fn set(&self, uid: &str, account: Account) {
        lock(&self.mind).accounts.insert(uid.to_owned(), account);
    }

    /// The answer about a user, and how the log calls it; a fault that holds the connection has no answer.
    fn answer(&self, uid: &str) -> (String, StatusCode, Value) {
        let mut mind = lock(&self.mind);
        match mind.faults.next() {
            Some(fault) if fault.holds() => {
                (format!("fault:{}", fault.name()), StatusCode::GATEWAY_TIMEOUT, Value::Null)
            }
            Some(fault) => {
                let told = json!({"message": "internal error"});
                (format!("fault:{}", fault.name()), StatusCode::INTERNAL_SERVER_ERROR, told)
            }
            None => {
                let account = mind.accounts.get(uid).copied().unwrap_or_default();
                ("answered".to_owned(), StatusCode::OK, json!({"state": account}))
            }
        }
    }

    fn event(&self, uid: &str, told: Event) -> Value {
        let number = self.next_number.fetch_add(1, Ordering::Relaxed);
        json!({
            "event_id": told.event_id.unwrap_or_else(|| format!("xw-{number}")),
            "uid": uid,
            "state": told.state,
            "occurred_at": told.occurred_at.unwrap_or_else(|| now().to_string()),
        })
    }
}

impl Sandbox {
    /// What the log has of a user whom XW is asked about.
    fn about(&self, uid: String, kind: &'static str, entry: &mut Entry) {
        entry.kind = kind;
        entry.order = self.rongshu.order_of_user(&uid).or_else(|| Some(uid.clone()));
        entry.uid = Some(uid);
    }
}

async fn call(State(sandbox): State<Shared>, received: Received) -> Response {
    let mut entry = received.entry(Partner::Xw);
    let Some(uid) = asked_for(&received) else {
        sandbox.log.add(entry);
        return StatusCode::NOT_FOUND.into_response();
    };
    let (outcome, status, told) = sandbox.xw.answer(&uid);
    sandbox.about(uid, "user", &mut entry);
    entry.outcome = outcome.into();
    let body = if told.is_null() { String::new() } else { told.to_string() };
    entry.response = shown(body.as_bytes());
    sandbox.log.add(entry);
    if status == StatusCode::GATEWAY_TIMEOUT {
        tokio::time::sleep(HOLD).await;
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The uid of `GET /xw/users/{uid}`, one percent-encoded segment.
fn asked_for(received: &Received) -> Option<String> {
    let segment = received.uri.path().strip_prefix(USERS)?;
    let one = received.method == Method::GET && !segment.is_empty() && !segment.contains('/');
    one.then(|| decoded(segment).ok()).flatten()
}

/// The uid in a control's path.
fn controlled(uri: &Uri) -> Result<String, Refused> {
    let rest = uri.path().strip_prefix(CONTROL).unwrap_or_default();
    decoded(rest.split('/').next().unwrap_or_default())
}

async fn set_account(State(sandbox): State<Shared>, uri: Uri, body: Bytes) -> Result<Json<Value>, Refused> {
    let Set { state } = read(&body)?;
    sandbox.xw.set(&controlled(&uri)?, state);
    Ok(done())
}

/// Sends an event about a user, whatever his account is.
async fn tell(State(sandbox): State<Shared>, uri: Uri, body: Bytes) -> Result<Json<Value>, Refused> {
    let queue = sandbox.queues.named(EVENTS)?;
    let event = sandbox.xw.event(&controlled(&uri)?, read(&body)?);
    queue.send(&event.to_string()).await.map_err(Refused::Failed)?;
    Ok(Json(json!({"status": "ok", "sent": event})))
}

async fn set_faults(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let faults = Faults::of(&body, &FAULTS)?;
    lock(&sandbox.xw.mind).faults = faults;
    Ok(done())
}
