//! A pin gives a grant back (§5): the use case behind both wires.

use std::time::Duration;

use domain::quota::{Amount, BusinessType, CancelJudgement, Code, GrantId, GrantStatus, Pin, judge_cancel};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};

use crate::deps::Deps;
use crate::store::{Subtraction, TakenOff};

/// With less time left a transaction that others stand in the way of is not tried again.
const LEAST_TIME: Duration = Duration::from_millis(1_500);
/// The pauses between tries grow up to this one.
const LONGEST_PAUSE: u32 = 10;

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
pub async fn handle(deps: &Deps, scope: &Scope, pin: &Pin, id: &GrantId) -> Result<Cancelled, Error> {
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
        match deps.store.take_off(scope, pin, id, change_limit, ending).await {
            Ok(TakenOff::Now) => return Ok(Cancelled { change_limit, repeated: false }),
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
