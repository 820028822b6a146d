//! The Lambda `withhold-unsign`: `DELETE /ant-lease/orders/{order_id}/withhold-sign`.

use lease::deps::Settings;
use lease::wire::Route;
use lease::withhold_unsign::WithholdUnsign;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<WithholdUnsign>::new(settings.open().await?)))
}
