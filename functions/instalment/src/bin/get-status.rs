//! The Lambda `get-status`: `POST /get_status`.

use instalment::get_status::{GetStatus, Settings};
use platform::start::{StartError, serve_http};

fn main() -> Result<(), StartError> {
    serve_http(Settings::read, GetStatus::start)
}
