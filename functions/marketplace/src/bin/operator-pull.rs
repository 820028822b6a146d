//! The Lambda `operator-pull`: every minute.

use marketplace::operator_pull::{OperatorPull, Settings};
use platform::start::{StartError, try_serve_schedule};

fn main() -> Result<(), StartError> {
    try_serve_schedule(Settings::read, OperatorPull::start)
}
