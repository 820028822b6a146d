//! What is told on the bus of contracts (docs/events).

use domain::instalment::{ClientId, Contract, ContractNumber};
use jiff::Timestamp;
use platform::events::Event;

/// `contract_closed`: the row follows the lender.
pub(crate) fn contract_closed(
    now: Timestamp,
    client: &ClientId,
    row: &Contract,
    number: &ContractNumber,
) -> Event {
    Event::new("contract_closed", 1, now)
        .with("client_id", client.as_str())
        .with("sequence", row.sequence)
        .with("contract_number", number.as_str())
}

/// `application_opened`: a new application after `over`.
pub(crate) fn application_opened(now: Timestamp, client: &ClientId, over: &Contract) -> Event {
    let event = Event::new("application_opened", 1, now)
        .with("client_id", client.as_str())
        .with("sequence", over.sequence + 1);
    match &over.number {
        Some(number) => event.with("previous_contract_number", number.as_str()),
        None => event,
    }
}
