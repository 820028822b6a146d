//! The Lambda `bind-card`: `POST /openapi/rongshu/bindCard`.

use marketplace::bind_card::{BindCard, Settings};
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, BindCard::start)
}
