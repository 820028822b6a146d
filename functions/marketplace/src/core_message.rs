//! What the loan core tells of orders (§10, §11 Internal messages): how a message is read, and when it changes anything.
//! Messages come at least once and in any order. Each is checked in this order: known, nothing; older than what was applied
//! last, the history alone; the same state, nothing; not in the table, the dead-letter queue. Only a message about an order
//! that there is not waits.

mod consumer;
mod members;

use domain::marketplace::{AppliedMessage, OrderKey, Recency, Step};
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::metrics::Count;
use tracing::{info, warn};

use crate::store::{Committed, CoreMessage, CoreMessages, Taken};

pub use consumer::{Settings, answer};
pub use members::{Members, read};

/// How often something is tried that other writers stand in the way of.
const TRIES: u32 = 5;
/// A message that the order's state forbids.
const FORBIDDEN: Count = Count::of("core_message_forbidden");

/// Why a message can never be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No JSON object, or a member of the wrong type.
    Unreadable,
    /// A member that must be there is missing or blank.
    Incomplete,
    /// A text is longer than it may be.
    TooLong,
    /// The order's number or its channel is none.
    BadOrder,
    /// A time is no RFC 3339 instant.
    BadTime,
    /// An amount or a number of periods is none, or none that could be lent.
    BadTerms,
    /// `result` is none that is known.
    UnknownResult,
    /// The order came not to be for as long as the message waits.
    UnknownOrder,
    /// The order does not stand where the message could lead it further.
    Forbidden,
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
            Reason::Incomplete => "incomplete",
            Reason::TooLong => "too_long",
            Reason::BadOrder => "bad_order",
            Reason::BadTime => "bad_time",
            Reason::BadTerms => "bad_terms",
            Reason::UnknownResult => "unknown_result",
            Reason::UnknownOrder => "unknown_order",
            Reason::Forbidden => "forbidden",
        }
    }
}

/// What came of a message that is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was taken now.
    Taken(Taken),
    /// It was taken before.
    Repeated,
}

/// Why a message is not handled.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It can never be.
    #[error("refused: {0:?}")]
    Refused(Reason),
    /// There is no such order yet.
    #[error("no order yet")]
    NoOrder,
    /// The order was changed by others at every try.
    #[error("raced {TRIES} times")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// What messages of a kind do to what they are about.
pub trait Effect {
    /// What is read of the order.
    type State;

    /// Reads the order as it stands now; `None` if there is none.
    ///
    /// # Errors
    /// DynamoDB failed.
    fn read(
        &self,
        scope: &Scope,
        key: &OrderKey,
    ) -> impl Future<Output = Result<Option<Self::State>, DynamoDbError>>;

    /// The last message of the kind that changed it.
    fn last<'a>(&self, state: &'a Self::State) -> Option<&'a AppliedMessage>;

    /// What the message meets there.
    fn step(&self, state: &Self::State) -> Step;

    /// Writes what follows with the message itself, on condition that the order is what was read and that the message was
    /// not taken before.
    ///
    /// # Errors
    /// DynamoDB failed.
    fn write(
        &self,
        scope: &Scope,
        state: &Self::State,
    ) -> impl Future<Output = Result<Committed, DynamoDbError>>;
}

/// Takes a message.
///
/// # Errors
/// Whether it may be taken later is told by [`Error`]'s variant.
pub async fn take(
    messages: &CoreMessages,
    scope: &Scope,
    message: &CoreMessage,
    effect: &impl Effect,
) -> Result<Outcome, Error> {
    for tries in 1..=TRIES {
        let state = effect.read(scope, &message.order).await?.ok_or(Error::NoOrder)?;
        match Recency::of(&message.event_id, message.occurred_at, effect.last(&state)) {
            Recency::Known => return Ok(Outcome::Repeated),
            Recency::Late => return keep(messages, scope, message, Taken::Late).await,
            Recency::News => {}
        }
        match effect.step(&state) {
            Step::Stay => return keep(messages, scope, message, Taken::Unchanged).await,
            Step::Forbidden => return forbidden(messages, scope, message).await,
            Step::Go => {}
        }
        match effect.write(scope, &state).await? {
            Committed::Applied => {
                info!(order = %message.order, told = message.told, "a message of the core changed an order");
                return Ok(Outcome::Taken(Taken::Applied));
            }
            Committed::Lost if messages.has(scope, message).await? => return Ok(Outcome::Repeated),
            Committed::Lost => scope.pause(tries).await,
        }
    }
    Err(Error::Raced)
}

/// What was taken before and would now be forbidden, is known.
async fn forbidden(messages: &CoreMessages, scope: &Scope, message: &CoreMessage) -> Result<Outcome, Error> {
    if messages.has(scope, message).await? {
        return Ok(Outcome::Repeated);
    }
    warn!(order = %message.order, told = message.told, "the order's state forbids a message of the core");
    scope.count(FORBIDDEN);
    Err(Error::Refused(Reason::Forbidden))
}

async fn keep(
    messages: &CoreMessages,
    scope: &Scope,
    message: &CoreMessage,
    taken: Taken,
) -> Result<Outcome, Error> {
    let is_new = messages.keep(scope, message, taken).await?;
    Ok(if is_new { Outcome::Taken(taken) } else { Outcome::Repeated })
}
