//! A pin gives a grant back (§5): the use case behind both wires.

use std::time::Duration;

use domain::quota::{
    Amount, BusinessType, CancelJudgement, Code, Grant, GrantId, GrantStatus, Pin, judge_cancel,
};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::events::Event;
use platform::outbox::Outbox;
use tracing::error;

use crate::deps::Deps;
use crate::ending::{Ended, Patience, end};
use crate::{CONTEXT, pin_fingerprint};

/// A conflict is never shown while there is time to try again (§11).
const PATIENCE: Patience = Patience { tries_more: u32::MAX, least_time: Duration::from_millis(1_500) };

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
    if judge_cancel(&grant, now, deps.rules) == CancelJudgement::Cancel {
        let change_limit = grant.change_limit;
        let event = outbox.event(scope, CONTEXT, &cancelled(now, pin, &grant));
        let ending = (GrantStatus::Cancelled, Some(&event));
        match end(&deps.store, scope, (pin, id), change_limit, ending, PATIENCE).await? {
            Ended::Now => {
                outbox.deliver(scope, &[event]).await;
                return Ok(Cancelled { change_limit, repeated: false });
            }
            Ended::Before(stands) => grant = *stands,
        }
    }
    match judge_cancel(&grant, now, deps.rules) {
        CancelJudgement::Repeat => Ok(Cancelled { change_limit: grant.change_limit, repeated: true }),
        CancelJudgement::Cancel | CancelJudgement::Absent => Err(Error::Absent),
    }
}

/// Logs why a grant could not be given back, and which it is; its pin by the fingerprint alone.
pub fn tell(failure: &DynamoDbError, pin: &Pin, id: &GrantId) {
    error!(
        %failure,
        business_type = id.business_type().as_str(),
        business_id = id.business_id(),
        pin_fingerprint = pin_fingerprint(pin.as_str()),
        "the grant could not be cancelled"
    );
}

/// `temp_credit_cancelled` (docs/events).
fn cancelled(now: Timestamp, pin: &Pin, grant: &Grant) -> Event {
    Event::new("temp_credit_cancelled", 1, now)
        .with("pin", pin.as_str())
        .with("business_type", grant.id.business_type().as_str())
        .with("business_id", grant.id.business_id())
        .with("change_limit", grant.change_limit.to_string())
}
