//! The Lambda `withhold-query`: `GET /ant-lease/orders/{order_id}/withhold-sign`.

use lease::deps::Settings;
use lease::wire::Route;
use lease::withhold_query::WithholdQuery;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<WithholdQuery>::new(settings.open().await?)))
}
