//! The Lambda `outbox-relay`: every minute.

use delivery::outbox_relay::OutboxRelay;
use platform::start::{StartError, serve_schedule};

fn main() -> Result<(), StartError> {
    serve_schedule(OutboxRelay::read, async |settings| OutboxRelay::new(settings))
}
