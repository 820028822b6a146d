//! Every change of an order, with all that belongs to it, in one conditional write.

use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use platform::Scope;
use platform::dynamodb::{ErrorKind, STAMP, Transacted, Transaction, Verdict, number, text};
use platform::outbox::Pending;

use super::documents::DocumentError;
use super::order_row::{ORDER_ID, VERSION};
use super::requests::Running;
use super::{Document, Entry, LeaseStore, Notification, Progress, RequestKey, StoredOrder};

/// What is to be written together.
#[derive(Debug)]
pub struct Commit<'a> {
    /// The version that was read; `None` for an order that must not exist yet.
    pub read: Option<u64>,
    /// The order as it becomes.
    pub order: &'a StoredOrder,
    /// Its transition, if it is one.
    pub entry: Option<Entry>,
    /// The request that it is on behalf of, and how far that came.
    pub request: Option<(&'a RequestKey, Progress)>,
    /// Documents that come with it.
    pub documents: Vec<Document>,
    /// The event that tells of it.
    pub event: Option<&'a Pending>,
    /// The notification that led to it.
    pub notification: Option<&'a Notification>,
}

/// How a commit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// Everything is written.
    Applied,
    /// Nothing is: the order, or what comes with it, is no longer what was read.
    Lost,
    /// Nothing is, and only the request stands in the way: it has an answer, or its key is another's by now.
    AnsweredBefore,
}

impl<'a> Commit<'a> {
    /// A change of the order alone.
    #[must_use]
    pub fn of(read: Option<u64>, order: &'a StoredOrder) -> Self {
        Self { read, order, entry: None, request: None, documents: vec![], event: None, notification: None }
    }
}

impl LeaseStore {
    /// Writes everything, or nothing.
    ///
    /// # Errors
    /// DynamoDB failed, or a document could not be sealed.
    pub async fn commit(&self, scope: &Scope, commit: Commit<'_>) -> Result<Committed, DocumentError> {
        let (now, stamp, id) = (scope.now(), scope.stamp(), &commit.order.order.id);
        let mut transaction = Transaction::new().put(self.order_put(&commit, scope, &stamp));
        let request_place = 1 + usize::from(commit.entry.is_some());
        if let Some(entry) = &commit.entry {
            transaction = transaction.put(self.history_put(entry, &commit.order.order, now, &stamp));
        }
        if let Some((key, progress)) = &commit.request {
            let own = (now, Running::Own);
            transaction = transaction.put(self.request_put((key, progress), id, own, &stamp)?);
        }
        for document in &commit.documents {
            transaction = transaction.put(self.document_put(document, id, now, &stamp)?);
        }
        if let Some(event) = commit.event {
            transaction = transaction.put(event.put(&stamp));
        }
        if let Some(notification) = commit.notification {
            transaction = transaction.put(notification.put(now, &stamp));
        }
        let transacted = match transaction.commit(&self.client, scope, &stamp).await {
            // Somebody else is at the order at this very moment: what was read may be no longer so.
            Err(failure) if failure.kind == ErrorKind::Contended => return Ok(Committed::Lost),
            transacted => transacted?,
        };
        Ok(match transacted {
            Transacted::Applied => Committed::Applied,
            Transacted::Lost(verdicts) => {
                let is_in_the_way = |(place, verdict): (usize, &Verdict)| match verdict {
                    Verdict::Passed => true,
                    Verdict::ConditionFailed(_) => commit.request.is_some() && place == request_place,
                    Verdict::Contended => false,
                };
                let only_request = verdicts.iter().enumerate().all(is_in_the_way);
                if only_request { Committed::AnsweredBefore } else { Committed::Lost }
            }
        })
    }

    fn order_put(&self, commit: &Commit<'_>, scope: &Scope, stamp: &str) -> PutBuilder {
        let item = commit.order.to_item(scope.now());
        let put =
            Put::builder().table_name(&self.tables.orders).set_item(Some(item)).item(STAMP, text(stamp));
        match commit.read {
            Some(version) => put
                .condition_expression("#version = :version")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":version", number(version)),
            None => put
                .condition_expression("attribute_not_exists(#order_id)")
                .expression_attribute_names("#order_id", ORDER_ID),
        }
    }
}
