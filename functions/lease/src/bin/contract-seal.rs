//! The Lambda `contract-seal`: `POST /ant-lease/orders/{order_id}/contract/seal`.

use lease::contract_seal::ContractSeal;
use lease::deps::Settings;
use lease::wire::Route;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, async |settings| Ok(Route::<ContractSeal>::new(settings.open().await?)))
}
