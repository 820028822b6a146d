//! The Lambda `repay-trial`: `POST /openapi/rongshu/repayTrial`.

use marketplace::loan_settings::LoanReadSettings;
use marketplace::repay_trial::RepayTrial;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(LoanReadSettings::read, RepayTrial::start)
}
