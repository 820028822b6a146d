//! The Lambda `withhold-sign`: `POST /ant-lease/orders/{order_id}/withhold-sign`.

use lease::deps::Settings;
use lease::wire::Route;
use lease::withhold_sign::WithholdSign;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<WithholdSign>::new(settings.open().await?)))
}
