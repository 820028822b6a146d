//! The Lambda `repay-result-query`: `POST /openapi/rongshu/queryRepayResult`.

use marketplace::loan_settings::LoanReadSettings;
use marketplace::repay_result_query::RepayResultQuery;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(LoanReadSettings::read, RepayResultQuery::start)
}
