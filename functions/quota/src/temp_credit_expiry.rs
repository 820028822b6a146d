//! The daily job `temp-credit-expiry` (§10): takes what has run out off the accounts' totals.

mod job;

use std::collections::BTreeMap;
use std::time::Duration;

use domain::quota::GrantStatus;
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use platform::Scope;
use platform::metrics::Count;
use platform::shards::Pages;
use tracing::error;

use crate::ending::{Ended, Patience, end};
use crate::pin_fingerprint;
use crate::store::{Due, DuePage, QuotaStore, SHARDS};

pub use job::TempCreditExpiry;

/// How often the job runs.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// With less time left nothing more is begun; what is left stays due.
const LEAST_TIME: Duration = Duration::from_secs(10);
/// A grant that others stand in the way of holds the rest of its shard up no longer than this.
const PATIENCE: Patience = Patience { tries_more: 5, least_time: LEAST_TIME };
/// How many grants are taken off at a time.
const AT_A_TIME: usize = 32;
const EXPIRED: Count = Count::of("temp_credit_expired");
/// A grant, or a whole shard, that could not be taken off.
const FAILED: Count = Count::of("temp_credit_expiry_failed");

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Grants that it took off.
    pub expired: u64,
    /// Grants that were no longer effective: cancelled, or taken off by another run.
    pub settled_before: u64,
    /// Grants, or whole shards, that failed; they stay due.
    pub failed: u64,
    /// The time was up before everything was looked at.
    pub out_of_time: bool,
}

impl Run {
    /// Whether nothing that was due is left.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.failed == 0 && !self.out_of_time
    }

    fn with(self, other: Self) -> Self {
        Self {
            expired: self.expired + other.expired,
            settled_before: self.settled_before + other.settled_before,
            failed: self.failed + other.failed,
            out_of_time: self.out_of_time || other.out_of_time,
        }
    }
}

/// Takes off every effective grant that ran out at `time` or before, one transaction each, on condition that it is
/// effective still. It may be stopped anywhere, run twice at once, and run late; one grant that fails holds no other up.
/// Grants are taken off [`AT_A_TIME`], those of one pin in turn. Shards come one after the other: on most days there is
/// little in them, and asking all at once would open a connection for each.
pub async fn handle(store: &QuotaStore, scope: &Scope, time: Timestamp) -> Run {
    let mut run = Run::default();
    let mut pages = Pages::in_turn(SHARDS, time, EVERY);
    while let Some((shard, from)) = pages.next_page().filter(|_| !run.out_of_time) {
        match store.due(scope, shard, time, from).await {
            Ok(page) => {
                run = run.with(tell_unreadable(scope, shard, &page));
                pages.go_on(shard, page.next);
                run = run.with(expire_page(store, scope, shard, &page.grants).await);
            }
            Err(failure) => {
                error!(%failure, shard, "what is due could not be read");
                run = run.with(failed(scope));
            }
        }
    }
    run
}

async fn expire_page(store: &QuotaStore, scope: &Scope, shard: u32, due: &[Due]) -> Run {
    let mut run = Run::default();
    for grants in due.chunks(AT_A_TIME) {
        let turns = by_pin(grants).into_values().map(|grants| expire_in_turn(store, scope, shard, grants));
        run = join_all(turns).await.into_iter().fold(run, Run::with);
        if run.out_of_time {
            return run;
        }
    }
    run
}

/// The grants of one pin have one account: at once they would stand in each other's way.
fn by_pin(grants: &[Due]) -> BTreeMap<&str, Vec<&Due>> {
    let mut pins: BTreeMap<&str, Vec<&Due>> = BTreeMap::new();
    for due in grants {
        pins.entry(due.pin.as_str()).or_default().push(due);
    }
    pins
}

async fn expire_in_turn(store: &QuotaStore, scope: &Scope, shard: u32, grants: Vec<&Due>) -> Run {
    let mut run = Run::default();
    for Due { pin, id, change_limit } in grants {
        if scope.remaining() < LEAST_TIME {
            run.out_of_time = true;
            return run;
        }
        match end(store, scope, (pin, id), *change_limit, (GrantStatus::Expired, None), PATIENCE).await {
            Ok(Ended::Now) => {
                scope.count(EXPIRED);
                run.expired += 1;
            }
            Ok(Ended::Before(_)) => run.settled_before += 1,
            Err(failure) => {
                let (grant_id, pin_fingerprint) = (id.to_key(), pin_fingerprint(pin.as_str()));
                error!(%failure, shard, grant_id, pin_fingerprint, "a grant that ran out could not be taken off");
                run = run.with(failed(scope));
            }
        }
    }
    run
}

fn tell_unreadable(scope: &Scope, shard: u32, page: &DuePage) -> Run {
    page.unreadable.iter().fold(Run::default(), |run, row| {
        let (failure, grant_id, pin_fingerprint) = (&row.failure, &row.grant_id, pin_fingerprint(&row.pin));
        error!(%failure, shard, grant_id, pin_fingerprint, "a grant that ran out cannot be read");
        run.with(failed(scope))
    })
}

fn failed(scope: &Scope) -> Run {
    scope.count(FAILED);
    Run { failed: 1, ..Run::default() }
}
