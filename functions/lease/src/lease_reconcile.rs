//! The job `lease-reconcile`, every five minutes (§2, §9, §12): asks Ant about every order whose outcome is unknown or
//! that waits for something.

mod job;

use std::time::Duration;

use domain::lease::{OrderId, Query, needs_query};
use jiff::{SignedDuration, Timestamp};
use platform::Scope;
use platform::metrics::Count;
use platform::shards::Pages;
use tracing::{error, warn};

use crate::deps::Deps;
use crate::failure::Failure;
use crate::look::{Asker, look};
use crate::settle::ring_of_unknown;
use crate::store::{Commit, SHARDS, StoredOrder};

pub use job::LeaseReconcile;

/// How often the job runs.
const EVERY: SignedDuration = SignedDuration::from_mins(5);
/// With less time left nothing more is begun: one question may take 24 s.
const LEAST_TIME: Duration = Duration::from_secs(26);
/// An outcome that is not known for so long rings again.
const UNKNOWN_TOO_LONG: Duration = Duration::from_hours(1);
/// For so long what Ant told is asked about.
const MARKED_TOO_LONG: Duration = Duration::from_hours(24);
/// An order that could not be looked at.
const FAILED: Count = Count::of("lease_reconcile_failed");

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Orders that were looked at.
    pub looked: u64,
    /// Orders of which Ant, or the database, did not answer; they are looked at again later.
    pub failed: u64,
    /// Shards of which not everything could be read.
    pub unread: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

/// Looks at every order that is due by `time`. It may be stopped anywhere and run twice at once: questions have no
/// effect, and what their answers change is changed on condition.
pub async fn handle(deps: &Deps, scope: &Scope, time: Timestamp) -> Run {
    let mut run = Run::default();
    let mut pages = Pages::in_turn(SHARDS, time, EVERY);
    while let Some((shard, from)) = pages.next_page().filter(|_| !run.out_of_time) {
        match deps.store.watched(scope, shard, time, from).await {
            Ok(page) => {
                pages.go_on(shard, page.next);
                look_at(deps, scope, time, &page.orders, &mut run).await;
            }
            Err(failure) => {
                error!(%failure, shard, "what is to be looked at could not be read");
                run.unread += 1;
            }
        }
    }
    run
}

async fn look_at(deps: &Deps, scope: &Scope, time: Timestamp, orders: &[OrderId], run: &mut Run) {
    for id in orders {
        if scope.remaining() < LEAST_TIME {
            run.out_of_time = true;
            return;
        }
        run.looked += 1;
        if let Err(failure) = reconcile(deps, scope, time, id).await {
            warn!(%failure, order_id = id.as_str(), "an order could not be looked at");
            scope.count(FAILED);
            run.failed += 1;
        }
    }
}

/// Looks at one order. Whatever comes of it, the next look is later: no order holds the others up.
async fn reconcile(deps: &Deps, scope: &Scope, time: Timestamp, id: &OrderId) -> Result<(), Failure> {
    let Some(before) = deps.store.order(scope, id).await? else {
        return Ok(());
    };
    // The index lags behind the row, and the row may have changed since the page was read.
    if before.due_at.is_none_or(|due_at| due_at > time) {
        return Ok(());
    }
    let (asker, asked_at) = (Asker::function("lease-reconcile"), scope.now());
    let mut stored = before.clone();
    let mut result = Ok(());
    for query in before.queries() {
        match look(deps, scope, &asker, stored.clone(), query).await {
            Ok((next, _)) => stored = next,
            Err(failure) => {
                result = Err(failure);
                stored = deps.store.order(scope, id).await?.unwrap_or(stored);
            }
        }
    }
    let is_looked_into = result.is_ok() && !stored.order.is_under_way(asked_at);
    note(deps, scope, &before, &stored, is_looked_into).await?;
    result
}

/// Notes that an order was looked at. What Ant told of it stays to be looked into as long as Ant does not answer, or a
/// call under way keeps the answer from moving the order; a look in vain makes the next one later. If somebody changes the
/// order meanwhile, that counts instead.
async fn note(
    deps: &Deps,
    scope: &Scope,
    before: &StoredOrder,
    stored: &StoredOrder,
    is_looked_into: bool,
) -> Result<(), Failure> {
    let mut next = stored.clone();
    let now = scope.now();
    let for_long = |since: Timestamp, long: Duration| now.duration_since(since).unsigned_abs() > long;
    if stored.order.unknown.as_ref().is_some_and(|unknown| for_long(unknown.since, UNKNOWN_TOO_LONG)) {
        ring_of_unknown(scope, &stored.order);
    }
    // What Ant has not answered for a day it will not answer.
    if stored.notified_at.is_some_and(|at| for_long(at, MARKED_TOO_LONG)) {
        next.notified_at = None;
    }
    if is_looked_into && stored.notified_at == before.notified_at {
        next.notified_at = None;
    }
    if stored.order.version == before.order.version {
        next.looks = stored.looks.saturating_add(1);
    }
    if next != *stored {
        next.order.version += 1;
        deps.store.commit(scope, Commit::of(Some(stored.order.version), &next)).await?;
    }
    Ok(())
}

impl StoredOrder {
    /// What Ant is to be asked about it: what its state calls for, and everything if Ant told that something happened.
    #[must_use]
    pub fn queries(&self) -> Vec<Query> {
        let mut queries = needs_query(&self.order);
        if self.notified_at.is_some() {
            for query in [Query::TradeGet, Query::SignFlowGet, Query::WithholdSignQuery] {
                if !queries.contains(&query) {
                    queries.push(query);
                }
            }
        }
        queries
    }
}
