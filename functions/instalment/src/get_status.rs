//! `POST /get_status` (UC-129, §5): which screen the client sees, closing on the way what MKK has closed.

mod endpoint;

use domain::instalment::{ClientId, Contract, ContractNumber, ContractState, Screen, Standing, standing};
use platform::Scope;
use platform::dynamodb::DynamoDbError;

use crate::closing::{Closing, close_if_closed_at_lender};
use crate::deps::Deps;

pub use endpoint::{GetStatus, Settings};

/// What the client sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The screen to show.
    pub screen: Screen,
    /// The current contract's state.
    pub state: ContractState,
    /// Its number, when it has one.
    pub contract_number: Option<ContractNumber>,
    /// MKK could not be asked: the state is ours alone.
    pub stale: bool,
}

/// Why there is no status.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The client has no contract.
    #[error("no contract")]
    NoContract,
    /// The contract could not be read or closed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

/// Answers the status of the client's current contract (§5.1).
///
/// # Errors
/// [`Error::NoContract`], or the database failed and nothing may be promised.
pub async fn handle(deps: &Deps, scope: &Scope, client: &ClientId) -> Result<Status, Error> {
    let current = deps.store.current(scope, client).await?.ok_or(Error::NoContract)?;
    let number = match standing(&current) {
        Standing::Closed => return Ok(status(&current, Screen::MainScreen)),
        Standing::Show(screen) => return Ok(status(&current, screen)),
        Standing::AskLender(number) => number,
    };
    let closing = close_if_closed_at_lender(deps, scope, client, &current, number).await?;
    let shown = status(&current, Screen::MainScreen);
    Ok(match closing {
        Closing::Closed => Status { state: ContractState::Closed, ..shown },
        Closing::Open => shown,
        Closing::Unknown => Status { stale: true, ..shown },
    })
}

fn status(current: &Contract, screen: Screen) -> Status {
    Status { screen, state: current.state.clone(), contract_number: current.number.clone(), stale: false }
}
