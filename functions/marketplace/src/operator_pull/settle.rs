//! Writes down what a run brought of an order, and takes the order further once nothing more will come.

use domain::marketplace::{PullKind, PullLog, PullState, ThirdOrderStatus};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use platform::schedule::Job;

use super::OperatorPull;
use crate::store::{Commit, Committed, Entry, OrderStore, Pulls, RawObject, StoredOrder, StoredPullLog};

/// How often it is written anew because somebody else was at the order.
const TRIES: u32 = 5;
const OPERATION: &str = "TransactWriteItems";

/// Writes the pulls as they became, and with them the order where something came of them. Tells whether it is written: it
/// is not if the pulls are no longer the run's, because it took too long or because they were begun anew.
///
/// # Errors
/// DynamoDB failed, or others were at the rows at every try.
pub(super) async fn write(
    store: &OrderStore,
    scope: &Scope,
    taken: &StoredPullLog,
    log: &PullLog,
    objects: &[RawObject],
) -> Result<bool, DynamoDbError> {
    let mut lost_at = None;
    let mut failure = DynamoDbError::raced(OPERATION);
    for attempt in 1..=TRIES {
        let order = read(store, scope, taken, log, objects).await?;
        // The order is as it was when the write was lost: so it was the pulls that had changed.
        let version = order.as_ref().map(|order| order.version);
        if lost_at == Some(version) {
            return Ok(false);
        }
        match write_once(store, scope, order.as_ref(), (taken, log), objects).await {
            Ok(Committed::Applied) => return Ok(true),
            Ok(Committed::Lost) => lost_at = Some(version),
            // Nobody has won as yet: it may be written still.
            Err(contended) if contended.kind == ErrorKind::Contended => failure = contended,
            Err(other) => return Err(other),
        }
        scope.pause(attempt).await;
    }
    Err(failure)
}

/// The order, if anything is to be written of it.
async fn read(
    store: &OrderStore,
    scope: &Scope,
    taken: &StoredPullLog,
    log: &PullLog,
    objects: &[RawObject],
) -> Result<Option<StoredOrder>, DynamoDbError> {
    if objects.is_empty() && !log.is_final() {
        return Ok(None);
    }
    let order = store.order(scope, &taken.key).await?;
    order.ok_or_else(|| DynamoDbError::vanished("GetItem")).map(Some)
}

async fn write_once(
    store: &OrderStore,
    scope: &Scope,
    order: Option<&StoredOrder>,
    (taken, log): (&StoredPullLog, &PullLog),
    objects: &[RawObject],
) -> Result<Committed, DynamoDbError> {
    // An order that has moved on, or is another user's by now, takes nothing that comes late (§7.6).
    let waits = |order: &&StoredOrder| {
        order.status == ThirdOrderStatus::InformationIncomplete && order.content.uid == taken.uid
    };
    let Some(order) = order.filter(waits) else {
        return store.settle_alone(scope, taken, log).await;
    };
    let next = with_data(scope, order, log, objects);
    let entry = (next.status != order.status).then(|| Entry {
        from: Some(order.status),
        source: OperatorPull::SOURCE.function,
        reason: reason(log),
    });
    let commit = Commit {
        entry,
        objects,
        pulls: Pulls::Settled { read: taken, log },
        ..Commit::of(Some(order.version), &next)
    };
    store.commit_or_contend(scope, commit).await
}

/// The order with what was brought; to be parsed, if that was the last of it.
fn with_data(scope: &Scope, order: &StoredOrder, log: &PullLog, objects: &[RawObject]) -> StoredOrder {
    let mut next = match log.leads_to(order.status) {
        Some(status) => order.become_status(status, Some(scope.now())),
        None => order.become_status(order.status, None),
    };
    next.items = next.items.and(log.items().iter());
    next.data_keys.extend(objects.iter().map(|object| (object.kind, object.key.clone())));
    next
}

fn reason(log: &PullLog) -> String {
    let in_state = |state| {
        let kinds = PullKind::ALL.into_iter().filter(move |kind| log.pull(*kind).state == state);
        kinds.map(PullKind::as_str).collect::<Vec<_>>().join(", ")
    };
    let given_up = in_state(PullState::FailedFinal);
    if given_up.is_empty() { "all data pulled".to_owned() } else { format!("given up: {given_up}") }
}
