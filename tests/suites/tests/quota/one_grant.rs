//! An account with a grant over 500 yuan, and what is done to it.

use serde_json::{Value, json};
use suites::quota::{Quota, granted, opened, with};
use world::World;

const EXPIRY: &str = "2019-12-27T00:00:00+08:00";
/// After [`EXPIRY`].
pub(crate) const LATER: &str = "2019-12-28T00:10:00+08:00";

/// A grant of `pin` over 500 yuan that ends with [`EXPIRY`].
pub(crate) fn lasting(pin: &str, business_id: &str) -> Value {
    with(granted(pin, "2201", business_id, "500.0000"), "invalid_time", EXPIRY)
}

/// The context where `p-1` has an open account and the grant 2201 W1 over 500 yuan.
pub(crate) async fn app() -> Quota {
    // Boxed, so that the compiler need not look through everything that a start does for every test.
    let app = Box::pin(Quota::new()).await;
    app.take(&[opened("p-1"), lasting("p-1", "W1")]).await;
    app
}

/// Gives the first row of `table` this attribute.
pub(crate) fn edit(world: &World, table: &str, attribute: &str, value: Value) {
    let row = with(world.items(table)[0].clone(), attribute, value);
    world.put_item(table, &row);
}

/// What credit.man's cancel of the grant 2201 W1 of `p-1` is asked with.
pub(crate) fn cancel_of_w1() -> String {
    json!({"pin": "p-1", "businessType": "2201", "businessId": "W1"}).to_string()
}
