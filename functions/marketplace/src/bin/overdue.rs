//! The Lambda `overdue`: the queue of the same name.

use marketplace::loan_message::{LoanConsumer, Settings};
use marketplace::overdue::Overdue;
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::<Overdue>::read, LoanConsumer::start)
}
