//! What the loan core tells of orders (§10, §11 Internal messages): how a message is read, and when it changes anything.
//! Messages come at least once and in any order. Each is checked in this order: known, nothing; older than what was applied
//! last, the history alone; the same state, nothing; not in the table, the dead-letter queue. Only a message about an order
//! that there is not waits.

mod consumer;
mod members;

use domain::marketplace::{OrderKey, Recency};
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
    /// A code or a number is none of its range.
    BadNumber,
    /// A plan is none, not one of this loan, or contradicts what comes with it.
    BadPlan,
    /// `result` is none that is known.
    UnknownResult,
    /// The result and the code that comes with it say the opposite.
    Contradictory,
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
            Reason::BadNumber => "bad_number",
            Reason::BadPlan => "bad_plan",
            Reason::UnknownResult => "unknown_result",
            Reason::Contradictory => "contradictory",
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
    /// The order's channel is not configured here.
    #[error("the order's channel is not configured")]
    UnknownChannel,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// What there is of what a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<State> {
    /// This.
    Here(State),
    /// The order is there, and what the message is about is not: it comes too early (§11).
    TooEarly,
    /// There is no such order.
    NoOrder,
}

/// What a message meets that is neither known nor late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged<Change> {
    /// It leads to this.
    Go(Change),
    /// The order shows the same already.
    Stay,
    /// It can never be taken.
    Refused(Reason),
}

/// What messages of a kind do to what they are about.
pub trait Effect {
    /// What is read of the order.
    type State;
    /// What a message leads to.
    type Change;

    /// Reads the order as it stands now.
    ///
    /// # Errors
    /// DynamoDB failed.
    fn read(
        &self,
        scope: &Scope,
        key: &OrderKey,
    ) -> impl Future<Output = Result<Found<Self::State>, DynamoDbError>>;

    /// How the message stands to what the order shows.
    fn recency(&self, state: &Self::State) -> Recency;

    /// What the message meets there.
    fn judge(&self, state: &Self::State) -> Judged<Self::Change>;

    /// Writes what follows with the message itself, on condition that the order is what was read and that the message was
    /// not taken before.
    ///
    /// # Errors
    /// It cannot be written now.
    fn write(
        &self,
        scope: &Scope,
        state: &Self::State,
        change: Self::Change,
    ) -> impl Future<Output = Result<Committed, Error>>;
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
        let state = match effect.read(scope, &message.order).await? {
            Found::Here(state) => state,
            Found::TooEarly => return refused(messages, scope, message, Reason::Forbidden).await,
            Found::NoOrder => return Err(Error::NoOrder),
        };
        match effect.recency(&state) {
            Recency::Known => return Ok(Outcome::Repeated),
            Recency::Late => return keep(messages, scope, message, Taken::Late).await,
            Recency::News => {}
        }
        let change = match effect.judge(&state) {
            Judged::Stay => return keep(messages, scope, message, Taken::Unchanged).await,
            Judged::Refused(reason) => return refused(messages, scope, message, reason).await,
            Judged::Go(change) => change,
        };
        match effect.write(scope, &state, change).await? {
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

/// What was taken before and would now be refused, is known.
async fn refused(
    messages: &CoreMessages,
    scope: &Scope,
    message: &CoreMessage,
    reason: Reason,
) -> Result<Outcome, Error> {
    if messages.has(scope, message).await? {
        return Ok(Outcome::Repeated);
    }
    warn!(order = %message.order, told = message.told, ?reason, "a message of the core cannot be taken");
    if reason == Reason::Forbidden {
        scope.count(FORBIDDEN);
    }
    Err(Error::Refused(reason))
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
