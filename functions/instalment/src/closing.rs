//! Closing a line that MKK has closed (§5.1 steps 4 to 9): what get-status and a renewal have in common.

use domain::instalment::{ClientId, Contract, ContractNumber, Line, LineStatus, Settlement};
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};
use platform::metrics::Count;
use tracing::{info, warn};

use crate::deps::Deps;
use crate::store::Closed;
use crate::{CONTEXT, TRIES, events};

/// How much of a status that we do not know is logged.
const STATUS_CHARACTERS: usize = 64;
const CLOSED_BY_MKK: Count = Count::of("closed_by_mkk");
const LIMIT_BALANCE_MISMATCH: Count = Count::of("limit_balance_mismatch");

/// What is known of the line after MKK was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// MKK closed it, and so is our row now.
    Closed,
    /// MKK has it open.
    Open,
    /// MKK gave no usable answer: our row is all there is to go by.
    Unknown,
}

/// Asks MKK about the line `number` of `row`, and closes the row if MKK has.
///
/// # Errors
/// The row could not be closed: nothing may be promised to the client, and the next visit tries again.
pub async fn close_if_closed_at_lender(
    deps: &Deps,
    scope: &Scope,
    client: &ClientId,
    row: &Contract,
    number: &ContractNumber,
) -> Result<Closing, DynamoDbError> {
    let line = match deps.mkk.line(scope, number).await {
        Ok(line) => line,
        Err(error) => {
            warn!(contract_number = number.as_str(), kind = error.kind(), "MKK gave no usable answer");
            scope.count(Count::labelled("mkk_error", "kind", error.kind()));
            return Ok(Closing::Unknown);
        }
    };
    match &line.status {
        LineStatus::Active => return Ok(Closing::Open),
        LineStatus::Unknown(status) => {
            let status: String = status.chars().take(STATUS_CHARACTERS).collect();
            info!(contract_number = number.as_str(), status, "MKK has a status that we do not know");
            return Ok(Closing::Open);
        }
        LineStatus::Closed => {}
    }
    report_mismatch(scope, &line);
    if close(deps, scope, client, row, number).await? == Closed::Now {
        scope.count(CLOSED_BY_MKK);
    }
    Ok(Closing::Closed)
}

/// Closes the row, also when another writer holds it for a moment, and tells of it.
async fn close(
    deps: &Deps,
    scope: &Scope,
    client: &ClientId,
    row: &Contract,
    number: &ContractNumber,
) -> Result<Closed, DynamoDbError> {
    let event = deps.outbox.event(scope, CONTEXT, &events::contract_closed(scope.now(), client, row, number));
    let mut tries = 1;
    let closed = loop {
        match deps.store.close(scope, client, (row, number), &event).await {
            Err(error) if error.kind == ErrorKind::Contended && tries < TRIES => {
                scope.pause(tries).await;
                tries += 1;
            }
            result => break result?,
        }
    };
    if closed == Closed::Now {
        deps.outbox.deliver(scope, &[event]).await;
    }
    Ok(closed)
}

/// Step 7a: a line that is closed with a debt is closed all the same, and noted once a day by its key.
fn report_mismatch(scope: &Scope, line: &Line) {
    match line.settlement() {
        Settlement::Settled => {}
        Settlement::Mismatch => {
            let amount = |amount: Option<rust_decimal::Decimal>| amount.map(|amount| amount.to_string());
            let day = scope.now().strftime("%F");
            warn!(
                contract_number = line.contract_number.as_str(),
                limit = amount(line.limit),
                balance = amount(line.balance),
                log_key = format!("{}/{day}", line.contract_number.as_str()),
                "closed at MKK with a balance that is not the limit"
            );
            scope.count(LIMIT_BALANCE_MISMATCH);
        }
    }
}
