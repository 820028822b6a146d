//! The Lambda `audit-result-query`: `POST /openapi/rongshu/queryAuditResult`.

use marketplace::audit_result_query::AuditResultQuery;
use marketplace::order_settings::OrderSettings;
use platform::start::{StartError, try_serve_http};

fn main() -> Result<(), StartError> {
    try_serve_http(OrderSettings::read, AuditResultQuery::start)
}
