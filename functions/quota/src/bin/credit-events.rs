//! The Lambda `credit-events`: the queue of the same name.

use platform::start::{StartError, serve_queue};
use quota::credit_events::{CreditEvents, Settings};

fn main() -> Result<(), StartError> {
    serve_queue(Settings::read, CreditEvents::start)
}
