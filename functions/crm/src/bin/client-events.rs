//! The Lambda `client-events`: the queue of the same name.

use crm::client_events::{ClientEvents, Settings};
use platform::start::{StartError, serve_queue};

fn main() -> Result<(), StartError> {
    serve_queue(Settings::read, ClientEvents::start)
}
