//! `POST /gw/generic/bt/{na,h5}/m/cancelTempQuota` (§4.2, §5 C1 to C6, §6, §11).

mod bad_input;
mod cancellable;
mod faults;
mod in_progress;
mod races;
mod repeats;
mod rules;
mod sessions;
mod totals;

use serde_json::{Value, json};
use suites::quota::{ACCOUNTS, GRANTS, Quota, granted, opened, with};
use world::World;

const NOW: &str = "2019-06-25T12:00:00+08:00";
const EXPIRY: &str = "2019-12-27T00:00:00+08:00";

const CANCELLED: (i64, &str) = (200, r#"{"issuccess":1,"error_msg":"取消临时额度成功","code":"1111"}"#);
/// No such grant, or no such request: the two cannot be told apart.
const ABSENT: (i64, &str) = (
    200,
    r#"{"issuccess":0,"error_msg":"抱歉，网络异常，暂时无法为您提供临时额度取消功能。","code":"1001"}"#,
);
const FAILED: (i64, &str) = (
    200,
    r#"{"issuccess":0,"error_msg":"抱歉，网络异常，暂时无法为您提供临时额度取消功能。","code":"0000"}"#,
);

/// A grant of `p-1` over 500 yuan that ends with [`EXPIRY`].
fn lasting(business_type: &str, business_id: &str) -> Value {
    with(granted("p-1", business_type, business_id, "500.0000"), "invalid_time", EXPIRY)
}

/// The context at `now`, where the open account of `p-1` has these grants.
async fn with_grants(now: &str, grants: &[Value]) -> Quota {
    // Boxed, so that the compiler need not look through everything that a start does for every test.
    let app = Box::pin(Quota::at(now)).await;
    app.take(&[opened("p-1")]).await;
    app.take(grants).await;
    app
}

/// The context where `p-1` has the grant 2201 W1 over 500 yuan.
async fn app() -> Quota {
    with_grants(NOW, &[lasting("2201", "W1")]).await
}

/// The statuses of the grants of `p-1` in the order of their ids, and the account's total.
fn stands(app: &Quota) -> (String, String) {
    let statuses: Vec<String> = app.statuses("p-1").into_iter().map(|(_, status)| status).collect();
    (statuses.join(" "), app.total("p-1").unwrap())
}

/// Puts another total into the only account.
fn set_total(world: &World, total: &str) {
    let row = with(world.items(ACCOUNTS)[0].clone(), "temp_total", json!({"N": total}));
    world.put_item(ACCOUNTS, &row);
}

/// Changes the only grant's row: an attribute that is null is taken away.
fn edit_grant(world: &World, changes: &[(&str, Value)]) {
    let mut row = world.items(GRANTS)[0].clone();
    for (attribute, value) in changes {
        row[*attribute] = value.clone();
    }
    row.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    world.put_item(GRANTS, &row);
}
