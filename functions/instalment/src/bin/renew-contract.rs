//! The Lambda `renew-contract`: `POST /renew_contract`.

use instalment::renew_contract::{RenewContract, Settings};
use platform::start::{StartError, serve_http};

fn main() -> Result<(), StartError> {
    serve_http(Settings::read, RenewContract::start)
}
