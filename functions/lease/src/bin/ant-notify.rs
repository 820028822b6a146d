//! The Lambda `ant-notify`: `POST /antchain/ato/notify`.

use lease::ant_notify::{AntNotify, Settings};
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, AntNotify::start)
}
