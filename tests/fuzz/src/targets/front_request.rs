//! What Ali-front, the Baitiao gateway and the credit system ask: each is answered in its own format, and never with a
//! failure of ours.

use serde_json::{Value, json};
use suites::gateway::{Got, Post};
use suites::instalment::Instalment;
use suites::quota::{self, Quota, by};

use crate::input::{chosen_text, is_object, run, seed};
use crate::{Target, seeds};

pub(super) const TARGET: Target = Target { name: "front-request", hold, seeds };

#[derive(Clone, Copy)]
pub(super) enum Route {
    GetStatus,
    RenewContract,
    GetTempQuota(&'static str),
    CancelTempQuota(&'static str),
    QueryTempCredit,
    CancelTempCredit,
}

/// Each with the operation of docs/openapi.yaml that it is.
pub(super) const ROUTES: [(&str, Route); 8] = [
    ("get-status", Route::GetStatus),
    ("renew-contract", Route::RenewContract),
    ("get-temp-quota-na", Route::GetTempQuota(quota::QUERY_ROUTE)),
    ("cancel-temp-quota-na", Route::CancelTempQuota(quota::CANCEL_ROUTE)),
    ("query-temp-credit", Route::QueryTempCredit),
    ("cancel-temp-credit", Route::CancelTempCredit),
    ("get-temp-quota-h5", Route::GetTempQuota("/gw/generic/bt/h5/m/getTempQuotaInfo")),
    ("cancel-temp-quota-h5", Route::CancelTempQuota("/gw/generic/bt/h5/m/cancelTempQuota")),
];
/// What says that it is our fault.
const OUR_FAULT: [&str; 2] = [r#""code":"0000""#, r#""code":"1034""#];
/// What the credit system and the Baitiao gateway are told with 200.
const REFUSED: [&str; 2] = [r#""isSuccess":false"#, r#""issuccess":0"#];

fn hold(data: &[u8]) {
    let Some(((_, route), body)) = chosen_text(&ROUTES, data) else { return };
    let got = run(answered(*route, body));
    // Whether it is one of the described answers is seen where it is read.
    assert!(got.status < 500, "{}", got.body);
    assert!(serde_json::from_str::<Value>(&got.body).is_ok_and(|told| told.is_object()), "{}", got.body);
    assert!(!OUR_FAULT.iter().any(|code| got.body.contains(code)), "{}", got.body);
    let is_taken = got.status == 200 && !REFUSED.iter().any(|told| got.body.contains(told));
    assert!(!is_taken || is_object(body), "{body} was taken: {}", got.body);
}

async fn answered(route: Route, body: &str) -> Got {
    match route {
        Route::GetStatus | Route::RenewContract => {
            let app = Instalment::new();
            app.contract("c-1", 1, Some("77-1"), "active");
            app.line("77-1", "ACTIVE", "30000", "12000");
            let post = Post::by("c-1", body);
            if matches!(route, Route::GetStatus) {
                app.send(&post).await
            } else {
                app.send_renewal(&post).await
            }
        }
        Route::GetTempQuota(path) => Quota::new().await.send_query_event(by("p-1", body).event(path)).await,
        Route::CancelTempQuota(path) => {
            Quota::new().await.send_cancel_event(by("p-1", body).event(path)).await
        }
        Route::QueryTempCredit => Quota::new().await.credit_man_query(&Post::signed(body)).await,
        Route::CancelTempCredit => Quota::new().await.credit_man_cancel(&Post::signed(body)).await,
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let usual = (0..).zip(&ROUTES).map(|(place, (operation, _))| seed(place, seeds::request(operation)));
    usual.chain([seed(2, json!({"page": 1, "pageSize": "99999999999"}).to_string())]).collect()
}
