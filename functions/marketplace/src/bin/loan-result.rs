//! The Lambda `loan-result`: the queue of the same name.

use marketplace::loan_message::{LoanConsumer, Settings};
use marketplace::loan_result::LoanResult;
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::<LoanResult>::read, LoanConsumer::start)
}
