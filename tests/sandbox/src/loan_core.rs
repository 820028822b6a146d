//! The loan core: takes commands from one queue, and tells what came of them on others, when it is told to.
//!
//! It takes a command as soon as it comes, whatever it says, and never answers by itself. One lock orders all it does: after
//! a reset nothing is logged that was taken before it.

mod command;
mod told;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use self::command::Command;
use self::told::Told;
use crate::Shared;
use crate::control::Refused;
use crate::log::{Entry, Partner, Serial};
use crate::received::{now, shown};
use crate::sqs::{MOST_RECEIVED, Message};

const COMMANDS: &str = "core-commands";
/// What it tells, each on the queue of the same name.
const RESULTS: [&str; 6] =
    ["credit-result", "audit-result", "loan-result", "repay-plan", "overdue", "repay-result"];

/// How long it waits before it looks again at a queue that it has emptied.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);

/// The loan core's memory.
pub(crate) struct LoanCore {
    mind: Mutex<Mind>,
    next_number: AtomicU64,
}

#[derive(Default)]
struct Mind {
    /// The commands that were taken, by their ids.
    commands: BTreeMap<String, String>,
    /// What the log has last of each order.
    entries: BTreeMap<String, Serial>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/_control/core/{order_id}/{result}", post(tell))
}

impl Default for LoanCore {
    /// Its numbers go on from the clock, so that none comes again after a restart.
    fn default() -> Self {
        let start = u64::try_from(now().as_microsecond()).unwrap_or_default();
        Self { mind: Mutex::default(), next_number: AtomicU64::new(start) }
    }
}

impl LoanCore {
    pub(crate) async fn reset(&self) {
        *self.mind.lock().await = Mind::default();
    }
}

/// Emits a message about an order.
async fn tell(
    State(sandbox): State<Shared>,
    Path((order_id, result)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let result = RESULTS.into_iter().find(|known| *known == result).ok_or_else(|| {
        Refused::Impossible(format!("the core tells no {result:?}; it tells: {}", RESULTS.join(", ")))
    })?;
    let queue = sandbox.queues.named(result)?;
    let number = sandbox.loan_core.next_number.fetch_add(1, Ordering::Relaxed);
    let told = Told::read(&body, &order_id, number, now())?;
    let mind = sandbox.loan_core.mind.lock().await;
    queue.send(&told.text()).await.map_err(Refused::Failed)?;
    if let Some(serial) = mind.entries.get(&order_id) {
        sandbox.log.change(*serial, |entry| {
            entry.outcome = "answered".into();
            entry.response = with(entry.response.take(), &told.text());
        });
    }
    Ok(Json(json!({"status": "ok", "sent": told})))
}

/// Takes commands for as long as the process lives.
pub(crate) async fn consume(sandbox: Shared) {
    let mut complained = None;
    loop {
        let taken = take(&sandbox).await;
        if matches!(taken, Ok(MOST_RECEIVED)) {
            continue;
        }
        // The same trouble is told once, not four times a second.
        let trouble = taken.err();
        if trouble != complained {
            if let Some(trouble) = &trouble {
                // Nothing is left to do about an error output that is gone.
                let _ = writeln!(io::stderr(), "loan core: {trouble}");
            }
            complained = trouble;
        }
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

async fn take(sandbox: &Shared) -> Result<usize, String> {
    let Ok(queue) = sandbox.queues.named(COMMANDS) else { return Ok(0) };
    let mut mind = sandbox.loan_core.mind.lock().await;
    let messages = queue.receive().await?;
    for message in &messages {
        queue.delete(message).await?;
        let entry = mind.judged(message, now());
        let order = entry.order.clone();
        let serial = sandbox.log.add(entry);
        mind.entries.extend(order.map(|order| (order, serial)));
    }
    Ok(messages.len())
}

impl Mind {
    /// What the log has of a command: the core knows a repeat by its id, and nothing may differ in it.
    fn judged(&mut self, message: &Message, at: Timestamp) -> Entry {
        let command = Command::read(&message.body);
        let mut entry = entry(message, at);
        entry.order = command.order_id;
        entry.uid = command.uid;
        entry.kind = command.kind;
        let Some(id) = command.id.filter(|_| command.is_well_formed) else {
            return entry;
        };
        match self.commands.insert(id, message.body.clone()) {
            None => entry.outcome = "accepted".into(),
            Some(before) if before == message.body => entry.outcome = "repeated".into(),
            Some(_) => {
                entry.outcome = "refused:other_command_of_that_id".into();
                return entry;
            }
        }
        entry.verified = true;
        entry
    }
}

fn entry(message: &Message, at: Timestamp) -> Entry {
    Entry {
        partner: Partner::Core,
        order: None,
        uid: None,
        kind: "unknown",
        method: "SQS".to_owned(),
        path: COMMANDS.to_owned(),
        at: at.to_string(),
        timestamp: None,
        query: None,
        headers: message.attributes(),
        form: None,
        body: shown(message.body.as_bytes()),
        decrypted: None,
        verified: false,
        outcome: "refused:malformed".into(),
        response: None,
    }
}

/// An array of what was sent before, and `text`.
fn with(sent: Option<Box<RawValue>>, text: &str) -> Option<Box<RawValue>> {
    let sent: Vec<Box<RawValue>> =
        sent.and_then(|sent| serde_json::from_str(sent.get()).ok()).unwrap_or_default();
    to_raw_value(&sent.into_iter().chain(shown(text.as_bytes())).collect::<Vec<_>>()).ok()
}
