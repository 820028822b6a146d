//! The Lambda `confirm-loan`: `POST /openapi/rongshu/confirmLoan`.

use marketplace::confirm_loan::{ConfirmLoan, Settings};
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, ConfirmLoan::start)
}
