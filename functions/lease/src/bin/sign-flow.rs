//! The Lambda `sign-flow`: `POST /ant-lease/orders/{order_id}/sign-flow`.

use lease::deps::Settings;
use lease::sign_flow::SignFlow;
use lease::wire::Route;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<SignFlow>::new(settings.open().await?)))
}
