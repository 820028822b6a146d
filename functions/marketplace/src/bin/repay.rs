//! The Lambda `repay`: `POST /openapi/rongshu/repay`.

use marketplace::repay::{Repay, Settings};
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, Repay::start)
}
