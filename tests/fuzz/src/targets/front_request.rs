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
enum Route {
    GetStatus,
    RenewContract,
    GetTempQuota,
    CancelTempQuota,
    QueryTempCredit,
    CancelTempCredit,
}

const ROUTES: [Route; 6] = [
    Route::GetStatus,
    Route::RenewContract,
    Route::GetTempQuota,
    Route::CancelTempQuota,
    Route::QueryTempCredit,
    Route::CancelTempCredit,
];
/// What says that it is our fault.
const OUR_FAULT: [&str; 2] = [r#""code":"0000""#, r#""code":"1034""#];
/// What the credit system and the Baitiao gateway are told with 200.
const REFUSED: [&str; 2] = [r#""isSuccess":false"#, r#""issuccess":0"#];

fn hold(data: &[u8]) {
    let Some((route, body)) = chosen_text(&ROUTES, data) else { return };
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
        Route::GetTempQuota => {
            Quota::new().await.send_query_event(by("p-1", body).event(quota::QUERY_ROUTE)).await
        }
        Route::CancelTempQuota => {
            Quota::new().await.send_cancel_event(by("p-1", body).event(quota::CANCEL_ROUTE)).await
        }
        Route::QueryTempCredit => Quota::new().await.credit_man_query(&Post::signed(body)).await,
        Route::CancelTempCredit => Quota::new().await.credit_man_cancel(&Post::signed(body)).await,
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let usual = [
        "get-status",
        "renew-contract",
        "get-temp-quota-na",
        "cancel-temp-quota-na",
        "query-temp-credit",
        "cancel-temp-credit",
    ];
    let usual = (0..).zip(usual).map(|(place, name)| seed(place, seeds::request(name)));
    usual.chain([seed(2, json!({"page": 1, "pageSize": "99999999999"}).to_string())]).collect()
}
