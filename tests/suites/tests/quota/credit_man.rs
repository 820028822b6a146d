//! credit.man's two operations (§3, §10, §11 credit.man wire): byte for byte, for whom IAM let through.

mod cancel;
mod query;

use serde_json::Value;
use suites::quota::{Quota, granted, opened, with};

const EXPIRY: &str = "2019-12-27T00:00:00+08:00";
const FORBIDDEN: (i64, &str) = (403, r#"{"message":"Forbidden"}"#);

/// The context where the open account of `p-1` has these grants.
async fn with_grants(grants: &[Value]) -> Quota {
    // Boxed, so that the compiler need not look through everything that a start does for every test.
    let app = Box::pin(Quota::new()).await;
    app.take(&[opened("p-1")]).await;
    app.take(grants).await;
    app
}

/// A grant of `p-1` that ends with [`EXPIRY`].
fn lasting(business_type: &str, business_id: &str, change_limit: &str) -> Value {
    with(granted("p-1", business_type, business_id, change_limit), "invalid_time", EXPIRY)
}
