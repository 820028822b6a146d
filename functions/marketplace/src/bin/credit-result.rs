//! The Lambda `credit-result`: the queue of the same name.

use marketplace::credit_result::{CreditResult, Settings};
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::read, CreditResult::start)
}
