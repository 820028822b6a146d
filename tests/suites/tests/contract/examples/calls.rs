//! The usual call of each operation, in a world where it is one.

use serde_json::{Value, json};
use suites::callbacks::Callbacks;
use suites::confirmations::Confirmations;
use suites::contract::json_file;
use suites::gateway::{Got, Post};
use suites::instalment::Instalment;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER};
use suites::marketplace::{Answered, Marketplace};
use suites::orders::{Orders, UID};
use suites::quota::{self, Quota, by, granted, opened, with};
use suites::repayments::{Repayments, planned};
use suites::webview;

/// Makes the usual call of an operation with this body.
pub(super) async fn usual(operation: &str, body: &Value) -> Got {
    match operation {
        "get-status" | "renew-contract" | "webview" => instalment(operation, body).await,
        "get-temp-quota-na"
        | "get-temp-quota-h5"
        | "cancel-temp-quota-na"
        | "cancel-temp-quota-h5"
        | "query-temp-credit"
        | "cancel-temp-credit" => temp_quota(operation, body).await,
        "callback-list" | "callback-resend" => callbacks(operation, body).await,
        "ant-notify" => notification(body).await,
        "user-check" | "loan-calculation" | "bank-list" | "push-order" | "audit-result-query"
        | "contract-list" | "bind-card" | "confirm-loan" | "loan-result-query" | "repay-trial" | "repay"
        | "repay-result-query" | "repay-plan-query" => marketplace(operation, body).await,
        _ => lease(operation, body).await,
    }
}

async fn instalment(operation: &str, body: &Value) -> Got {
    let app = Instalment::new();
    match operation {
        "get-status" => {
            app.contract("c-1", 1, Some("77-1"), "active");
            app.line("77-1", "ACTIVE", "30000", "12000");
            app.send(&Post::by("c-1", body.to_string())).await
        }
        "renew-contract" => {
            app.contract("c-1", 1, Some("77-1"), "CLOSED");
            app.send_renewal(&Post::by("c-1", body.to_string())).await
        }
        _ => webview::open().await,
    }
}

async fn temp_quota(operation: &str, body: &Value) -> Got {
    let app = Quota::new().await;
    let grant = granted("p-1", "2201", "W5673649234", "500");
    app.take(&[opened("p-1"), with(grant, "invalid_time", "2019-12-27T00:00:00+08:00")]).await;
    let body = body.to_string();
    let route = |last: &str, channel: &str| format!("/gw/generic/bt/{channel}/m/{last}");
    match operation {
        "query-temp-credit" => app.credit_man_query(&Post::signed(body)).await,
        "cancel-temp-credit" => app.credit_man_cancel(&Post::signed(body)).await,
        "get-temp-quota-na" => app.send_query_event(by("p-1", body).event(quota::QUERY_ROUTE)).await,
        "get-temp-quota-h5" => {
            app.send_query_event(by("p-1", body).event(&route("getTempQuotaInfo", "h5"))).await
        }
        "cancel-temp-quota-na" => app.send_cancel_event(by("p-1", body).event(quota::CANCEL_ROUTE)).await,
        _ => app.send_cancel_event(by("p-1", body).event(&route("cancelTempQuota", "h5"))).await,
    }
}

async fn callbacks(operation: &str, body: &Value) -> Got {
    let app = Callbacks::new().await;
    app.cause(suites::callbacks::ORDER, 4, &[1]).await;
    if operation == "callback-list" {
        return app.list("state=pending").await;
    }
    app.resend(body).await
}

async fn notification(body: &Value) -> Got {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    let mut event = json_file("events/ant-notify.json");
    event["body"] = body.to_string().into();
    lease.notify_with(event).await
}

async fn lease(operation: &str, body: &Value) -> Got {
    let lease = Lease::new().await;
    let before = match operation {
        "pre-order-sync" => None,
        "contract-sign" | "sign-flow" => Some("SYNCED"),
        "withhold-sign" => Some("CONTRACT_SIGNING"),
        "withhold-query" => Some("WITHHOLD_SIGNING"),
        "contract-seal" => Some("WITHHOLD_SIGNED"),
        "lease-close" => Some("PLAN_CANCELLED"),
        "withhold-unsign" => Some("CLOSED"),
        _ => Some("ACTIVE"),
    };
    if let Some(state) = before {
        lease.bring(ORDER, state).await;
    }
    if operation == "unsign-confirm" {
        lease.ant.user_applies_to_unsign(ORDER);
        lease.notify("n-1", "ASYNC_UNSIGN_APPLY", ORDER).await;
    }
    let request = match operation {
        "pre-order-sync" => Request::put(ORDER),
        "order-query" => return lease.send(&Request::get(ORDER, "")).await,
        "withhold-query" => return lease.send(&Request::get(ORDER, "/withhold-sign")).await,
        "withhold-unsign" => return lease.send(&Request::delete(ORDER, "/withhold-sign")).await,
        "contract-sign" => Request::post(ORDER, "/contract"),
        "contract-seal" => Request::post(ORDER, "/contract/seal"),
        "withhold-sign" => Request::post(ORDER, "/withhold-sign"),
        "withhold-plan-cancel" => Request::post(ORDER, "/withhold-plan/cancel"),
        "unsign-confirm" => Request::post(ORDER, "/unsign-confirm"),
        "lease-close" => Request::post(ORDER, "/close"),
        "sign-flow" => Request::post(ORDER, "/sign-flow"),
        other => panic!("no operation {other}"),
    };
    lease.send(&request.body(body)).await
}

/// The business JSON is signed again, for the present instant.
async fn marketplace(operation: &str, body: &Value) -> Got {
    let business = body["request"].as_str().expect("a text");
    let said: Value = serde_json::from_str(business).expect("JSON");
    let answered = match operation {
        "user-check" => Marketplace::new().await.say("840", "userCheck", business).await,
        "loan-calculation" => Marketplace::new().await.say("840", "loanCalculation", business).await,
        "bank-list" => Marketplace::new().await.say("840", "getBankList", business).await,
        "push-order" => Orders::new().await.send("pushOrder", "840", business).await,
        "contract-list" => {
            let contracts = json!([{"title": "借款协议", "url": "https://h5.test/agreement"}]);
            let app = Confirmations::approved().await;
            let app = app.configured(&json!({"contracts": contracts})).await;
            app.send("getContracts", "840", business).await
        }
        "audit-result-query" => {
            Confirmations::approved().await.send("queryAuditResult", "840", business).await
        }
        "bind-card" | "confirm-loan" => {
            let app = Confirmations::approved().await;
            app.partners.opens(UID);
            if operation == "bind-card" { app.bind(&said).await } else { app.confirm(&said).await }
        }
        "loan-result-query" => repayments("queryLoanResult", business).await,
        "repay-trial" => repayments("repayTrial", business).await,
        "repay" => repayments("repay", business).await,
        "repay-result-query" => repayments("queryRepayResult", business).await,
        _ => repayments("getRepayPlan", business).await,
    };
    let Answered { code, message, response } = answered;
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let body = json!({"code": code, "message": message, "response": response}).to_string();
    Got { status: 200, body, headers }
}

async fn repayments(op: &str, business: &str) -> Answered {
    Repayments::of(&planned()).await.call(op, "840", business).await
}
