//! The queue `contract-events` (§11, §13): what onboarding tells us about contracts.

mod consumer;
mod message;

use domain::ids::IdError;
use domain::instalment::{ContractEvent, Placement, PlacementRefusal, RowChange, change, place};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};

use crate::TRIES;
use crate::store::{EventStore, Identity, Recorded};

pub use consumer::{ContractEvents, Settings};
pub use message::{Message, read};

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The row shows it.
    Applied,
    /// Its id was known: it changed nothing.
    Repeated,
    /// The row shows a later event: it changed nothing.
    Late,
    /// The row is CLOSED: it changed nothing.
    StaysClosed,
}

/// Why a message can never succeed (§13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No JSON object, or a member of the wrong type.
    Unreadable,
    /// A member is missing or empty.
    Incomplete,
    /// A member is longer than its kind may be.
    TooLong,
    /// `type` is not `contract_upserted`.
    UnknownType,
    /// `occurred_at` is no RFC 3339 instant.
    BadOccurredAt,
    /// The client's newest row has a number, and the message has none.
    NumberRequired,
    /// The number belongs to another client, for ever.
    NumberTaken,
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
            Reason::BadOccurredAt => "bad_occurred_at",
            Reason::NumberRequired => "number_required",
            Reason::NumberTaken => "number_taken",
        }
    }
}

/// Why a message is not handled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can never succeed.
    #[error("refused: {0:?}")]
    Refused(Reason),
    /// Its row was changed by others at every try.
    #[error("raced {TRIES} times")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// Applies a message. A known event id is dropped whatever the message contains, so a refusal is final only
/// once the id turned out not to be known.
///
/// # Errors
/// Whether it may succeed later is told by [`Error`]'s variant.
pub async fn handle(store: &EventStore, scope: &Scope, message: &Message) -> Result<Outcome, Error> {
    let applied = match &message.content {
        Ok(event) => apply(store, scope, &message.identity, event).await,
        Err(reason) => Err(Error::Refused(*reason)),
    };
    match applied {
        Err(Error::Refused(_)) if store.is_known(scope, &message.identity).await? => Ok(Outcome::Repeated),
        result => result,
    }
}

async fn apply(
    store: &EventStore,
    scope: &Scope,
    identity: &Identity,
    event: &ContractEvent,
) -> Result<Outcome, Error> {
    for tries in 1..=TRIES {
        let rows = store.contracts().all_of(scope, &identity.client).await?;
        let placement = place(&rows, event.number.as_ref()).map_err(|refusal| match refusal {
            PlacementRefusal::NumberRequired => Error::Refused(Reason::NumberRequired),
        })?;
        let (recorded, outcome) = match placement {
            Placement::NewRow { sequence } => {
                (store.open_row(scope, identity, event, sequence).await, Outcome::Applied)
            }
            Placement::Row(row) => match change(row, event) {
                RowChange::Apply => (store.change_row(scope, identity, event, row).await, Outcome::Applied),
                RowChange::Late => (store.remember(scope, identity).await, Outcome::Late),
                RowChange::StaysClosed => (store.remember(scope, identity).await, Outcome::StaysClosed),
            },
        };
        match recorded {
            Ok(Recorded::Applied) => return Ok(outcome),
            Ok(Recorded::Repeated) => return Ok(Outcome::Repeated),
            Ok(Recorded::NumberTaken) => return Err(Error::Refused(Reason::NumberTaken)),
            Ok(Recorded::Raced) => {}
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
        scope.pause(tries).await;
    }
    Err(Error::Raced)
}
