//! The Lambda `unsign-confirm`: `POST /ant-lease/orders/{order_id}/unsign-confirm`.

use lease::deps::Settings;
use lease::unsign_confirm::UnsignConfirm;
use lease::wire::Route;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<UnsignConfirm>::new(settings.open().await?)))
}
