//! The Lambda `loan-result-query`: `POST /openapi/rongshu/queryLoanResult`.

use marketplace::loan_result_query::LoanResultQuery;
use marketplace::loan_settings::LoanReadSettings;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(LoanReadSettings::read, LoanResultQuery::start)
}
