//! The Lambda `depository-events`: the queue of the same name.

use marketplace::depository_events::{DepositoryEvents, Settings};
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::read, DepositoryEvents::start)
}
