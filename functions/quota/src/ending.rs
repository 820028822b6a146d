//! Ends a grant, for a cancel and for the expiry alike: again while others stand in the way and time is left.

use std::time::Duration;

use domain::quota::{Amount, Grant, GrantId, GrantStatus, Pin};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use platform::outbox::Pending;

use crate::store::{QuotaStore, Subtraction, TakenOff};

/// The pauses between tries grow up to this one.
const LONGEST_PAUSE: u32 = 10;

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// This request ended the grant.
    Now,
    /// It was ended before: as it stands.
    Before(Box<Grant>),
}

/// For how long it is tried.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// So often again.
    pub tries_more: u32,
    /// With no more time left than this it is not tried again.
    pub least_time: Duration,
}

/// Gives an effective grant of `amount` its final `status`, takes the amount off the account's total, and puts the event
/// that tells of it, if there is one, in the outbox.
///
/// # Errors
/// DynamoDB failed, or others stood in the way until the patience ended.
pub async fn end(
    store: &QuotaStore,
    scope: &Scope,
    (pin, id): (&Pin, &GrantId),
    amount: Amount,
    (status, event): (GrantStatus, Option<&Pending>),
    patience: Patience,
) -> Result<Ended, DynamoDbError> {
    let mut subtraction = Subtraction::Amount;
    let mut tries = 0;
    loop {
        let obstacle = match store.take_off(scope, pin, id, amount, (status, subtraction), event).await {
            Ok(TakenOff::Now) => return Ok(Ended::Now),
            Ok(TakenOff::NotEffective(stands)) => return Ok(Ended::Before(stands)),
            Ok(TakenOff::TotalDiffers(other)) => {
                subtraction = other;
                None
            }
            Err(error) if error.kind == ErrorKind::Contended => Some(error),
            Err(error) => return Err(error),
        };
        tries += 1;
        if tries > patience.tries_more || scope.remaining() <= patience.least_time {
            return Err(obstacle.unwrap_or_else(|| DynamoDbError::raced("TransactWriteItems")));
        }
        // A total that holds less than the amount is known now: the first such try needs no pause.
        if obstacle.is_some() || tries > 1 {
            scope.pause(tries.min(LONGEST_PAUSE)).await;
        }
    }
}
