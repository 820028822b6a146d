//! The job `push-order-parse`, every minute (item 6; §2.1, §11 Admission): an order whose data is final is parsed, its user
//! judged, and it goes on to the credit application, or ends.

mod job;
mod judge;

use std::time::Duration;

use domain::marketplace::{OrderKey, ParseFailure, ParseOutcome, ThirdOrderStatus};
use jiff::Timestamp;
use platform::Scope;
use platform::callbacks::{Callbacks, WakeUps};
use platform::dynamodb::DynamoDbError;
use platform::metrics::Count;
use platform::schedule::Job;
use tracing::{error, info};

use crate::admission;
use crate::audit::audit_callback;
use crate::channel::Channels;
use crate::store::{
    Commit, Committed, CustomerStore, Entry, NoRawData, OrderStore, RawData, StoredOrder, Work,
};
use crate::sweep::{Sweep, Swept};

pub use job::{Own, PushOrderParse, Settings};

/// With less time left nothing more is begun: an object, a look at the customers and two writes must fit.
const LEAST_TIME: Duration = Duration::from_secs(24);
/// How long a run keeps an order to itself. One that dies in between is followed by another after this.
const LEASE: Duration = Duration::from_mins(5);
/// An order that could not be parsed for a reason of ours.
const FAILED: Count = Count::of("push_order_parse_failed");

/// What the job works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The channels.
    pub channels: Channels,
    /// The orders.
    pub store: OrderStore,
    /// Where pushes are.
    pub raw_data: RawData,
    /// Whom we know.
    pub customers: CustomerStore,
    /// What the platform is to be told.
    pub callbacks: Callbacks,
    /// Who tells it.
    pub wake_ups: WakeUps,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Orders that go on to the credit application.
    pub admitted: u64,
    /// Orders of users who may not borrow.
    pub refused: u64,
    /// Orders that cannot be parsed.
    pub unparsed: u64,
    /// Orders that failed for a reason of ours; they are taken up again when their lease is over.
    pub failed: u64,
    /// How far it came.
    pub swept: Swept,
}

/// Why an order was not judged; it stays in progress until its lease is over.
#[derive(Debug, thiserror::Error)]
pub enum NotJudged {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
    /// The raw data could not be read.
    #[error(transparent)]
    RawData(#[from] NoRawData),
    /// The order's channel is not configured.
    #[error("the order's channel is not configured")]
    UnknownChannel,
}

/// Parses every order that waits for it by `time`, and judges its user as of then. It may be stopped anywhere and run twice
/// at once: each order is leased by the step to in progress.
pub async fn handle(deps: &Deps, scope: &Scope, time: Timestamp) -> Run {
    let mut run = Run::default();
    let mut sweep = Sweep::begin(&deps.store, scope, (Work::Parse, time), LEAST_TIME);
    while let Some(key) = sweep.next().await {
        match parse(deps, scope, &key, time).await {
            Ok(None) => {}
            Ok(Some(ParseOutcome::WaitForCredit)) => run.admitted += 1,
            Ok(Some(ParseOutcome::Refused(_))) => run.refused += 1,
            Ok(Some(ParseOutcome::Failed(_))) => run.unparsed += 1,
            Err(failure) => {
                error!(%failure, order = %key, "an order could not be parsed now");
                scope.count(FAILED);
                run.failed += 1;
            }
        }
    }
    Run { swept: sweep.swept(), ..run }
}

/// Parses one order; `None` if it is no longer to be parsed, or another run has it.
async fn parse(
    deps: &Deps,
    scope: &Scope,
    key: &OrderKey,
    time: Timestamp,
) -> Result<Option<ParseOutcome>, NotJudged> {
    let Some(order) = deps.store.order(scope, key).await? else {
        return Ok(None);
    };
    // The index lags behind the row.
    if Work::of(order.status) != Some(Work::Parse) {
        return Ok(None);
    }
    // A lease is the clock's, whatever time a run is for.
    let now = if order.status == ThirdOrderStatus::InProgress { scope.now() } else { time };
    if order.work_at.is_none_or(|at| at > now) {
        return Ok(None);
    }
    let channel = deps.channels.get(key.channel.as_str()).ok_or(NotJudged::UnknownChannel)?;
    let Some(taken) = take(deps, scope, &order).await? else {
        return Ok(None);
    };
    let outcome = judge::judge(deps, scope, &channel, (&taken, time)).await?;
    let is_written = finish(deps, scope, &taken, &outcome).await?;
    Ok(is_written.then_some(outcome))
}

/// The step to in progress, or a lease that is over taken anew.
async fn take(deps: &Deps, scope: &Scope, order: &StoredOrder) -> Result<Option<StoredOrder>, DynamoDbError> {
    let now = scope.now();
    let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
    let taken = order.become_status(ThirdOrderStatus::InProgress, Some(until));
    let is_step = order.status != taken.status;
    let entry = is_step.then(|| entry(order, "to be parsed".to_owned()));
    let commit = Commit { entry, ..Commit::of(Some(order.version), &taken) };
    let committed = deps.store.commit(scope, commit).await?;
    Ok((committed == Committed::Applied).then_some(taken))
}

/// Writes what the order becomes, and what the platform is to be told of it.
async fn finish(
    deps: &Deps,
    scope: &Scope,
    taken: &StoredOrder,
    outcome: &ParseOutcome,
) -> Result<bool, DynamoDbError> {
    let status = outcome.status();
    let work_at = Work::of(status).map(|_| scope.now());
    let next = taken.become_status(status, work_at);
    let caused: Vec<_> =
        outcome.callback().map(|_| audit_callback(&next, status.audit_answer(), None)).into_iter().collect();
    let commit = Commit {
        entry: Some(entry(taken, reason(outcome))),
        callbacks: Some((&deps.callbacks, &caused)),
        ..Commit::of(Some(taken.version), &next)
    };
    let is_written = deps.store.commit(scope, commit).await? == Committed::Applied;
    info!(order = %next.key, status = status.code(), is_written, "parsed");
    if is_written && !caused.is_empty() {
        deps.wake_ups.send(scope, &[&next.key.to_string()]).await;
    }
    Ok(is_written)
}

fn entry(from: &StoredOrder, reason: String) -> Entry {
    Entry { from: Some(from.status), source: PushOrderParse::SOURCE.function, reason }
}

fn reason(outcome: &ParseOutcome) -> String {
    match outcome {
        ParseOutcome::WaitForCredit => "may borrow".to_owned(),
        ParseOutcome::Refused(rule) => format!("may not borrow: {}", admission::word(*rule)),
        ParseOutcome::Failed(ParseFailure::Missing(items)) => {
            let names: Vec<_> = items.iter().map(|item| item.as_str()).collect();
            format!("missing: {}", names.join(", "))
        }
        ParseOutcome::Failed(ParseFailure::Unreadable) => "the push cannot be read".to_owned(),
    }
}
