//! The Lambda `repay-plan`: the queue of the same name.

use marketplace::loan_message::{LoanConsumer, Settings};
use marketplace::repay_plan::RepayPlan;
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::<RepayPlan>::read, LoanConsumer::start)
}
