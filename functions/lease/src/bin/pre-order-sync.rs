//! The Lambda `pre-order-sync`: `PUT /ant-lease/orders/{order_id}`.

use lease::deps::Settings;
use lease::pre_order_sync::PreOrderSync;
use lease::wire::Route;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<PreOrderSync>::new(settings.open().await?)))
}
