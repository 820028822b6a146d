//! `POST /renew_contract` (UC-148, §6): a new application after a contract that is over.

mod endpoint;

use domain::instalment::{ClientId, Contract, Renewal, renewal};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};

use crate::closing::{Closing, close_if_closed_at_lender};
use crate::deps::Deps;
use crate::store::Opened;
use crate::{CONTEXT, TRIES, events};

pub use endpoint::RenewContract;

/// How a renewal ended; the client sees the same either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// A new application was made.
    Now,
    /// There was one already: a double click, a repeat, another device.
    Before,
}

/// Why there is no renewal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client has no contract.
    #[error("no contract")]
    NoContract,
    /// The contract is not over.
    #[error("contract not terminal")]
    NotTerminal,
    /// The rows were changed by others at every try.
    #[error("raced {TRIES} times")]
    Raced,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// Opens a new application for a client whose current contract is over, once (§6). A contract that is open
/// here but closed at MKK is closed first.
///
/// # Errors
/// There is nothing to renew, or the database failed and nothing was written.
pub async fn handle(deps: &Deps, scope: &Scope, client: &ClientId) -> Result<Renewed, Error> {
    for tries in 1..=TRIES {
        let newest = deps.store.newest_two(scope, client).await?;
        let [current, ..] = newest.as_slice() else { return Err(Error::NoContract) };
        match renewal(current, newest.get(1)) {
            Renewal::Open => {}
            Renewal::Repeat => return Ok(Renewed::Before),
            Renewal::NotTerminal => return Err(Error::NotTerminal),
            Renewal::AskLender(number) => {
                match close_if_closed_at_lender(deps, scope, client, current, number).await? {
                    Closing::Closed => {}
                    Closing::Open | Closing::Unknown => return Err(Error::NotTerminal),
                }
            }
        }
        match open(deps, scope, client, current).await {
            Ok(Opened::Now) => return Ok(Renewed::Now),
            Ok(Opened::Raced) => {}
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => {}
            Err(error) => return Err(error.into()),
        }
        scope.pause(tries).await;
    }
    Err(Error::Raced)
}

async fn open(
    deps: &Deps,
    scope: &Scope,
    client: &ClientId,
    current: &Contract,
) -> Result<Opened, DynamoDbError> {
    let event = deps.outbox.event(scope, CONTEXT, &events::application_opened(scope.now(), client, current));
    let opened = deps.store.open_renewal(scope, client, current, &event).await?;
    if opened == Opened::Now {
        deps.outbox.deliver(scope, &[event]).await;
    }
    Ok(opened)
}
