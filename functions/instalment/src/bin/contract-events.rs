//! The Lambda `contract-events`: the queue of the same name.

use instalment::contract_events::{ContractEvents, Settings};
use platform::start::{StartError, serve_queue};

fn main() -> Result<(), StartError> {
    serve_queue(Settings::read, ContractEvents::start)
}
