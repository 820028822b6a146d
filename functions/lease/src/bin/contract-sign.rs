//! The Lambda `contract-sign`: `POST /ant-lease/orders/{order_id}/contract`.

use lease::contract_sign::ContractSign;
use lease::deps::Settings;
use lease::wire::Route;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<ContractSign>::new(settings.open().await?)))
}
