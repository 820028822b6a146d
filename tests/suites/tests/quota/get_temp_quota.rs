//! `POST /gw/generic/bt/{na,h5}/m/getTempQuotaInfo` (§2, §4.1, §5 Q1 to Q3, §11).

mod accounts;
mod bad_input;
mod costs;
mod expiries;
mod faults;
mod listing;
mod paging;
mod sessions;

use serde_json::Value;
use suites::gateway::Got;
use suites::quota::{FIRST_PAGE, Quota, granted, opened, with};

/// Grants that end in 2019 do so at the end of this day in Shanghai.
const EXPIRY: &str = "2019-12-27T00:00:00+08:00";

/// The failure's body, byte for byte: no page, no list, no total.
fn failure(code: &str) -> String {
    format!(
        r#"{{"code":"{code}","error_msg":"抱歉，网络异常，暂时无法为您提供临时额度管理功能。","issuccess":0,"page":0,"pageNum":0,"pageSize":0,"totalCount":0}}"#
    )
}

/// The context at `now`, where the open account of `p-1` has these grants.
async fn with_grants(now: &str, grants: &[Value]) -> Quota {
    // Boxed, so that the compiler need not look through everything that a start does for every test.
    let app = Box::pin(Quota::at(now)).await;
    app.take(&[opened("p-1")]).await;
    app.take(grants).await;
    app
}

/// A grant of `p-1` over 80 yuan that ends with [`EXPIRY`].
fn lasting(business_type: &str, business_id: &str) -> Value {
    with(granted("p-1", business_type, business_id, "80.0000"), "invalid_time", EXPIRY)
}

/// What an answer lists: each grant's business id and the day of its expiry.
fn listed(got: &Got) -> Vec<(String, String)> {
    let body: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!(body["code"], "1111", "{}", got.body);
    let text = |grant: &Value, name: &str| grant[name].as_str().unwrap().to_owned();
    let grants = body["tempQuotaList"].as_array().unwrap().iter();
    grants.map(|grant| (text(grant, "businessId"), text(grant, "invalidTime"))).collect()
}

/// The business ids of the first page of `p-1`.
async fn ids(app: &Quota) -> Vec<String> {
    listed(&app.query("p-1", FIRST_PAGE).await).into_iter().map(|(id, _)| id).collect()
}

/// The day that is shown as the expiry of the only grant, if it is shown.
async fn shown(now: &str, grant: Value) -> Option<String> {
    let app = with_grants(now, &[grant]).await;
    let got = app.query("p-1", FIRST_PAGE).await;
    listed(&got).pop().map(|(_, day)| day)
}
