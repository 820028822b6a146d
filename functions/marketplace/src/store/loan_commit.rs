//! Every change of a loan by the core's messages and by repayments, with all that belongs to it, in one conditional write.

use aws_sdk_dynamodb::types::Put;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::LoanStatus;
use jiff::Timestamp;
use platform::callbacks::{Callbacks, Change, NewCallback};
use platform::dynamodb::{DynamoDbError, ErrorKind, SCHEMA_VERSION, STAMP, Transaction, number, text};
use platform::outbox::Pending;
use platform::{Scope, rfc3339};

use super::loan_row::StoredLoan;
use super::loans::LoanStore;
use super::order_row::{ORDER, VERSION};
use super::refusals::commit_refusing;
use super::{Committed, CoreMessage, CoreMessages, NewRefusal, Taken};

/// The version of a loan's entries that is written now.
const CURRENT_SCHEMA: u64 = 1;

/// What is to be written together.
#[derive(Debug)]
pub struct LoanCommit<'a> {
    /// The version that was read.
    pub read: u64,
    /// The loan as it becomes.
    pub loan: &'a StoredLoan,
    /// Its step, if it is one.
    pub entry: Option<LoanEntry>,
    /// What the platform is to be told.
    pub callbacks: Option<(&'a Callbacks, &'a [NewCallback])>,
    /// What other systems are to be sent.
    pub outbox: &'a [Pending],
    /// The core's message that changes it.
    pub message: Option<(&'a CoreMessages, &'a CoreMessage)>,
    /// That its person was refused.
    pub refusal: Option<NewRefusal<'a>>,
}

/// A step of a loan, in the history of its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanEntry {
    /// The table of the history.
    pub history: String,
    /// What the loan was.
    pub from: LoanStatus,
    /// The function that took the step.
    pub source: &'static str,
    /// Why, in a few words without personal data.
    pub reason: String,
}

impl<'a> LoanCommit<'a> {
    /// A change of the loan alone.
    #[must_use]
    pub fn of(read: u64, loan: &'a StoredLoan) -> Self {
        Self { read, loan, entry: None, callbacks: None, outbox: &[], message: None, refusal: None }
    }
}

impl LoanStore {
    /// Writes everything, or nothing. Where a later refusal is known than the commit's, that one stands.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn commit(&self, scope: &Scope, commit: LoanCommit<'_>) -> Result<Committed, DynamoDbError> {
        let transaction = |stamp: &str| self.transaction(scope, &commit, stamp);
        match commit_refusing(&self.client, scope, commit.refusal.as_ref(), transaction).await {
            // Somebody else is at a row at this very moment: what was read may be no longer so.
            Err(failure) if failure.kind == ErrorKind::Contended => Ok(Committed::Lost),
            committed => committed,
        }
    }

    /// All but the dates of a refusal.
    fn transaction(&self, scope: &Scope, commit: &LoanCommit<'_>, stamp: &str) -> Transaction {
        let (now, loan) = (scope.now(), commit.loan);
        let mut transaction = Transaction::new().put(self.put_changed(commit.read, loan, now, stamp));
        if let Some(entry) = &commit.entry {
            transaction = transaction.put(self.entry_put(entry, loan, now, stamp));
        }
        for pending in commit.outbox {
            transaction = transaction.put(pending.put(stamp));
        }
        if let Some((messages, message)) = commit.message {
            transaction = transaction.put(messages.put(message, Taken::Applied, now, stamp));
        }
        if let Some((callbacks, caused)) = commit.callbacks {
            let key = loan.key.to_string();
            let change = Change { order: &key, version: loan.version, stamp };
            transaction = callbacks.add(scope, transaction, change, caused);
        }
        transaction
    }

    /// The entry's row, behind those of its order: one for each version of the loan that is a step. Its codes are of
    /// `cl_borrow`, and so are named for it.
    fn entry_put(&self, entry: &LoanEntry, loan: &StoredLoan, now: Timestamp, stamp: &str) -> PutBuilder {
        let code = |status| number(self.settings.codes.code(status));
        Put::builder()
            .table_name(&entry.history)
            .item(ORDER, text(loan.key.to_string()))
            .item(VERSION, number(loan.version))
            .item("at", text(rfc3339::sortable(now)))
            .item("loan_from", code(entry.from))
            .item("loan_to", code(loan.loan.status))
            .item("source", text(entry.source))
            .item("reason", text(&entry.reason))
            .item(SCHEMA_VERSION, number(CURRENT_SCHEMA))
            .item(STAMP, text(stamp))
            .condition_expression("attribute_not_exists(#order)")
            .expression_attribute_names("#order", ORDER)
    }
}
