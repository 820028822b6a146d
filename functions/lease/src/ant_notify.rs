//! `POST /antchain/ato/notify` (§7): Ant tells that something happened. It is verified, written down once, and answered
//! only then; what happened is asked for, in whatever order notifications come.

mod alipay;
mod endpoint;
mod message;

use std::time::Duration;

use domain::lease::OrderId;
use platform::Scope;
use tracing::warn;

use crate::deps::Deps;
use crate::failure::Failure;
use crate::look::{Asker, look};
use crate::store::{Commit, Committed, NotificationStore, StoredOrder};

pub use endpoint::{AntNotify, Settings};
pub use message::{Dialect, Message, Unreadable, Unverified};

const TRIES: u32 = 5;
/// What is stored is answered, however long Ant takes for the questions.
const LOOK: Duration = Duration::from_secs(5);

/// What became of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is written down, and its order was looked at or will be.
    Now,
    /// It was there before.
    Before,
    /// It is written down; its order is none of ours.
    ForNobody,
}

/// Writes a verified notification down, and has its order looked at.
///
/// # Errors
/// It could not be written down: Ant sends it again.
pub async fn handle(
    deps: &Deps,
    notifications: &NotificationStore,
    scope: &Scope,
    message: &Message,
) -> Result<Taken, Failure> {
    let notification = notifications.notification(message);
    let id = OrderId::new(&message.order_id).ok();
    for tries in 1..=TRIES {
        let order = match &id {
            Some(id) => deps.store.order(scope, id).await?,
            None => None,
        };
        let Some(stored) = order else {
            let first = notifications.keep(scope, &notification).await?;
            return Ok(if first { Taken::ForNobody } else { Taken::Before });
        };
        let mut next = stored.clone();
        next.order.version += 1;
        next.notified_at = Some(scope.now());
        next.looks = 0;
        let commit =
            Commit { notification: Some(&notification), ..Commit::of(Some(stored.order.version), &next) };
        if deps.store.commit(scope, commit).await? == Committed::Applied {
            if tokio::time::timeout(LOOK, look_now(deps, scope, next)).await.is_err() {
                warn!(order_id = message.order_id.as_str(), "Ant takes too long: not looked at yet");
            }
            return Ok(Taken::Now);
        }
        if notifications.has(scope, &notification).await? {
            return Ok(Taken::Before);
        }
        scope.pause(tries).await;
    }
    Err(Failure::Raced)
}

/// Looks at the order at once. What does not come of it now, lease-reconcile does: the order is marked.
async fn look_now(deps: &Deps, scope: &Scope, mut stored: StoredOrder) {
    let (mark, asked_at) = (stored.notified_at, scope.now());
    let asker = Asker::function("ant-notify");
    let mut failed = false;
    for query in stored.queries() {
        match look(deps, scope, &asker, stored.clone(), query).await {
            Ok((next, _)) => stored = next,
            Err(failure) => {
                warn!(%failure, order_id = stored.order.id.as_str(), "not looked at yet");
                failed = true;
            }
        }
    }
    // Another notification's mark is for another to take away. A call that was under way kept what Ant told from moving the
    // order: that is to be looked at again.
    if failed || stored.order.is_under_way(asked_at) || stored.notified_at != mark {
        return;
    }
    let mut next = stored.clone();
    next.order.version += 1;
    next.notified_at = None;
    if let Err(failure) = deps.store.commit(scope, Commit::of(Some(stored.order.version), &next)).await {
        let failure = Failure::from(failure);
        warn!(%failure, order_id = stored.order.id.as_str(), "looked at, and still marked");
    }
}
