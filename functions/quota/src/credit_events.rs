//! The queue `credit-events` (§10, §11): accounts that change, and grants, by business or from a list.

mod consumer;
mod message;

use domain::ids::IdError;
use domain::quota::{AccountChange, NewGrant};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};

use crate::store::{AccountChanged, Booked, BookingStore};

pub use consumer::{CreditEvents, Settings};
pub use message::{Message, read};

/// How often something is tried that other writers stand in the way of.
const TRIES: u32 = 5;

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The account shows it.
    Changed,
    /// The grant counts.
    Booked,
    /// It changed nothing: it was taken before.
    Repeated,
    /// It changed nothing: the account shows a later message.
    Late,
    /// It changed nothing: its application's number or its business id was used for something else.
    Contradicted,
}

/// Why a message can never succeed (§11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No JSON object, or a member of the wrong type.
    Unreadable,
    /// A member is missing or empty.
    Incomplete,
    /// A member is longer than its kind may be.
    TooLong,
    /// `type` is none that is known.
    UnknownType,
    /// A time is no RFC 3339 instant with an offset.
    BadTime,
    /// An amount is no decimal text of its range.
    BadAmount,
    /// `business_type` holds a `#`.
    BadBusinessType,
    /// `state` is none that is known.
    UnknownState,
    /// `account_type` is none that is known.
    UnknownAccountType,
    /// `source_type` is none that is known.
    UnknownSourceType,
}

impl From<IdError> for Reason {
    fn from(error: IdError) -> Self {
        error.reason(Self::Incomplete, Self::TooLong)
    }
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
            Reason::Incomplete => "incomplete",
            Reason::TooLong => "too_long",
            Reason::UnknownType => "unknown_type",
            Reason::BadTime => "bad_time",
            Reason::BadAmount => "bad_amount",
            Reason::BadBusinessType => "bad_business_type",
            Reason::UnknownState => "unknown_state",
            Reason::UnknownAccountType => "unknown_account_type",
            Reason::UnknownSourceType => "unknown_source_type",
        }
    }
}

/// Why a message is not handled, and may be later.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its rows were changed by others at every try.
    #[error("raced {TRIES} times")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// Applies a message.
///
/// # Errors
/// It may succeed later.
pub async fn handle(store: &BookingStore, scope: &Scope, message: &Message) -> Result<Outcome, Error> {
    for tries in 1..=TRIES {
        let tried = match message {
            Message::AccountChanged(change) => changed(store, scope, change).await,
            Message::Granted(grant) => booked(store, scope, grant).await,
        };
        match tried {
            Ok(Some(outcome)) => return Ok(outcome),
            Ok(None) => {}
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
        scope.pause(tries).await;
    }
    Err(Error::Raced)
}

async fn changed(
    store: &BookingStore,
    scope: &Scope,
    change: &AccountChange,
) -> Result<Option<Outcome>, DynamoDbError> {
    Ok(match store.quota().change_account(scope, change).await? {
        AccountChanged::Now => Some(Outcome::Changed),
        AccountChanged::Repeated => Some(Outcome::Repeated),
        AccountChanged::Late => Some(Outcome::Late),
        AccountChanged::Raced => None,
    })
}

async fn booked(
    store: &BookingStore,
    scope: &Scope,
    grant: &NewGrant,
) -> Result<Option<Outcome>, DynamoDbError> {
    Ok(match store.book(scope, grant).await? {
        Booked::Now => Some(Outcome::Booked),
        Booked::Repeated => Some(Outcome::Repeated),
        Booked::Contradicted => Some(Outcome::Contradicted),
        Booked::Raced => None,
    })
}
