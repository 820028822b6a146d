//! Callbacks to partners (design §5), which keep their order per entity without leaning on a queue's. The transaction of
//! a state change puts a row for each callback and moves the entity's head ([`Callbacks::add`]); a worker takes the
//! head's lease and sends what waits, the lowest sequence first.
//!
//! The table's key is `order`, a text that no other context or channel has, and `seq`. A callback's `seq` comes from the
//! order's version, so that the rows of one order lie in the order of its changes; `head` lies behind them all. What is
//! due is found by the sparse index `due` on the heads alone: `due_shard` and `due_at`, which the worker removes together
//! when nothing waits.

mod attempt;
mod lease;
mod resend;
mod store;
mod stored;
mod wake_up;
mod worker;

use aws_sdk_dynamodb::types::builders::{PutBuilder, UpdateBuilder};
use aws_sdk_dynamodb::types::{AttributeValue, Put, Update};

use crate::config::{Environment, Variable};
use crate::dynamodb::{SCHEMA_VERSION, STAMP, Transaction, number, text};
use crate::metrics::Count;
use crate::{Scope, rfc3339, shards};

pub use attempt::Attempt;
pub use store::{CallbackStore, DueOrder, DuePage, Listed, Page};
pub use stored::{Callback, CallbackId, Unreadable};
pub use wake_up::{UNWOKEN, WakeUp, WakeUps};
pub use worker::{Failure, Passed, Sender, Sent, Worker};

/// Into how many partitions the index of what is due is split.
pub const SHARDS: u32 = 4;
/// The partition key: whose callbacks these are.
pub const ORDER: &str = "order";
/// The sort key: a callback's place, or [`HEAD`].
pub const SEQ: &str = "seq";
/// The sort key of an order's head; every callback's is less.
pub const HEAD: &str = "head";
/// The index of the heads of which something is due.
pub const DUE_INDEX: &str = "due";
/// Its partition key.
pub const DUE_SHARD: &str = "due_shard";
/// Its sort key: when the worker is to look at the order.
pub const DUE_AT: &str = "due_at";
/// Of a head: the place of the order's last callback.
pub const LAST_SEQ: &str = "last_seq";
/// Of a head: since when the first of what waits does, so that its age can be told.
pub const WAITS_SINCE: &str = "waits_since";
/// Of a head: until when a worker has it for itself.
pub const LEASE_UNTIL: &str = "lease_until";
/// Of a head: which worker has it.
pub const LEASE_OWNER: &str = "lease_owner";
/// Of a head: everything up to this place is delivered or dead.
pub const DONE_SEQ: &str = "done_seq";
/// Of a head: how often something of the order was sent again.
pub const RESENDS: &str = "resends";
/// Of a callback: what kind it is, as its context names it.
pub const KIND: &str = "kind";
/// Of a callback: what it tells; it is signed when it is sent.
pub const BODY: &str = "body";
/// Of a callback: how far it is; also the index of all callbacks by it, the first caused first.
pub const STATE: &str = "state";
/// Of a callback: each try to send it.
pub const ATTEMPTS: &str = "attempts";
/// Of a callback: how often it failed since it was caused or sent again.
pub const FAILURES: &str = "failures";
/// Of a callback: how long it was made to wait for that, taken together.
pub const WAITED_MS: &str = "waited_ms";
/// Of a callback: when it was given up, while it is.
pub const DEAD_AT: &str = "dead_at";
/// Of a callback: when an operator had it sent again last.
pub const RESENT_AT: &str = "resent_at";
/// Of a callback: when it was caused.
pub const CREATED_AT: &str = "created_at";
/// Of a callback: the correlation id of what caused it.
pub const CORRELATION_ID: &str = "correlation_id";
/// The version of callbacks and heads that is written now.
pub const CURRENT_SCHEMA: u64 = 1;

const CALLBACKS_TABLE: Variable =
    Variable { name: "CALLBACKS_TABLE", meaning: "The table of callbacks to partners.", default: None };

/// Callbacks that `partner` took.
#[must_use]
pub fn delivered(partner: &'static str) -> Count {
    Count::labelled("callback_delivered", "partner", partner)
}

/// Tries that `partner` did not take.
#[must_use]
pub fn failed(partner: &'static str) -> Count {
    Count::labelled("callback_failed", "partner", partner)
}

/// Callbacks that were given up at `partner`: somebody must look at them.
#[must_use]
pub fn gave_up(partner: &'static str) -> Count {
    Count::labelled("callback_dead", "partner", partner)
}

/// How far a callback is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackState {
    /// It is to be sent, for the first time or again.
    Pending,
    /// The partner took it.
    Delivered,
    /// It was given up; only an operator has it sent again.
    Dead,
}

impl CallbackState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Dead];

    /// Its name in the store and for operators.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A callback that a state change causes.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCallback {
    /// What kind it is, as its context names it.
    pub kind: &'static str,
    /// What it tells.
    pub body: String,
}

/// The state change that causes callbacks.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// Whose callbacks they are.
    pub order: &'a str,
    /// The order's version after the change: no other change of the order has it.
    pub version: u64,
    /// The transaction's stamp.
    pub stamp: &'a str,
}

/// The table of callbacks, for whoever causes them.
#[derive(Clone, Debug)]
pub struct Callbacks {
    table: String,
}

impl Callbacks {
    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(CALLBACKS_TABLE)
    }

    /// The callbacks in `table`.
    #[must_use]
    pub fn new(table: String) -> Self {
        Self { table }
    }

    /// Adds what a change causes to its transaction: a row for each callback, in the order in which they are to go out,
    /// and the head, which becomes due now unless it is already. Nothing is added when nothing is caused.
    #[must_use]
    pub fn add(
        &self,
        scope: &Scope,
        transaction: Transaction,
        change: Change<'_>,
        callbacks: &[NewCallback],
    ) -> Transaction {
        let Some(last) = callbacks.len().checked_sub(1) else { return transaction };
        let rows = callbacks.iter().enumerate();
        let with_rows = rows.fold(transaction, |transaction, (place, callback)| {
            transaction.put(self.row(scope, change, place, callback))
        });
        with_rows.update(self.head(scope, change, last))
    }

    fn row(&self, scope: &Scope, change: Change<'_>, place: usize, callback: &NewCallback) -> PutBuilder {
        Put::builder()
            .table_name(&self.table)
            .item(ORDER, text(change.order))
            .item(SEQ, text(seq(change.version, place)))
            .item(KIND, text(callback.kind))
            .item(BODY, text(&callback.body))
            .item(STATE, text(CallbackState::Pending.as_str()))
            .item(ATTEMPTS, AttributeValue::L(Vec::new()))
            .item(CREATED_AT, text(rfc3339::sortable(scope.now())))
            .item(CORRELATION_ID, text(scope.correlation_id()))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(change.stamp))
            .condition_expression("attribute_not_exists(#seq)")
            .expression_attribute_names("#seq", SEQ)
    }

    /// A head that waits for a later try stays due then: a new callback does not hurry those before it.
    fn head(&self, scope: &Scope, change: Change<'_>, last: usize) -> UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .key(ORDER, text(change.order))
            .key(SEQ, text(HEAD))
            .update_expression(
                "SET #last_seq = :last_seq, #due_at = if_not_exists(#due_at, :now), #due_shard = :due_shard, \
                 #waits_since = if_not_exists(#waits_since, :now), #schema = :schema, #stamp = :stamp",
            )
            .condition_expression("attribute_not_exists(#last_seq) OR #last_seq < :last_seq")
            .expression_attribute_names("#last_seq", LAST_SEQ)
            .expression_attribute_names("#due_at", DUE_AT)
            .expression_attribute_names("#due_shard", DUE_SHARD)
            .expression_attribute_names("#waits_since", WAITS_SINCE)
            .expression_attribute_names("#schema", SCHEMA_VERSION)
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":last_seq", text(seq(change.version, last)))
            .expression_attribute_values(":now", text(rfc3339::sortable(scope.now())))
            .expression_attribute_values(":due_shard", number(shard_of(change.order)))
            .expression_attribute_values(":schema", number(CURRENT_SCHEMA))
            .expression_attribute_values(":stamp", text(change.stamp))
    }
}

/// The place of a change's callback among all of its order's: texts that sort as version and place do.
#[must_use]
pub fn seq(version: u64, place: usize) -> String {
    format!("{version:020}-{place:03}")
}

/// The partition of the index that an order's head is in.
#[must_use]
pub fn shard_of(order: &str) -> u32 {
    shards::shard_of(&[order], SHARDS)
}

/// What a callback tells is not for a log.
impl std::fmt::Debug for NewCallback {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("NewCallback").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{CallbackState, HEAD, NewCallback, SHARDS, seq, shard_of};

    #[test]
    fn places_sort_by_version_then_by_place_and_the_head_lies_behind() {
        let places = [(1, 0), (1, 1), (2, 0), (9, 10), (10, 0), (u64::MAX, 999)];
        let seqs: Vec<_> = places.iter().map(|(version, place)| seq(*version, *place)).collect();
        assert!(seqs.is_sorted(), "{seqs:?}");
        assert!(seqs.iter().all(|seq| seq.as_str() < HEAD));
        assert_eq!(seqs.first().map(String::as_str), Some("00000000000000000001-000"));
    }

    #[test]
    fn a_state_has_a_name_and_another_name_is_none() {
        let states = CallbackState::ALL;
        assert_eq!(states.map(CallbackState::as_str), ["pending", "delivered", "dead"]);
        assert_eq!(states.map(|state| CallbackState::parse(state.as_str())), states.map(Some));
        assert_eq!(CallbackState::parse("Dead"), None);
    }

    #[test]
    fn orders_are_spread_over_the_shards_and_each_stays_in_its_own() {
        let mut orders = [0; SHARDS as usize];
        for order in 0..1000 {
            let order = format!("840#{order}");
            assert_eq!(shard_of(&order), shard_of(&order));
            if let Some(count) = orders.get_mut(shard_of(&order) as usize) {
                *count += 1;
            }
        }
        assert!(orders.iter().all(|count| *count > 150), "{orders:?}");
    }

    #[test]
    fn what_a_callback_tells_does_not_print() {
        let callback = NewCallback { kind: "audit", body: "personal".into() };
        assert_eq!(format!("{callback:?}"), r#"NewCallback { kind: "audit", .. }"#);
    }
}
