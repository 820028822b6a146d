use std::time::Duration;

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Update};
use jiff::Timestamp;

use super::attempt::{self, Attempt};
use super::store::CallbackStore;
use super::stored::Callback;
use super::{
    ATTEMPTS, CallbackState, DEAD_AT, DONE_SEQ, DUE_AT, DUE_SHARD, FAILURES, HEAD, LAST_SEQ, LEASE_OWNER,
    LEASE_UNTIL, ORDER, RESENDS, SEQ, STATE, WAITED_MS, WAITS_SINCE,
};
use crate::dynamodb::{
    DynamoDbError, ErrorKind, Item, Row, RowError, STAMP, Transacted, Transaction, Updated, Verdict, number,
    text, update_returning,
};
use crate::{Scope, rfc3339};

/// How often a write is tried that others stand in the way of.
const TRIES: u32 = 6;

/// An order that a worker has for itself.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) order: String,
    pub(super) owner: String,
    pub(super) last_seq: String,
    /// Everything up to here is delivered or dead.
    pub(super) done_seq: Option<String>,
    resends: Option<String>,
}

/// Whether the lease was taken.
#[derive(Debug)]
pub(super) enum Taken {
    Held(Held),
    /// Nothing waits, or not yet.
    NotDue,
    /// Another worker has it.
    Leased,
}

/// What becomes of the order with a write.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// The worker goes on, until then; the next one waits since this instant.
    GoesOn { until: Timestamp, waits_since: Option<Timestamp> },
    /// Nothing waits any more.
    Drained,
    /// It is looked at again then, by whoever comes; what waits does so since this instant.
    DueAt { at: Timestamp, waits_since: Option<Timestamp> },
    /// It is given back as it is.
    GivenBack,
}

/// What became of a write.
#[derive(Debug)]
pub(super) enum Settled {
    Done,
    /// The order has moved on meanwhile, and is the worker's still.
    Moved(Held),
    /// The lease ran out, and another has the order.
    Lost,
}

/// What a try makes of its callback.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tried<'a> {
    pub(super) callback: &'a Callback,
    pub(super) attempt: &'a Attempt,
    pub(super) state: CallbackState,
    pub(super) failures: u32,
    pub(super) waited: Duration,
}

impl CallbackStore {
    /// Takes an order that is due for as long as `time`.
    pub(super) async fn take(
        &self,
        scope: &Scope,
        order: &str,
        time: Duration,
    ) -> Result<Taken, DynamoDbError> {
        let (owner, now) = (scope.stamp(), scope.now());
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key(ORDER, text(order))
            .key(SEQ, text(HEAD))
            .update_expression("SET #lease_until = :until, #owner = :owner, #stamp = :owner")
            .condition_expression(
                "#due_at <= :now AND (attribute_not_exists(#lease_until) OR #lease_until <= :now)",
            )
            .expression_attribute_names("#due_at", DUE_AT)
            .expression_attribute_names("#lease_until", LEASE_UNTIL)
            .expression_attribute_names("#owner", LEASE_OWNER)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":now", text(rfc3339::sortable(now)))
            .expression_attribute_values(":until", text(rfc3339::sortable(after(now, time))))
            .expression_attribute_values(":owner", text(&owner));
        match update_returning(scope, &owner, call).await? {
            Updated::Applied(item) => {
                Held::read(&item, order, owner).map(Taken::Held).map_err(|error| error.of("UpdateItem"))
            }
            Updated::Lost(item) => {
                let head = item.as_ref().map(Row::new);
                let due_at = head.and_then(|head| head.optional_instant(DUE_AT).ok().flatten());
                Ok(if due_at.is_some_and(|due_at| due_at <= now) { Taken::Leased } else { Taken::NotDue })
            }
        }
    }

    /// Writes what came of a try, if there was one, and what becomes of the order, on condition that it is still the
    /// worker's.
    pub(super) async fn settle(
        &self,
        scope: &Scope,
        held: &Held,
        tried: Option<Tried<'_>>,
        next: Next,
    ) -> Result<Settled, DynamoDbError> {
        let mut turn = 0;
        loop {
            let stamp = scope.stamp();
            let transaction = Transaction::new().update(self.head(held, next, &stamp));
            let transaction = match tried {
                Some(tried) => transaction.update(self.row(tried, scope.now(), &stamp)),
                None => transaction,
            };
            turn += 1;
            match transaction.commit(&self.client, scope, &stamp).await {
                Ok(Transacted::Applied) => return Ok(Settled::Done),
                Ok(Transacted::Lost(verdicts)) => return Ok(lost(held, &verdicts)),
                Err(failure) if failure.kind == ErrorKind::Contended && turn < TRIES => {
                    scope.pause(turn).await;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    fn row(&self, tried: Tried<'_>, now: Timestamp, stamp: &str) -> UpdateBuilder {
        let dead = if tried.state == CallbackState::Dead { ", #dead_at = :now" } else { "" };
        let update = Update::builder()
            .table_name(&self.table)
            .key(ORDER, text(&tried.callback.id.order))
            .key(SEQ, text(&tried.callback.id.seq))
            .update_expression(format!(
                "SET #state = :state, #attempts = :attempts, #failures = :failures, #waited = :waited, \
                 #stamp = :stamp{dead}"
            ))
            .condition_expression("#state = :pending")
            .expression_attribute_names("#state", STATE)
            .expression_attribute_names("#attempts", ATTEMPTS)
            .expression_attribute_names("#failures", FAILURES)
            .expression_attribute_names("#waited", WAITED_MS)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":pending", text(CallbackState::Pending.as_str()))
            .expression_attribute_values(":state", text(tried.state.as_str()))
            .expression_attribute_values(":attempts", attempt::with(&tried.callback.attempts, tried.attempt))
            .expression_attribute_values(":failures", number(tried.failures))
            .expression_attribute_values(":waited", number(tried.waited.as_millis()))
            .expression_attribute_values(":stamp", text(stamp));
        if dead.is_empty() {
            return update;
        }
        update
            .expression_attribute_names("#dead_at", DEAD_AT)
            .expression_attribute_values(":now", text(rfc3339::sortable(now)))
    }

    fn head(&self, held: &Held, next: Next, stamp: &str) -> UpdateBuilder {
        let instant = |instant| text(rfc3339::sortable(instant));
        let mut condition = "#owner = :owner".to_owned();
        let update = Update::builder()
            .table_name(&self.table)
            .key(ORDER, text(&held.order))
            .key(SEQ, text(HEAD))
            .expression_attribute_names("#owner", LEASE_OWNER)
            .expression_attribute_names("#lease_until", LEASE_UNTIL)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":owner", text(&held.owner))
            .expression_attribute_values(":stamp", text(stamp));
        let update = match next {
            Next::GoesOn { until, waits_since } => {
                let (update, since) = since(update, waits_since);
                update
                    .update_expression(format!("SET #lease_until = :until, {since}#stamp = :stamp"))
                    .expression_attribute_values(":until", instant(until))
            }
            Next::Drained => {
                condition.push_str(" AND #last_seq = :last_seq");
                update
                    .update_expression(
                        "SET #done_seq = :last_seq, #stamp = :stamp \
                         REMOVE #due_at, #due_shard, #waits_since, #lease_until, #owner",
                    )
                    .expression_attribute_names("#done_seq", DONE_SEQ)
                    .expression_attribute_names("#last_seq", LAST_SEQ)
                    .expression_attribute_names("#due_at", DUE_AT)
                    .expression_attribute_names("#due_shard", DUE_SHARD)
                    .expression_attribute_names("#waits_since", WAITS_SINCE)
                    .expression_attribute_values(":last_seq", text(&held.last_seq))
            }
            Next::DueAt { at, waits_since } => {
                let (update, since) = since(update, waits_since);
                let set =
                    format!("SET #due_at = :due_at, {since}#stamp = :stamp REMOVE #lease_until, #owner");
                update
                    .update_expression(set)
                    .expression_attribute_names("#due_at", DUE_AT)
                    .expression_attribute_values(":due_at", instant(at))
            }
            Next::GivenBack => {
                return update
                    .update_expression("SET #stamp = :stamp REMOVE #lease_until, #owner")
                    .condition_expression(condition);
            }
        };
        // What an operator had sent again meanwhile is to be looked at first.
        let update = if let Some(resends) = &held.resends {
            condition.push_str(" AND #resends = :resends");
            update.expression_attribute_values(":resends", AttributeValue::N(resends.clone()))
        } else {
            condition.push_str(" AND attribute_not_exists(#resends)");
            update
        };
        update.expression_attribute_names("#resends", RESENDS).condition_expression(condition)
    }
}

impl Held {
    fn read(item: &Item, order: &str, owner: String) -> Result<Self, RowError> {
        let row = Row::new(item);
        Ok(Self {
            order: order.to_owned(),
            owner,
            last_seq: row.text(LAST_SEQ)?.to_owned(),
            done_seq: row.optional_text(DONE_SEQ)?.map(str::to_owned),
            resends: row.optional_number_text(RESENDS)?.map(str::to_owned),
        })
    }
}

/// Names in a head's update since when what waits does, if it is to be written, and gives the words for it.
fn since(update: UpdateBuilder, waits_since: Option<Timestamp>) -> (UpdateBuilder, &'static str) {
    let Some(since) = waits_since else { return (update, "") };
    let update = update
        .expression_attribute_names("#waits_since", WAITS_SINCE)
        .expression_attribute_values(":since", text(rfc3339::sortable(since)));
    (update, "#waits_since = :since, ")
}

/// What the head shows, which is the first of a transaction.
fn lost(held: &Held, verdicts: &[Verdict]) -> Settled {
    let Some(Verdict::ConditionFailed(Some(shown))) = verdicts.first() else { return Settled::Lost };
    let owner = Row::new(shown).optional_text(LEASE_OWNER).ok().flatten();
    if owner != Some(held.owner.as_str()) {
        return Settled::Lost;
    }
    Held::read(shown, &held.order, held.owner.clone()).map_or(Settled::Lost, Settled::Moved)
}

pub(super) fn after(now: Timestamp, time: Duration) -> Timestamp {
    now.saturating_add(time).unwrap_or(Timestamp::MAX)
}
