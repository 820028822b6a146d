//! The job `operator-pull`, every minute (item 5; §5, §11 Pulls): what the platform knows of a user is pulled, each kind by
//! itself, until all of it is there or given up.

mod job;
mod settle;

use std::time::Duration;

use bytes::Bytes;
use domain::marketplace::{PullFailure, PullKind, PullLog};
use futures_util::future::join_all;
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::metrics::Count;
use platform::shards::Pages;
use tracing::{error, info, warn};

use crate::channel::{Channel, Channels};
use crate::rongshu::Rongshu;
use crate::store::{DataKind, OrderStore, RawData, RawObject, SHARDS, StoredPullLog};
use crate::sweep::EVERY_MINUTE;

pub use job::{OperatorPull, Own, Settings};

/// What the AWS clients give a call of DynamoDB with all its attempts,
const DYNAMODB_CALL: Duration = Duration::from_secs(5);
/// and one about an object.
const OBJECT_CALL: Duration = Duration::from_secs(10);
/// What a pull may take beside the call to the platform: the lease, the object, the order's row and the transaction.
const OURS: Duration = DYNAMODB_CALL.saturating_mul(3).saturating_add(OBJECT_CALL);
/// How many orders are worked on at a time. Each may bring three answers of some megabytes.
const AT_A_TIME: usize = 4;
/// An order whose pulls could not be taken on or written down.
const FAILED: Count = Count::of("operator_pull_failed");

/// What the job works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The channels.
    pub channels: Channels,
    /// The orders and their pulls.
    pub store: OrderStore,
    /// What was pulled.
    pub raw_data: RawData,
    /// The platform.
    pub rongshu: Rongshu,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Data that it brought.
    pub pulled: u64,
    /// Pulls that brought nothing this time.
    pub vain: u64,
    /// Orders that have all the data that will come.
    pub complete: u64,
    /// Orders of channels that are switched off.
    pub waiting: u64,
    /// Orders that failed for a reason of ours; they are due again.
    pub failed: u64,
    /// Shards of which not everything could be read.
    pub unread: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

/// What a pull brought: the object that holds it, or why there is none. `None`: it brought something that we could not
/// put, which is no failure of the platform's, so it is pulled again, a little later.
type Brought = (PullKind, Option<Result<RawObject, PullFailure>>);

impl Run {
    fn with(self, other: Self) -> Self {
        Self {
            pulled: self.pulled + other.pulled,
            vain: self.vain + other.vain,
            complete: self.complete + other.complete,
            waiting: self.waiting + other.waiting,
            failed: self.failed + other.failed,
            unread: self.unread + other.unread,
            out_of_time: self.out_of_time || other.out_of_time,
        }
    }
}

/// Pulls everything that is due by `time`. It may be stopped anywhere and run twice at once: each row is leased.
pub async fn handle(deps: &Deps, scope: &Scope, time: Timestamp) -> Run {
    let mut run = Run::default();
    let mut pages = Pages::in_turn(SHARDS, time, EVERY_MINUTE);
    while let Some((shard, from)) = pages.next_page().filter(|_| !run.out_of_time) {
        match deps.store.due_pulls(scope, shard, time, from).await {
            Ok(page) => {
                for failure in &page.unreadable {
                    error!(%failure, shard, "a pull that is due cannot be read");
                    run = run.with(failed(scope));
                }
                pages.go_on(shard, page.next);
                run = run.with(pull_page(deps, scope, &page.logs, time).await);
            }
            Err(failure) => {
                error!(%failure, shard, "the pulls that are due could not be read");
                run.unread += 1;
            }
        }
    }
    run
}

async fn pull_page(deps: &Deps, scope: &Scope, due: &[StoredPullLog], time: Timestamp) -> Run {
    let mut run = Run::default();
    for logs in due.chunks(AT_A_TIME) {
        // With less time left nothing more is begun.
        if scope.remaining() < OURS.saturating_add(deps.rongshu.timeout()) {
            run.out_of_time = true;
            return run;
        }
        let pulls = logs.iter().map(|log| pull_counted(deps, scope, log, time));
        run = join_all(pulls).await.into_iter().fold(run, Run::with);
    }
    run
}

async fn pull_counted(deps: &Deps, scope: &Scope, read: &StoredPullLog, time: Timestamp) -> Run {
    let Some(channel) = deps.channels.get(read.key.channel.as_str()) else {
        error!(order = %read.key, "an order of a channel that is not configured waits for its data");
        return failed(scope);
    };
    if channel.config.is_disabled {
        return Run { waiting: 1, ..Run::default() };
    }
    match pull(deps, scope, &channel, read, time).await {
        Ok(run) => run,
        Err(failure) => {
            error!(%failure, order = %read.key, "the pulls of an order could not be written down");
            failed(scope)
        }
    }
}

/// Leases an order's pulls, makes those that are due, and writes down what they brought.
async fn pull(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    read: &StoredPullLog,
    time: Timestamp,
) -> Result<Run, DynamoDbError> {
    let Some(leased) = read.log.leased(time, scope.now()) else {
        return Ok(Run::default());
    };
    // Another run has them, or a new push began them anew.
    let Some(taken) = deps.store.lease_pulls(scope, read, leased).await? else {
        return Ok(Run::default());
    };
    let due = taken.log.due(time).into_iter();
    let brought = join_all(due.map(|kind| bring(deps, scope, channel, &taken, kind))).await;
    let log = settled(&taken.log, &brought, time);
    let objects: Vec<_> =
        brought.into_iter().filter_map(|(_, brought)| brought.and_then(Result::ok)).collect();
    let tried = u64::try_from(taken.log.due(time).len()).unwrap_or(0);
    let pulled = u64::try_from(objects.len()).unwrap_or(0);
    let is_written = settle::write(&deps.store, scope, &taken, &log, &objects).await?;
    if !is_written {
        warn!(order = %taken.key, "what was pulled came too late: another run has the pulls by now");
        return Ok(Run::default());
    }
    let complete = u64::from(log.is_final());
    info!(order = %taken.key, tried, pulled, complete, "pulled");
    Ok(Run { pulled, vain: tried.saturating_sub(pulled), complete, ..Run::default() })
}

/// Pulls one kind and puts what comes in an object.
async fn bring(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    taken: &StoredPullLog,
    kind: PullKind,
) -> Brought {
    let data = match deps.rongshu.pull(scope, channel, kind, &taken.uid).await {
        Ok(data) => data,
        Err(failure) => {
            scope.count(count_of(failure));
            return (kind, Some(Err(failure)));
        }
    };
    match deps.raw_data.put(&taken.key, DataKind::Pulled(kind), Bytes::from(data)).await {
        Ok(object) => (kind, Some(Ok(object))),
        Err(failure) => {
            error!(%failure, order = %taken.key, kind = kind.as_str(), "what was pulled could not be put");
            scope.count(FAILED);
            (kind, None)
        }
    }
}

/// The log after the pulls, for whoever looks at it next.
fn settled(log: &PullLog, brought: &[Brought], time: Timestamp) -> PullLog {
    let settle = |log: PullLog, (kind, brought): &Brought| match brought {
        Some(Ok(_)) => log.settled(*kind, Ok(()), time),
        Some(Err(failure)) => log.settled(*kind, Err(*failure), time),
        None => log.postponed(*kind, time),
    };
    brought.iter().fold(log.clone(), settle).released()
}

fn count_of(failure: PullFailure) -> Count {
    let kind = match failure {
        PullFailure::NotReady => "not_ready",
        PullFailure::Refused => "refused",
        PullFailure::Unreadable => "unreadable",
        PullFailure::NoAnswer => "no_answer",
    };
    Count::labelled("rongshu_pull_in_vain", "kind", kind)
}

fn failed(scope: &Scope) -> Run {
    scope.count(FAILED);
    Run { failed: 1, ..Run::default() }
}
