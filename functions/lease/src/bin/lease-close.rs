//! The Lambda `lease-close`: `POST /ant-lease/orders/{order_id}/close`.

use lease::deps::Settings;
use lease::lease_close::LeaseClose;
use lease::wire::Route;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<LeaseClose>::new(settings.open().await?)))
}
