//! The Lambda `repay-result`: the queue of the same name.

use marketplace::loan_message::{LoanConsumer, Settings};
use marketplace::repay_result::RepayResult;
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::<RepayResult>::read, LoanConsumer::start)
}
