//! The Lambda `renew-contract`: `POST /renew_contract`.

use instalment::deps::Settings;
use instalment::renew_contract::RenewContract;
use platform::start::{StartError, serve_http};

fn main() -> Result<(), StartError> {
    serve_http(Settings::read, RenewContract::start)
}
