//! What a review of the context found: each finding with the test that keeps it closed.

mod transactions;

use serde_json::Value;
use suites::quota::{Quota, granted, opened, with};

const EXPIRY: &str = "2019-12-27T00:00:00+08:00";

/// A grant of `pin` over 500 yuan that ends with [`EXPIRY`].
fn lasting(pin: &str, business_id: &str) -> Value {
    with(granted(pin, "2201", business_id, "500.0000"), "invalid_time", EXPIRY)
}

/// The context where `p-1` has an open account and the grant 2201 W1 over 500 yuan.
async fn app() -> Quota {
    // Boxed, so that the compiler need not look through everything that a start does for every test.
    let app = Box::pin(Quota::new()).await;
    app.take(&[opened("p-1"), lasting("p-1", "W1")]).await;
    app
}
