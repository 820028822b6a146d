//! The Lambda `infor-request`: the queue `infor-shards`.

use crm::infor_request::{InforRequest, Settings};
use platform::start::{StartError, serve_queue};

fn main() -> Result<(), StartError> {
    serve_queue(Settings::read, InforRequest::start)
}
