//! The queue `credit-result` (item 8; §2.1, §10, §11): what the core decided about an order's credit. Approved, the user may
//! confirm; refused or expired, the order ends, and the refusal is remembered.

mod consumer;
mod decision;

use std::collections::BTreeSet;

use domain::marketplace::{CoreMessageKind, CreditResult as Decided, OrderKey, Recency, Step};
use platform::Scope;
use platform::callbacks::{Callbacks, WakeUps};
use platform::dynamodb::DynamoDbError;
use platform::sqs::Consumer;

use crate::audit::audit_callback;
use crate::core_message::{self, Effect, Error, Found, Judged, Outcome, Reason};
use crate::refusals::Refusals;
use crate::store::{Commit, Committed, CoreMessages, Entry, NewRefusal, OrderStore, RefusedBy, StoredOrder};

pub use consumer::{CreditResult, Own, Settings};
pub use decision::{Decision, read};

/// What the operation works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The orders.
    pub store: OrderStore,
    /// The messages that were taken.
    pub messages: CoreMessages,
    /// How a refusal is remembered.
    pub refusals: Refusals,
    /// What the platform is to be told.
    pub callbacks: Callbacks,
    /// Who tells it.
    pub wake_ups: WakeUps,
}

struct Decides<'a> {
    deps: &'a Deps,
    decision: &'a Decision,
}

/// Takes a decision.
///
/// # Errors
/// Whether it may be taken later is told by [`Error`]'s variant.
pub async fn handle(deps: &Deps, scope: &Scope, decision: &Decision) -> Result<Outcome, Error> {
    core_message::take(&deps.messages, scope, &decision.message, &Decides { deps, decision }).await
}

impl Effect for Decides<'_> {
    type State = StoredOrder;
    type Change = ();

    async fn read(&self, scope: &Scope, key: &OrderKey) -> Result<Found<StoredOrder>, DynamoDbError> {
        Ok(self.deps.store.order(scope, key).await?.map_or(Found::NoOrder, Found::Here))
    }

    fn recency(&self, order: &StoredOrder) -> Recency {
        let message = &self.decision.message;
        let last = order.applied.get(&CoreMessageKind::CreditResult);
        Recency::of(&message.event_id, message.occurred_at, last)
    }

    fn judge(&self, order: &StoredOrder) -> Judged<()> {
        match self.decision.result.step_from(order.status) {
            Step::Go => Judged::Go(()),
            Step::Stay => Judged::Stay,
            Step::Forbidden => Judged::Refused(Reason::Forbidden),
        }
    }

    async fn write(&self, scope: &Scope, order: &StoredOrder, (): ()) -> Result<Committed, Error> {
        let (deps, decision) = (self.deps, self.decision);
        let message = &decision.message;
        let mut next = order.become_status(decision.result.status(), None);
        next.approval.clone_from(&decision.approval);
        next.applied.insert(message.kind, message.applied());
        let caused = [audit_callback(&next, next.status.audit_answer(), next.approval.as_ref())];
        let digests = match decision.result {
            Decided::Approved => BTreeSet::new(),
            Decided::Refused | Decided::Expired => deps.refusals.digests_of(order),
        };
        let refusal = NewRefusal {
            customers: &deps.refusals.customers,
            digests: &digests,
            by: RefusedBy::Credit,
            at: message.occurred_at,
        };
        let reason = format!("credit {}", decision.result.as_str());
        let commit = Commit {
            entry: Some(Entry { from: Some(order.status), source: CreditResult::SOURCE.function, reason }),
            callbacks: Some((&deps.callbacks, &caused)),
            message: Some((&deps.messages, message)),
            refusal: Some(refusal),
            ..Commit::of(Some(order.version), &next)
        };
        let committed = deps.store.commit(scope, commit).await?;
        if committed == Committed::Applied {
            deps.wake_ups.send(scope, &[&next.key.to_string()]).await;
        }
        Ok(committed)
    }
}
