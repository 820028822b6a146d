//! The Lambda `customer-events`: the queue of the same name.

use marketplace::customer_events::{CustomerEvents, Settings};
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::read, CustomerEvents::start)
}
