//! The Lambda `order-query`: `GET /ant-lease/orders/{order_id}`.

use lease::deps::Settings;
use lease::order_query::OrderQuery;
use lease::wire::Route;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<OrderQuery>::new(settings.open().await?)))
}
