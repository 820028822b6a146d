//! The Lambda `partner-callback`: the queue of the same name.

use marketplace::partner_callback::{PartnerCallback, Settings};
use platform::start::{StartError, try_serve_queue};

fn main() -> Result<(), StartError> {
    try_serve_queue(Settings::read, PartnerCallback::start)
}
