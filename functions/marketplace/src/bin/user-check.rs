//! The Lambda `user-check`: `POST /openapi/rongshu/userCheck`.

use marketplace::user_check::{Settings, UserCheck};
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, UserCheck::start)
}
