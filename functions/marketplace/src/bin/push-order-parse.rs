//! The Lambda `push-order-parse`: every minute.

use marketplace::push_order_parse::{PushOrderParse, Settings};
use platform::start::{StartError, try_serve_schedule};

fn main() -> Result<(), StartError> {
    try_serve_schedule(Settings::read, PushOrderParse::start)
}
