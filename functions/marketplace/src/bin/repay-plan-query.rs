//! The Lambda `repay-plan-query`: `POST /openapi/rongshu/getRepayPlan`.

use marketplace::loan_settings::LoanReadSettings;
use marketplace::repay_plan_query::RepayPlanQuery;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(LoanReadSettings::read, RepayPlanQuery::start)
}
