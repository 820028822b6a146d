//! `GET /ops/callbacks?order=&state=&cursor=` (design §5): which callbacks there are, oldest first, with what came of each
//! try. What they tell is not shown.

mod cursor;

use futures_util::future::try_join_all;
use http::StatusCode;
use platform::callbacks::{Attempt, Callback, CallbackId, CallbackState, CallbackStore, Listed, Unreadable};
use platform::dynamodb::DynamoDbError;
use platform::http::{Answer, BodyRule, Caller, Endpoint, IamCaller, Query, Refusal, Request};
use platform::metrics::Source;
use platform::{Scope, rfc3339};
use serde::Serialize;
use tracing::error;

use crate::CONTEXT;
use crate::ops::{self, CallbackSettings};

use cursor::Cursor;

/// How many callbacks an answer has at most.
pub const PAGE: usize = 25;
/// How many pages of an order are read for one answer: with a state that is rare, `next` may come with few callbacks.
const MOST_READS: u32 = 8;

/// The endpoint.
#[derive(Debug)]
pub struct CallbackList {
    /// The callbacks.
    pub store: CallbackStore,
}

/// What is asked for.
struct Asked {
    order: Option<String>,
    state: Option<CallbackState>,
    cursor: Option<Cursor>,
}

/// A callback, or which it is that cannot be read: the others are listed all the same.
type Read = Result<Callback, Unreadable>;

/// What is answered.
struct Found {
    callbacks: Vec<Read>,
    next: Option<Cursor>,
}

#[derive(Serialize)]
struct WireList<'a> {
    items: Vec<WireCallback<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct WireCallback<'a> {
    callback_id: String,
    order: &'a str,
    kind: &'a str,
    state: &'static str,
    attempts: Vec<WireAttempt<'a>>,
}

#[derive(Serialize)]
struct WireAttempt<'a> {
    at: String,
    outcome: &'a str,
    latency_ms: u64,
    code: Option<i64>,
}

impl CallbackList {
    /// Builds the endpoint and opens its connection to DynamoDB.
    pub async fn start(settings: CallbackSettings) -> Self {
        let (_, store) = settings.connect();
        store.warm().await;
        Self { store }
    }

    async fn find(&self, scope: &Scope, asked: &Asked) -> Result<Found, DynamoDbError> {
        match &asked.order {
            Some(order) => self.of_order(scope, order, asked).await,
            None => self.of_all(scope, asked).await,
        }
    }

    async fn of_order(&self, scope: &Scope, order: &str, asked: &Asked) -> Result<Found, DynamoDbError> {
        let mut behind = asked.cursor.as_ref().map(|cursor| cursor.seq.clone());
        let mut callbacks = Vec::new();
        for _ in 0..MOST_READS {
            let page = self.store.of_order(scope, order, behind.as_deref()).await?;
            behind = page.items.last().map(|last| id(last).seq.clone()).or(behind);
            callbacks.extend(page.items.into_iter().filter(|one| asked.is_met_by(one)));
            if callbacks.len() > PAGE {
                callbacks.truncate(PAGE);
                let next = callbacks.last().map(|last| Cursor::within(order, &id(last).seq));
                return Ok(Found { callbacks, next });
            }
            if page.next.is_none() {
                return Ok(Found { callbacks, next: None });
            }
        }
        Ok(Found { callbacks, next: behind.map(|seq| Cursor::within(order, &seq)) })
    }

    /// The places come from the index, one list for each state, and what stands there from the table.
    async fn of_all(&self, scope: &Scope, asked: &Asked) -> Result<Found, DynamoDbError> {
        let behind = asked.cursor.as_ref().and_then(Cursor::listed);
        let mut places: Vec<Listed> = Vec::new();
        let mut has_more = false;
        for state in CallbackState::ALL {
            if asked.state.is_none_or(|asked| asked == state) {
                let most = i32::try_from(PAGE + 1).unwrap_or(i32::MAX);
                let page = self.store.in_state(scope, state, behind.as_ref(), most).await?;
                has_more |= page.next.is_some();
                places.extend(page.items);
            }
        }
        places.sort_unstable();
        places.dedup();
        has_more |= places.len() > PAGE;
        places.truncate(PAGE);
        let next = places.last().filter(|_| has_more).map(Cursor::behind);
        let rows = try_join_all(places.iter().map(|place| self.store.callback(scope, &place.id))).await?;
        // The index lags behind: what has another state by now is not what was asked for.
        let callbacks = rows.into_iter().flatten().filter(|one| asked.is_met_by(one)).collect();
        Ok(Found { callbacks, next })
    }
}

impl Asked {
    fn read(query: &Query) -> Result<Self, Refusal> {
        let wrong = |problem: &str| Refusal::Request(problem.to_owned());
        if query.names().any(|name| !["order", "state", "cursor"].contains(&name)) {
            return Err(wrong("the parameters are order, state and cursor"));
        }
        // `?order=&state=dead` asks for no order in particular.
        let given = |name: &str| query.get(name).filter(|value| !value.is_empty());
        let order = given("order").map(str::to_owned);
        let state = given("state").map(|state| {
            CallbackState::parse(state).ok_or_else(|| wrong("state is pending, delivered or dead"))
        });
        let cursor = given("cursor").map(|text| {
            Cursor::read(text, order.as_deref()).ok_or_else(|| wrong("the cursor is not one of this list"))
        });
        Ok(Self { order, state: state.transpose()?, cursor: cursor.transpose()? })
    }

    fn is_met_by(&self, read: &Read) -> bool {
        match (self.state, read) {
            (Some(state), Ok(callback)) => state == callback.state,
            (None, Ok(_)) | (_, Err(_)) => true,
        }
    }
}

fn id(read: &Read) -> &CallbackId {
    match read {
        Ok(callback) => &callback.id,
        Err(unreadable) => &unreadable.id,
    }
}

fn wire(found: &Found) -> WireList<'_> {
    let (mut items, mut unreadable) = (Vec::new(), Vec::new());
    for read in &found.callbacks {
        match read {
            Ok(callback) => items.push(wire_callback(callback)),
            Err(failure) => {
                error!(%failure, "a callback cannot be listed");
                unreadable.push(failure.id.to_text());
            }
        }
    }
    WireList { items, unreadable, next: found.next.as_ref().map(Cursor::to_text) }
}

fn wire_callback(callback: &Callback) -> WireCallback<'_> {
    WireCallback {
        callback_id: callback.id.to_text(),
        order: &callback.id.order,
        kind: &callback.kind,
        state: callback.state.as_str(),
        attempts: callback.attempts.iter().map(wire_attempt).collect(),
    }
}

fn wire_attempt(attempt: &Attempt) -> WireAttempt<'_> {
    let at = rfc3339::sortable(attempt.at);
    WireAttempt { at, outcome: &attempt.outcome, latency_ms: attempt.latency_ms, code: attempt.code }
}

impl Endpoint for CallbackList {
    type Caller = IamCaller;
    const SOURCE: Source = Source { context: CONTEXT, function: "callback-list" };
    const BODY: BodyRule = BodyRule::Unread;

    fn gate(&self) -> &<Self::Caller as Caller>::Gate {
        &()
    }

    async fn answer(&self, scope: &Scope, request: Request<IamCaller>) -> Result<Answer, Refusal> {
        let asked = Asked::read(request.query()?)?;
        Ok(match self.find(scope, &asked).await {
            Ok(found) => Answer::json(StatusCode::OK, "listed", &wire(&found)),
            Err(failure) => {
                error!(%failure, "the callbacks could not be listed");
                ops::unavailable()
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        ops::refuse(refusal)
    }
}
