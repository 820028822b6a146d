//! A pin gives a grant back (§5): the use case behind both wires.

use std::time::Duration;

use domain::quota::{
    Amount, BusinessType, CancelJudgement, Code, Grant, GrantId, GrantStatus, Pin, judge_cancel,
};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use platform::events::Event;
use platform::outbox::Outbox;

use crate::CONTEXT;
use crate::deps::Deps;
use crate::store::{Subtraction, TakenOff};

/// With less time left a transaction that others stand in the way of is not tried again.
const LEAST_TIME: Duration = Duration::from_millis(1_500);
/// The pauses between tries grow up to this one.
const LONGEST_PAUSE: u32 = 10;

/// What the use case works with.
#[derive(Clone, Debug)]
pub struct Cancelling {
    /// The accounts and grants.
    pub deps: Deps,
    /// Tells of what happened.
    pub outbox: Outbox,
}

/// A grant that is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
    /// Its amount.
    pub change_limit: Amount,
    /// It had been given back before (C4).
    pub repeated: bool,
}

/// Why a grant is not given back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such grant of this pin that may be given back.
    #[error("no such grant")]
    Absent,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

impl Error {
    /// Its code. 1034 is none of a cancel's.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Absent => Code::MissingParameter,
            Self::Database(_) => Code::SystemException,
        }
    }
}

/// Gives a grant back: its status and the account's total change together, once, whatever races and repeats (C1 to C5).
///
/// # Errors
/// There is nothing to give back, or the database failed; a retry finds out which.
pub async fn handle(
    Cancelling { deps, outbox }: &Cancelling,
    scope: &Scope,
    pin: &Pin,
    id: &GrantId,
) -> Result<Cancelled, Error> {
    let now = scope.now();
    if matches!(id.business_type(), BusinessType::Pledge(_)) {
        return Err(Error::Absent);
    }
    let mut grant = deps.store.find(scope, pin, id).await?.ok_or(Error::Absent)?;
    let mut subtraction = Subtraction::Amount;
    let mut tries = 0;
    loop {
        let change_limit = grant.change_limit;
        match judge_cancel(&grant, now, deps.rules) {
            CancelJudgement::Cancel => {}
            CancelJudgement::Repeat => return Ok(Cancelled { change_limit, repeated: true }),
            CancelJudgement::Absent => return Err(Error::Absent),
        }
        let ending = (GrantStatus::Cancelled, subtraction);
        let event = outbox.event(scope, CONTEXT, &cancelled(now, pin, &grant));
        match deps.store.take_off(scope, pin, id, change_limit, ending, Some(&event)).await {
            Ok(TakenOff::Now) => {
                outbox.deliver(scope, &[event]).await;
                return Ok(Cancelled { change_limit, repeated: false });
            }
            Ok(TakenOff::NotEffective(stands)) => grant = *stands,
            Ok(TakenOff::TotalDiffers(other)) => subtraction = other,
            Err(error) if error.kind == ErrorKind::Contended && scope.remaining() > LEAST_TIME => {
                tries += 1;
                scope.pause(tries.min(LONGEST_PAUSE)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// `temp_credit_cancelled` (docs/events).
fn cancelled(now: Timestamp, pin: &Pin, grant: &Grant) -> Event {
    Event::new("temp_credit_cancelled", 1, now)
        .with("pin", pin.as_str())
        .with("business_type", grant.id.business_type().as_str())
        .with("business_id", grant.id.business_id())
        .with("change_limit", grant.change_limit.to_string())
}
