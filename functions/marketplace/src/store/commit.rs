//! Every change of an order, with all that belongs to it, in one conditional write.

use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::PullLog;
use jiff::Timestamp;
use platform::Scope;
use platform::callbacks::{Callbacks, Change, NewCallback};
use platform::dynamodb::{DynamoDbError, ErrorKind, STAMP, Transacted, Transaction, number, text};
use platform::outbox::Pending;
use platform::seal::Sealed;

use super::order_row::{ORDER, StoredOrder, VERSION};
use super::orders::OrderStore;
use super::refusals::commit_refusing;
use super::{
    Beside, CoreMessage, CoreMessages, DataKind, Entry, NewRefusal, RawObject, StoredPullLog, Taken,
};

/// What is to be written together.
#[derive(Debug)]
pub struct Commit<'a> {
    /// The version that was read; `None` for an order that must not exist yet.
    pub read: Option<u64>,
    /// The order as it becomes.
    pub order: &'a StoredOrder,
    /// Its step, if it is one.
    pub entry: Option<Entry>,
    /// Raw data that it names from now on.
    pub objects: &'a [RawObject],
    /// Raw data of kinds that it no longer has.
    pub dropped: &'a [DataKind],
    /// The person of a push, sealed for the user, whom it makes or renews.
    pub user: Option<&'a Sealed>,
    /// What becomes of its pulls.
    pub pulls: Pulls<'a>,
    /// What is written with it in other tables.
    pub beside: &'a [Beside<'a>],
    /// What the platform is to be told.
    pub callbacks: Option<(&'a Callbacks, &'a [NewCallback])>,
    /// What other systems are to be sent.
    pub outbox: Option<&'a Pending>,
    /// The core's message that changes it.
    pub message: Option<(&'a CoreMessages, &'a CoreMessage)>,
    /// That its person was refused.
    pub refusal: Option<NewRefusal<'a>>,
}

/// What a commit makes of an order's pulls.
#[derive(Clone, Copy, Debug)]
pub enum Pulls<'a> {
    /// Nothing.
    Unchanged,
    /// They begin now, whatever there was.
    Begun,
    /// What a run brought.
    Settled {
        /// As the run has it.
        read: &'a StoredPullLog,
        /// As it became.
        log: &'a PullLog,
    },
}

/// How a commit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// Everything is written.
    Applied,
    /// Nothing is: the order, or what comes with it, is no longer what was read.
    Lost,
}

impl<'a> Commit<'a> {
    /// A change of the order alone.
    #[must_use]
    pub fn of(read: Option<u64>, order: &'a StoredOrder) -> Self {
        Self {
            read,
            order,
            entry: None,
            objects: &[],
            dropped: &[],
            user: None,
            pulls: Pulls::Unchanged,
            beside: &[],
            callbacks: None,
            outbox: None,
            message: None,
            refusal: None,
        }
    }
}

impl OrderStore {
    /// Writes everything, or nothing. Where a later refusal is known than the commit's, that one stands.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn commit(&self, scope: &Scope, commit: Commit<'_>) -> Result<Committed, DynamoDbError> {
        match self.commit_or_contend(scope, commit).await {
            // Somebody else is at a row at this very moment: what was read may be no longer so.
            Err(failure) if failure.kind == ErrorKind::Contended => Ok(Committed::Lost),
            committed => committed,
        }
    }

    /// The same for who tells what is no longer so from what cannot be written at this very moment.
    ///
    /// # Errors
    /// DynamoDB failed, or somebody else is at a row.
    pub async fn commit_or_contend(
        &self,
        scope: &Scope,
        commit: Commit<'_>,
    ) -> Result<Committed, DynamoDbError> {
        let transaction = |stamp: &str| self.transaction(scope, &commit, stamp);
        commit_refusing(&self.client, scope, commit.refusal.as_ref(), transaction).await
    }

    /// All but the dates of a refusal.
    fn transaction(&self, scope: &Scope, commit: &Commit<'_>, stamp: &str) -> Transaction {
        let (now, order) = (scope.now(), commit.order);
        let mut transaction = Transaction::new().put(self.order_put(commit, now, stamp));
        if let Some(entry) = &commit.entry {
            transaction = transaction.put(self.history_put(entry, order, now, stamp));
        }
        if commit.read.is_none() {
            transaction = transaction.put(self.conversion_put(order, now, stamp));
        }
        for object in commit.objects {
            transaction = transaction.put(self.data_put(&order.key, object, now, stamp));
        }
        for kind in commit.dropped {
            transaction = transaction.delete(self.data_delete(&order.key, *kind));
        }
        if let Some(person) = commit.user {
            let user = self.user_update(&order.key.channel, &order.content.uid, person, now, stamp);
            transaction = transaction.update(user);
        }
        transaction = match commit.pulls {
            Pulls::Unchanged => transaction,
            Pulls::Begun => transaction.put(self.pulls_begun(&order.key, &order.content.uid, now, stamp)),
            Pulls::Settled { read, log } => transaction.put(self.pulls_put(read, log, now, stamp)),
        };
        for row in commit.beside {
            transaction = transaction.put(row.put(now, stamp));
        }
        if let Some(pending) = commit.outbox {
            transaction = transaction.put(pending.put(stamp));
        }
        if let Some((messages, message)) = commit.message {
            transaction = transaction.put(messages.put(message, Taken::Applied, now, stamp));
        }
        if let Some((callbacks, caused)) = commit.callbacks {
            let key = order.key.to_string();
            let change = Change { order: &key, version: order.version, stamp };
            transaction = callbacks.add(scope, transaction, change, caused);
        }
        transaction
    }

    /// Writes what a run brought of an order that no longer waits for it: the pulls alone.
    ///
    /// # Errors
    /// DynamoDB failed, or somebody else is at the row.
    pub async fn settle_alone(
        &self,
        scope: &Scope,
        read: &StoredPullLog,
        log: &PullLog,
    ) -> Result<Committed, DynamoDbError> {
        let stamp = scope.stamp();
        let put = self.pulls_put(read, log, scope.now(), &stamp);
        Ok(match Transaction::new().put(put).commit(&self.client, scope, &stamp).await? {
            Transacted::Applied => Committed::Applied,
            Transacted::Lost(_) => Committed::Lost,
        })
    }

    fn order_put(&self, commit: &Commit<'_>, now: Timestamp, stamp: &str) -> PutBuilder {
        let item = commit.order.to_item(now);
        let put =
            Put::builder().table_name(&self.tables.orders).set_item(Some(item)).item(STAMP, text(stamp));
        match commit.read {
            Some(version) => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":version", number(version)),
            None => put
                .condition_expression("attribute_not_exists(#order)")
                .expression_attribute_names("#order", ORDER),
        }
    }
}
