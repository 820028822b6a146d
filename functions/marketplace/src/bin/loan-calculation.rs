//! The Lambda `loan-calculation`: `POST /openapi/rongshu/loanCalculation`.

use marketplace::deps::Settings;
use marketplace::loan_calculation::LoanCalculation;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(Settings::read, LoanCalculation::start)
}
