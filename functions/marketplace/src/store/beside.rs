//! What stands beside an order in tables of its own and is written with it: its loan, its user's cards, the confirmation
//! that waits, and the account that it waits for.

use aws_sdk_dynamodb::types::builders::PutBuilder;
use domain::marketplace::{ChannelId, Uid};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind, STAMP, Transacted, Transaction, text};

use super::{
    CardStore, Committed, ConfirmLogs, DefaultCards, LoanStore, LogWrite, RegisterWrite, Registers,
    StoredCard, StoredLoan,
};

/// A row that is written with an order, or with others of its kind.
#[derive(Clone, Copy, Debug)]
pub enum Beside<'a> {
    /// The loan of a confirmed order, on condition that it has none.
    NewLoan(&'a LoanStore, &'a StoredLoan),
    /// The loan, on condition that it still is of this version.
    ChangedLoan(&'a LoanStore, u64, &'a StoredLoan),
    /// A card of the user.
    Card(&'a CardStore, (&'a ChannelId, &'a Uid), &'a StoredCard),
    /// Which of the user's cards are the defaults.
    DefaultCards(&'a CardStore, (&'a ChannelId, &'a Uid), &'a DefaultCards),
    /// The confirmation that waits, on condition that it is what was read.
    Log(&'a ConfirmLogs, LogWrite<'a>),
    /// The account that it waits for, on condition that it is what was read.
    Register(&'a Registers, RegisterWrite<'a>),
}

impl Beside<'_> {
    pub(super) fn put(&self, now: Timestamp, stamp: &str) -> PutBuilder {
        let put = match *self {
            Self::NewLoan(loans, loan) => loans.put_new(loan, now, stamp),
            Self::ChangedLoan(loans, read, loan) => loans.put_changed(read, loan, now, stamp),
            Self::Card(cards, user, card) => cards.put_card(user, card),
            Self::DefaultCards(cards, user, defaults) => cards.put_defaults(user, defaults),
            Self::Log(logs, write) => logs.put(write),
            Self::Register(registers, write) => registers.put(write, now),
        };
        put.item(STAMP, text(stamp))
    }
}

impl Registers {
    /// Writes rows that stand beside an order without it: all, or nothing.
    ///
    /// # Errors
    /// DynamoDB failed.
    pub async fn write(&self, scope: &Scope, rows: &[Beside<'_>]) -> Result<Committed, DynamoDbError> {
        let (now, stamp) = (scope.now(), scope.stamp());
        let transaction =
            rows.iter().fold(Transaction::new(), |transaction, row| transaction.put(row.put(now, &stamp)));
        match transaction.commit(self.client(), scope, &stamp).await {
            Ok(Transacted::Applied) => Ok(Committed::Applied),
            Ok(Transacted::Lost(_)) => Ok(Committed::Lost),
            // Somebody else is at a row at this very moment: what was read may be no longer so.
            Err(failure) if failure.kind == ErrorKind::Contended => Ok(Committed::Lost),
            Err(failure) => Err(failure),
        }
    }
}

/// On condition that the row is the one that was read, which this stamp tells, or that there is none.
pub(super) fn unchanged(put: PutBuilder, key: &str, read: Option<&str>) -> PutBuilder {
    match read {
        Some(stamp) => put
            .condition_expression("#stamp = :read")
            .expression_attribute_names("#stamp", STAMP)
            .expression_attribute_values(":read", text(stamp)),
        None => {
            put.condition_expression("attribute_not_exists(#key)").expression_attribute_names("#key", key)
        }
    }
}
