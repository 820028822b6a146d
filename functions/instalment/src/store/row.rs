//! How a contract is stored. Readers take every schema version ever written.

use domain::instalment::{Contract, ContractNumber, ContractState};
use platform::dynamodb::{Item, Row, RowError};

pub(super) const CLIENT_ID: &str = "client_id";
pub(super) const SEQUENCE: &str = "sequence";
pub(super) const VERSION: &str = "version";
pub(super) const CONTRACT_NUMBER: &str = "contract_number";
pub(super) const PREVIOUS_CONTRACT_NUMBER: &str = "previous_contract_number";
pub(super) const STATE: &str = "state";
pub(super) const OCCURRED_AT: &str = "occurred_at";
pub(super) const CREATED_AT: &str = "created_at";
pub(super) const UPDATED_AT: &str = "updated_at";
pub(super) const EVENT_ID: &str = "event_id";
pub(super) const EXPIRES_AT: &str = "expires_at";
/// The version that is written now.
pub(super) const CURRENT_SCHEMA: u64 = 1;

/// Reads a row of `contracts`.
pub(super) fn contract(item: &Item) -> Result<Contract, RowError> {
    let row = Row::new(item);
    row.of_schema(CURRENT_SCHEMA)?;
    let number = row.optional_text(CONTRACT_NUMBER)?.map(ContractNumber::new).transpose();
    Ok(Contract {
        sequence: row.number(SEQUENCE)?,
        version: row.number(VERSION)?,
        number: number.map_err(|error| RowError::new(CONTRACT_NUMBER, &error))?,
        state: ContractState::parse(row.text(STATE)?).map_err(|error| RowError::new(STATE, &error))?,
        occurred_at: row.optional_instant(OCCURRED_AT)?,
    })
}
