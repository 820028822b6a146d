//! The Lambda `credit-application`, every minute.

use marketplace::credit_application::{CreditApplication, Settings};
use platform::start::{StartError, try_serve_schedule};

fn main() -> Result<(), StartError> {
    try_serve_schedule(Settings::read, CreditApplication::start)
}
