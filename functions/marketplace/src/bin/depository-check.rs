//! The Lambda `depository-check`, every ten minutes.

use marketplace::depository_check::{DepositoryCheck, Settings};
use platform::start::{StartError, try_serve_schedule};

fn main() -> Result<(), StartError> {
    try_serve_schedule(Settings::read, DepositoryCheck::start)
}
