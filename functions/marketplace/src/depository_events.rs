//! The queue `depository-events` (§10, Depository; §11, Card and confirmation): what the depository tells of users' accounts.
//! An account that is opened completes the confirmation that waits for it at once.

mod consumer;
mod message;

use domain::marketplace::{Register, RegisterState};
use futures_util::future::try_join_all;
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::sqs::Consumer;
use tracing::info;

use crate::channel::{Channel, Channels};
use crate::confirmation::{self, NotCompleted, Opened, TRIES, account_found};
use crate::store::{Beside, Committed, RegisterWrite, StoredRegister};

pub use consumer::{DepositoryEvents, Settings};
pub use message::{DepositoryEvent, Told, read};

/// What the operation works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The channels, in each of which the user may wait.
    pub channels: Channels,
    /// What completing works with.
    pub confirmation: confirmation::Deps,
}

/// What came of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// No order of the user's waits for an account, or did.
    UnknownUser,
    /// What it tells is known, or no longer so.
    Unchanged,
    /// It is noted.
    Noted,
    /// At least one order is confirmed.
    Confirmed,
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
    /// `uid` is none.
    BadUid,
    /// `state` is none that is known.
    UnknownState,
    /// `occurred_at` is no RFC 3339 instant.
    BadTime,
}

impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Unreadable => "unreadable",
            Reason::Incomplete => "incomplete",
            Reason::TooLong => "too_long",
            Reason::BadUid => "bad_uid",
            Reason::UnknownState => "unknown_state",
            Reason::BadTime => "bad_time",
        }
    }
}

impl Outcome {
    /// The log's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownUser => "unknown_user",
            Self::Unchanged => "unchanged",
            Self::Noted => "noted",
            Self::Confirmed => "confirmed",
        }
    }
}

/// Takes an event: of every channel, since it names none, everything that the user has there. What was taken is known by
/// the rows themselves, so that a repeat changes nothing.
///
/// # Errors
/// It may succeed later.
pub async fn handle(deps: &Deps, scope: &Scope, event: &DepositoryEvent) -> Result<Outcome, NotCompleted> {
    let channels: Vec<Channel> = deps.channels.all().collect();
    let registers = &deps.confirmation.registers;
    let found = channels.iter().map(|channel| registers.of_user(scope, &channel.id, &event.uid));
    let found = try_join_all(found).await?;
    let mut outcome = Ok(Outcome::UnknownUser);
    for (channel, rows) in channels.iter().zip(&found) {
        for row in rows {
            let of_row = match event.told {
                Told::Open => open(deps, scope, channel, row).await,
                Told::Failed => failed(deps, scope, event, row).await,
            };
            // One that fails holds the others up no more than the message.
            outcome = outcome.and_then(|outcome| Ok(outcome.max(of_row?)));
        }
    }
    outcome
}

async fn open(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    row: &StoredRegister,
) -> Result<Outcome, NotCompleted> {
    let source = DepositoryEvents::SOURCE.function;
    let read = (row, scope.now());
    let opened = account_found(&deps.confirmation, scope, channel, read, source).await?;
    info!(order = %row.key.order, ?opened, "the depository tells of an account");
    Ok(match opened {
        Opened::Known => Outcome::Unchanged,
        Opened::Noted | Opened::Refused(_) => Outcome::Noted,
        Opened::Confirmed => Outcome::Confirmed,
    })
}

/// A new confirmation is possible then; nothing else follows.
async fn failed(
    deps: &Deps,
    scope: &Scope,
    event: &DepositoryEvent,
    row: &StoredRegister,
) -> Result<Outcome, NotCompleted> {
    let mut read = row.clone();
    for tries in 1..=TRIES {
        let next = read.register.failed(event.occurred_at);
        if next.state != RegisterState::Failed || next == read.register {
            return Ok(Outcome::Unchanged);
        }
        if note(deps, scope, &read, next).await? == Committed::Applied {
            info!(order = %read.key.order, "the depository tells that no account was opened");
            return Ok(Outcome::Noted);
        }
        scope.pause(tries).await;
        match deps.confirmation.registers.register(scope, &read.key).await? {
            Some(again) => read = again,
            // Rows are never deleted.
            None => return Ok(Outcome::Unchanged),
        }
    }
    Err(NotCompleted::Raced)
}

async fn note(
    deps: &Deps,
    scope: &Scope,
    read: &StoredRegister,
    next: Register,
) -> Result<Committed, DynamoDbError> {
    let registers = &deps.confirmation.registers;
    let write = RegisterWrite { key: &read.key, read: Some(read), next };
    registers.write(scope, &[Beside::Register(registers, write)]).await
}
