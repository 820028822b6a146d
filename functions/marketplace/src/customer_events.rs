//! The queue `customer-events` (§10, Customers): what our house knows of people, kept under keyed digests. Neither name nor
//! number is stored.

mod consumer;
mod message;

use std::collections::BTreeSet;

use domain::marketplace::lookup_texts;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};

use crate::digest::DigestKey;
use crate::store::{CustomerStore, StoredCustomer};

pub use consumer::{CustomerEvents, Settings};
pub use message::{CustomerChanged, read};

/// How often something is tried that other writers stand in the way of.
const TRIES: u32 = 5;

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is shown.
    Applied,
    /// It changed nothing: something newer is shown, or this very event.
    NotNewer,
}

/// Why a message can never succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No JSON object, or a member of the wrong type.
    Unreadable,
    /// A member that must be there is missing or blank.
    Incomplete,
    /// A text is longer than it may be.
    TooLong,
    /// `type` is none that is known.
    UnknownType,
    /// A date is no RFC 3339 instant, or a birthday no day.
    BadDate,
    /// The name, the id number or the phone is none.
    BadPerson,
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
            Reason::Incomplete => "incomplete",
            Reason::TooLong => "too_long",
            Reason::UnknownType => "unknown_type",
            Reason::BadDate => "bad_date",
            Reason::BadPerson => "bad_person",
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

/// Applies an event. Whatever order events come in and however often, the newest is shown in the end.
///
/// # Errors
/// It may succeed later.
pub async fn handle(
    store: &CustomerStore,
    key: &DigestKey,
    scope: &Scope,
    event: &CustomerChanged,
) -> Result<Outcome, Error> {
    let mut digests = lookup_texts(&event.name, &event.id_number, &event.phone)
        .iter()
        .map(|text| key.of_text(text))
        .collect::<Vec<_>>();
    // The first is the id number's, with a final X in upper case.
    let customer = digests.remove(0);
    let digests: BTreeSet<String> = digests.into_iter().collect();
    for tries in 1..=TRIES {
        let read = store.base(scope, &customer).await?;
        if read.as_ref().is_some_and(|read| !event.supersedes(read)) {
            return Ok(Outcome::NotNewer);
        }
        let next = StoredCustomer {
            customer: customer.clone(),
            version: read.as_ref().map_or(1, |read| read.version + 1),
            digests: digests.clone(),
            facts: event.facts.clone(),
            occurred_at: event.occurred_at,
            event_id: event.event_id.clone(),
        };
        match store.replace(scope, read.as_ref(), &next).await {
            Ok(true) => return Ok(Outcome::Applied),
            Ok(false) => {}
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => scope.pause(tries).await,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Raced)
}
