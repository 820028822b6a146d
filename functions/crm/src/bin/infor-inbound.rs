//! The Lambda `infor-inbound`: the queue of the same name.

use crm::infor_inbound::{InforInbound, Settings};
use platform::start::{StartError, serve_queue};

fn main() -> Result<(), StartError> {
    serve_queue(Settings::read, InforInbound::start)
}
