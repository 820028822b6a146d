//! `InforCRM`, behind the bus TIBCO: takes requests from one queue, answers on the other.
//!
//! It leaves the requests alone until `PUT /_control/infor` says otherwise. One lock orders all it does: once
//! that control has answered, no request is taken any more under an earlier one, and after a reset no answer
//! goes out that was still to be given.

mod plan;
mod request;

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{post, put};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tokio::sync::Mutex;

use self::plan::{Plan, Task};
use crate::Shared;
use crate::control::{Refused, done, read};
use crate::log::{Entry, Partner, Serial};
use crate::received::{now, shown};
use crate::sqs::{MOST_RECEIVED, Message};

const OUTBOUND: &str = "infor-outbound";
const INBOUND: &str = "infor-inbound";

/// How long it waits before it looks again at a queue that it has emptied.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// `InforCRM`'s memory.
pub(crate) struct Infor {
    mind: Mutex<Mind>,
    next_number: AtomicU64,
}

#[derive(Default)]
struct Mind {
    /// What it does with requests; nothing while there is none.
    plan: Option<Arc<Plan>>,
    /// Counts resets: an answer that was still to be given before one is never given.
    era: u64,
}

/// A request that is being answered.
struct Pending {
    plan: Arc<Plan>,
    task: Task,
    era: u64,
    serial: Serial,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_control/infor", put(set_plan))
        .route("/_control/infor/reply", post(emit))
        .route("/_control/infor/push", post(emit))
}

impl Default for Infor {
    /// Its numbers go on from the clock, so that none comes again after a restart.
    fn default() -> Self {
        let start = u64::try_from(now().as_microsecond()).unwrap_or_default();
        Self { mind: Mutex::default(), next_number: AtomicU64::new(start) }
    }
}

impl Infor {
    pub(crate) async fn reset(&self) {
        let mut mind = self.mind.lock().await;
        *mind = Mind { plan: None, era: mind.era + 1 };
    }

    fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }
}

async fn set_plan(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    for queue in [OUTBOUND, INBOUND] {
        sandbox.queues.named(queue)?;
    }
    let plan: Plan = read(&body)?;
    let plan = plan.checked()?.consume.then(|| Arc::new(plan));
    sandbox.infor.mind.lock().await.plan.clone_from(&plan);
    if let Some(plan) = plan {
        tokio::spawn(consume(Shared::clone(&sandbox), plan));
    }
    Ok(done())
}

/// Puts the body on the inbound queue as it is, malformed as it may be.
async fn emit(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let queue = sandbox.queues.named(INBOUND)?;
    let text = str::from_utf8(&body).ok().filter(|text| !text.is_empty());
    let text =
        text.ok_or_else(|| Refused::Impossible("a message is UTF-8 text, and not empty".to_owned()))?;
    queue.send(text).await.map_err(Refused::Failed)?;
    Ok(done())
}

/// Takes requests for as long as `plan` is the one that holds.
async fn consume(sandbox: Shared, plan: Arc<Plan>) {
    let mut told = None;
    while let Some(taken) = take_if_current(&sandbox, &plan).await {
        if matches!(taken, Ok(MOST_RECEIVED)) {
            continue;
        }
        // The same trouble is told once, not ten times a second.
        let trouble = taken.err();
        if trouble != told {
            if let Some(trouble) = &trouble {
                complain(trouble);
            }
            told = trouble;
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

/// How many requests were taken; `None` once another plan holds, or none.
async fn take_if_current(sandbox: &Shared, plan: &Arc<Plan>) -> Option<Result<usize, String>> {
    let mind = sandbox.infor.mind.lock().await;
    let current = mind.plan.as_ref().is_some_and(|current| Arc::ptr_eq(current, plan));
    if current { Some(take(sandbox, plan, mind.era).await) } else { None }
}

async fn take(sandbox: &Shared, plan: &Arc<Plan>, era: u64) -> Result<usize, String> {
    let Ok(queue) = sandbox.queues.named(OUTBOUND) else { return Ok(0) };
    let messages = queue.receive().await?;
    for message in &messages {
        queue.delete(message).await?;
        let at = now();
        let request = request::Request::read(&message.body);
        let serial = sandbox.log.add(entry(message, &request, at));
        // Whoever does not say who he is cannot be answered.
        if let Some(request_id) = request.id {
            let task = Task { request_id, number: sandbox.infor.next_number() };
            let pending = Pending { plan: Arc::clone(plan), task, era, serial };
            tokio::spawn(answer(Shared::clone(sandbox), pending));
        }
    }
    Ok(messages.len())
}

fn entry(message: &Message, request: &request::Request, at: Timestamp) -> Entry {
    let attributes = message.attributes();
    Entry {
        partner: Partner::Infor,
        order: request.order.clone(),
        uid: None,
        kind: "request",
        method: "SQS".to_owned(),
        path: OUTBOUND.to_owned(),
        at: at.to_string(),
        timestamp: request.dt.clone(),
        query: None,
        verified: request.is_well_formed() && attributes.get("requestID") == request.id.as_ref(),
        headers: attributes,
        form: None,
        body: shown(message.body.as_bytes()),
        decrypted: None,
        outcome: "unanswered".into(),
        response: None,
    }
}

async fn answer(sandbox: Shared, pending: Pending) {
    let Pending { plan, task, .. } = &pending;
    for message in plan.messages() {
        tokio::time::sleep(plan.delay()).await;
        let text = message.text(task, now());
        for _ in 0..plan.times {
            match put_if_current(&sandbox, &pending, &text).await {
                Some(Ok(())) => {}
                Some(Err(trouble)) => return complain(&trouble),
                None => return,
            }
        }
    }
}

/// Puts one message on the inbound queue and in the log; `None` after a reset.
async fn put_if_current(sandbox: &Shared, pending: &Pending, text: &str) -> Option<Result<(), String>> {
    let mind = sandbox.infor.mind.lock().await;
    if mind.era != pending.era {
        return None;
    }
    let queue = sandbox.queues.named(INBOUND).ok()?;
    let sent = queue.send(text).await;
    if sent.is_ok() {
        sandbox.log.change(pending.serial, |entry| {
            entry.outcome = "answered".into();
            entry.response = with(entry.response.take(), text);
        });
    }
    Some(sent)
}

/// An array of what was sent before, and `text`.
fn with(sent: Option<Box<RawValue>>, text: &str) -> Option<Box<RawValue>> {
    let sent: Vec<Box<RawValue>> =
        sent.and_then(|sent| serde_json::from_str(sent.get()).ok()).unwrap_or_default();
    to_raw_value(&sent.into_iter().chain(shown(text.as_bytes())).collect::<Vec<_>>()).ok()
}

fn complain(trouble: &str) {
    // Nothing is left to do about an error output that is gone.
    let _ = writeln!(io::stderr(), "InforCRM: {trouble}");
}
