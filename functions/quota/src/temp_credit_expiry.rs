//! The daily job `temp-credit-expiry` (§10): takes what has run out off the accounts' totals.

mod job;

use std::time::Duration;

use domain::quota::GrantStatus;
use futures_util::future::join_all;
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use platform::metrics::Count;
use tracing::error;

use crate::store::{Due, QuotaStore, SHARDS, Subtraction, TakenOff};

pub use job::TempCreditExpiry;

/// With less time left nothing more is begun; what is left stays due.
const LEAST_TIME: Duration = Duration::from_secs(10);
const TRIES: u32 = 5;
const EXPIRED: Count = Count::of("temp_credit_expired");

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
pub async fn handle(store: &QuotaStore, scope: &Scope, time: Timestamp) -> Run {
    let shards = (0..SHARDS).map(|shard| expire_shard(store, scope, shard, time));
    join_all(shards).await.into_iter().fold(Run::default(), Run::with)
}

async fn expire_shard(store: &QuotaStore, scope: &Scope, shard: u32, time: Timestamp) -> Run {
    let mut run = Run::default();
    let mut from = None;
    loop {
        let page = match store.due(scope, shard, time, from).await {
            Ok(page) => page,
            Err(failure) => {
                error!(%failure, shard, "what is due could not be read");
                run.failed += 1;
                return run;
            }
        };
        for due in page.grants {
            if scope.remaining() < LEAST_TIME {
                run.out_of_time = true;
                return run;
            }
            match expire(store, scope, due).await {
                Ok(true) => {
                    scope.count(EXPIRED);
                    run.expired += 1;
                }
                Ok(false) => run.settled_before += 1,
                Err(failure) => {
                    error!(%failure, "a grant that ran out could not be taken off");
                    run.failed += 1;
                }
            }
        }
        from = page.next;
        if from.is_none() {
            return run;
        }
    }
}

/// `false` when it was no longer effective.
async fn expire(
    store: &QuotaStore,
    scope: &Scope,
    due: Result<Due, DynamoDbError>,
) -> Result<bool, DynamoDbError> {
    let due = due?;
    let mut subtraction = Subtraction::Amount;
    let mut tries = 0;
    loop {
        let ending = (GrantStatus::Expired, subtraction);
        match store.take_off(scope, &due.pin, &due.id, due.change_limit, ending, None).await {
            Ok(TakenOff::Now) => return Ok(true),
            Ok(TakenOff::NotEffective(_)) => return Ok(false),
            Ok(TakenOff::TotalDiffers(other)) => subtraction = other,
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => {
                tries += 1;
                scope.pause(tries).await;
            }
            Err(error) => return Err(error),
        }
    }
}
