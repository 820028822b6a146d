//! The job `credit-application`, every minute (item 7; §2.1, §10): credit is applied for at the loan core, unless the user
//! may not borrow any more.

mod job;

use std::time::Duration;

use domain::marketplace::{Admission, AdmissionRule, OrderKey, ThirdOrderStatus};
use jiff::Timestamp;
use platform::Scope;
use platform::callbacks::{Callbacks, WakeUps};
use platform::dynamodb::DynamoDbError;
use platform::metrics::Count;
use platform::outbox::Outbox;
use platform::schedule::Job;
use tracing::{error, info};

use crate::admission::{self, Lookup};
use crate::audit::audit_callback;
use crate::channel::{Channel, Channels};
use crate::core_command;
use crate::store::{
    Commit, Committed, CustomerStore, DataKind, Entry, OrderStore, SealedPersonError, Sealing, StoredOrder,
    Work,
};
use crate::sweep::{Sweep, Swept};

pub use job::{CreditApplication, Own, Settings};

/// With less time left nothing more is begun: a look at the order and its user, one write and one message must fit.
const LEAST_TIME: Duration = Duration::from_secs(17);
/// An order that credit could not be applied for, for a reason of ours.
const FAILED: Count = Count::of("credit_application_failed");

/// What the job works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The channels.
    pub channels: Channels,
    /// The orders.
    pub store: OrderStore,
    /// Whom we know.
    pub customers: CustomerStore,
    /// What persons are sealed with.
    pub sealing: Sealing,
    /// What the platform is to be told.
    pub callbacks: Callbacks,
    /// Who tells it.
    pub wake_ups: WakeUps,
    /// What the core is to be sent.
    pub outbox: Outbox,
    /// The queue of what the core is to do.
    pub core_commands: String,
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Orders that credit is applied for.
    pub applied: u64,
    /// Orders of users who may not borrow.
    pub refused: u64,
    /// Orders that failed for a reason of ours; the next run takes them up again.
    pub failed: u64,
    /// How far it came.
    pub swept: Swept,
}

/// Why credit was not applied for; the order waits still.
#[derive(Debug, thiserror::Error)]
pub enum NotApplied {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
    /// The person is needed, and cannot be had.
    #[error(transparent)]
    Person(#[from] SealedPersonError),
    /// The order's channel is not configured.
    #[error("the order's channel is not configured")]
    UnknownChannel,
    /// The order's row names no push.
    #[error("the order has no push")]
    NoPush,
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Applied {
    /// The core has the application, or will have it.
    Sent,
    /// The user may not borrow.
    Refused,
}

/// Takes every order further that waits for its application by `time`, and judges its user as of then. It may be stopped
/// anywhere and run twice at once: an order's version decides who writes, and what was written is sent.
pub async fn handle(deps: &Deps, scope: &Scope, time: Timestamp) -> Run {
    let mut run = Run::default();
    let mut sweep = Sweep::begin(&deps.store, scope, (Work::Apply, time), LEAST_TIME);
    while let Some(key) = sweep.next().await {
        match apply(deps, scope, &key, time).await {
            Ok(None) => {}
            Ok(Some(Applied::Sent)) => run.applied += 1,
            Ok(Some(Applied::Refused)) => run.refused += 1,
            Err(failure) => {
                error!(%failure, order = %key, "credit could not be applied for now");
                scope.count(FAILED);
                run.failed += 1;
            }
        }
    }
    Run { swept: sweep.swept(), ..run }
}

/// Takes one order further; `None` if it no longer waits, or another run was first.
async fn apply(
    deps: &Deps,
    scope: &Scope,
    key: &OrderKey,
    time: Timestamp,
) -> Result<Option<Applied>, NotApplied> {
    let Some(order) = deps.store.order(scope, key).await? else {
        return Ok(None);
    };
    // The index lags behind the row.
    if Work::of(order.status) != Some(Work::Apply) {
        return Ok(None);
    }
    let channel = deps.channels.get(key.channel.as_str()).ok_or(NotApplied::UnknownChannel)?;
    let (is_written, applied) = match admission(deps, scope, &channel, (&order, time)).await?.refused {
        Some(rule) => (refuse(deps, scope, &order, rule).await?, Applied::Refused),
        None => (send(deps, scope, &order).await?, Applied::Sent),
    };
    info!(order = %key, ?applied, is_written, "credit application");
    Ok(is_written.then_some(applied))
}

/// The same rules as when the order was parsed (§11, Admission): what is known of the user may have changed since.
async fn admission(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    (order, time): (&StoredOrder, Timestamp),
) -> Result<Admission, NotApplied> {
    let person = deps.sealing.open_of_order(&order.key, &order.content.person)?;
    let lookup = Lookup {
        first: Some(&order.content.lookup.id_number),
        phone: Some(&order.content.lookup.phone),
        birthday: Some(person.id_number.birthday()),
    };
    Ok(admission::judge(&deps.customers, scope, &channel.config.admission, lookup, time).await?)
}

/// 10 → 4, and the platform is told.
async fn refuse(
    deps: &Deps,
    scope: &Scope,
    order: &StoredOrder,
    rule: AdmissionRule,
) -> Result<bool, NotApplied> {
    let next = order.become_status(ThirdOrderStatus::Refused, None);
    let caused = [audit_callback(&next, next.status.audit_answer(), None)];
    let commit = Commit {
        entry: Some(entry(order, format!("may not borrow: {}", admission::word(rule)))),
        callbacks: Some((&deps.callbacks, &caused)),
        ..Commit::of(Some(order.version), &next)
    };
    if deps.store.commit(scope, commit).await? == Committed::Lost {
        return Ok(false);
    }
    deps.wake_ups.send(scope, &[&next.key.to_string()]).await;
    Ok(true)
}

/// 10 → 11, and the core is sent the application.
async fn send(deps: &Deps, scope: &Scope, order: &StoredOrder) -> Result<bool, NotApplied> {
    let data_key = order.data_keys.get(&DataKind::Push).ok_or(NotApplied::NoPush)?;
    let command = core_command::credit_application(order, data_key);
    let pending = deps.outbox.queue_message(scope, &deps.core_commands, command, &[]);
    let next = order.become_status(ThirdOrderStatus::CreditInProgress, None);
    let commit = Commit {
        entry: Some(entry(order, "credit applied for".to_owned())),
        outbox: Some(&pending),
        ..Commit::of(Some(order.version), &next)
    };
    if deps.store.commit(scope, commit).await? == Committed::Lost {
        return Ok(false);
    }
    deps.outbox.deliver(scope, &[pending]).await;
    Ok(true)
}

fn entry(from: &StoredOrder, reason: String) -> Entry {
    Entry { from: Some(from.status), source: CreditApplication::SOURCE.function, reason }
}
