//! The Lambda `push-order`: `POST /openapi/rongshu/pushOrder`.

use marketplace::push_order::{PushOrder, Settings};
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, PushOrder::start)
}
