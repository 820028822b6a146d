//! The Lambda `query-temp-credit`: `POST /credit/temp-credit/query`.

use platform::start::{StartError, serve_http};
use quota::query_temp_credit::QueryTempCredit;

fn main() -> Result<(), StartError> {
    serve_http(QueryTempCredit::read, QueryTempCredit::start)
}
