//! What our API answers (§8, §12), byte for byte where it is ours alone.

use std::time::Duration;

use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, ORDERS, Options, bodies, body, done};
use world::{Fault, On};

const CREATE: &str = "antchain.ato.withhold.sign.create";

#[tokio::test(start_paused = true)]
async fn a_success_is_a_code_and_data_whatever_the_operation() {
    let lease = Lease::new().await;
    let post = |path, body: Value| Request::post(ORDER, path).body(&body);
    for (request, expected) in [
        (Request::put(ORDER).body(&bodies::order()), r#""response_data":"{}","state":"SYNCED"}}"#),
        (
            post("/contract", bodies::contract()),
            r#""sign_info":"[{\"sealed\":false,\"tag\":null,\"url\":\"https://sign.ant.test/SIGN000002\"}]","sign_no":"SIGN000002","state":"CONTRACT_SIGNING"}}"#,
        ),
        (
            post("/withhold-sign", json!({})),
            r#""sign_str":"alipay_sdk=test&external_agreement_no=LEASE-0001&nonce=3","state":"WITHHOLD_SIGNING"}}"#,
        ),
        (
            Request::get(ORDER, "/withhold-sign"),
            r#""state":"WITHHOLD_SIGNED","status":"SIGNED","valid_time":"2025-01-03T10:00:00Z"}}"#,
        ),
        (post("/contract/seal", json!({})), r#""sign_field_ids":"[\"SIGN000002-1\"]","state":"ACTIVE"}}"#),
        (
            post("/withhold-plan/cancel", json!({"cancel_reason": "RENTING_OUT"})),
            r#""state":"PLAN_CANCELLED","terms":[{"rentalMoney":1167,"status":"CANCEL","termIndex":1},{"rentalMoney":1167,"status":"CANCEL","termIndex":2},{"rentalMoney":1166,"status":"CANCEL","termIndex":3}]}}"#,
        ),
        (
            post("/close", json!({"reason": "RENTING_OUT", "return_confirmed": true})),
            r#""response_data":"{}","state":"CLOSED"}}"#,
        ),
        (Request::delete(ORDER, "/withhold-sign"), r#""order_id":"LEASE-0001","state":"UNBOUND"}}"#),
    ] {
        let got = lease.send(&request).await;
        assert_eq!(got.status, 200, "{}", got.body);
        assert!(got.body.starts_with(r#"{"code":"OK","data":{"#), "{}", got.body);
        assert!(got.body.contains(r#""order_id":"LEASE-0001""#), "{}", got.body);
        assert!(got.body.ends_with(expected), "{} does not end with {expected}", got.body);
        assert_eq!(got.header("content-type"), Some("application/json"));
        assert_eq!(got.header("cache-control"), Some("no-store"));
        if got.body.contains("sign_str") {
            lease.ant.user_signs_withhold(ORDER);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_is_told_with_its_flags_its_terms_and_what_ant_has_but_without_its_user() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    let data = done(&lease.get(ORDER, "").await);
    let terms = json!([
        {"termIndex": 1, "status": "NOT_RETURN", "rentalMoney": 1167},
        {"termIndex": 2, "status": "NOT_RETURN", "rentalMoney": 1167},
        {"termIndex": 3, "status": "NOT_RETURN", "rentalMoney": 1166},
    ]);
    let at_ant = json!({
        "orderId": ORDER, "orderStatus": "NORMAL", "unsignPending": false, "terms": terms,
        "signNo": "SIGN000002", "flowId": "FLOW000002", "accountId": "ACCT000002",
    });
    let expected = json!({
        "order_id": ORDER, "state": "ACTIVE", "unknown_operation": null, "withhold_lost": false,
        "unsign_pending": false, "terms": terms, "order": at_ant,
    });
    assert_eq!(data, expected);
}

#[tokio::test(start_paused = true)]
async fn refusals_of_ours_are_a_code_and_a_message() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    for (request, status, expected) in [
        (
            Request::post(ORDER, "/close").body(&json!({})),
            400,
            r#"{"code":"INVALID_ARGUMENT","message":"reason: is missing"}"#,
        ),
        (
            Request::post("LEASE-0404", "/close").body(&json!({"reason": "FULFILLED"})),
            404,
            r#"{"code":"ORDER_NOT_FOUND","message":"no such order"}"#,
        ),
        (
            Request::post(ORDER, "/close").body(&json!({"reason": "FULFILLED"})),
            409,
            r#"{"code":"STATE_CONFLICT","message":"the order is not active"}"#,
        ),
        (
            Request::delete(ORDER, "/withhold-sign"),
            422,
            r#"{"code":"PRECONDITION_FAILED","message":"the order is not closed"}"#,
        ),
    ] {
        assert_eq!(lease.send(&request).await.brief(), (status, expected));
    }
}

#[tokio::test(start_paused = true)]
async fn ant_s_text_is_relayed_with_its_code_and_the_id_of_the_request() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    lease.ant.fail(CREATE, Spoil::ResultCode("ALIPAY_USER_ID_MISSING"));
    let got = lease.post(ORDER, "/withhold-sign", &json!({})).await;
    let id = lease.ant.calls().pop().expect("a call").query["req_msg_id"].clone();
    let expected = format!(
        r#"{{"code":"ANT_REJECTED","message":"测试指定的错误","ant":{{"result_code":"ALIPAY_USER_ID_MISSING","result_msg":"测试指定的错误","req_msg_id":"{id}"}}}}"#
    );
    assert_eq!(got.brief(), (502, expected.as_str()));
    assert!(lease.row(ORDER).is_some_and(|row| row.get("unknown_operation").is_none()));
}

#[tokio::test(start_paused = true)]
async fn each_way_of_not_being_answered_has_its_status_and_code() {
    for (spoil, expected) in [
        (Spoil::BadSignature, (502, r#"{"code":"ANT_REJECTED","message":"signature"}"#)),
        (Spoil::MissingSignature, (502, r#"{"code":"ANT_REJECTED","message":"signature"}"#)),
        (Spoil::Http(302), (502, r#"{"code":"ANT_REJECTED","message":"the gateway refused the request"}"#)),
        (Spoil::Http(403), (502, r#"{"code":"ANT_REJECTED","message":"the gateway refused the request"}"#)),
        (Spoil::Http(429), (502, r#"{"code":"ANT_REJECTED","message":"the gateway refused the request"}"#)),
        (Spoil::Garbage, (504, UNKNOWN)),
        (Spoil::Http(500), (504, UNKNOWN)),
        (Spoil::Http(503), (504, UNKNOWN)),
        (Spoil::Timeout, (504, UNKNOWN)),
        (Spoil::Reset, (504, UNKNOWN)),
    ] {
        let lease = Lease::new().await;
        lease.contract_signing(ORDER).await;
        lease.ant.fail(CREATE, spoil);
        let got = lease.post(ORDER, "/withhold-sign", &json!({})).await;
        assert_eq!(got.brief(), expected, "{spoil:?}");
    }
}

const UNKNOWN: &str = r#"{"code":"ANT_UNKNOWN","message":"no usable answer: the outcome is not known yet"}"#;

#[tokio::test(start_paused = true)]
async fn where_the_signature_stands_and_what_else_is_called_so_does_not_matter() {
    for spoil in [Spoil::NestedSignKey, Spoil::SignFirst] {
        let lease = Lease::new().await;
        lease.contract_signing(ORDER).await;
        lease.ant.fail_after_effect(CREATE, spoil);
        let data = done(&lease.post(ORDER, "/withhold-sign", &json!({})).await);
        assert!(data["sign_str"].is_string(), "{data}");
    }
}

#[tokio::test(start_paused = true)]
async fn ok_counts_in_any_case() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    lease.ant.fail(CREATE, Spoil::ResultCode("ok"));
    done(&lease.post(ORDER, "/withhold-sign", &json!({})).await);
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNING");
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_is_ok_and_has_no_numbers_may_have_happened() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    lease.ant.fail("antchain.ato.front.sign.submit", Spoil::ResultCode("OK"));
    let got = lease.post(ORDER, "/contract", &bodies::contract()).await;
    assert_eq!(got.brief(), (504, UNKNOWN));
    assert_eq!(lease.state(ORDER), "SYNCED");
    assert!(lease.row(ORDER).is_some_and(|row| row.get("unknown_operation").is_some()));
    // trade.get shows that Ant has none.
    assert_eq!(done(&lease.get(ORDER, "").await)["unknown_operation"], Value::Null);
    done(&lease.post(ORDER, "/contract", &bodies::contract()).await);
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_question_that_does_not_say_what_it_should_tells_nothing() {
    for (method, path) in
        [("antchain.ato.trade.get", ""), ("antchain.ato.withhold.sign.query", "/withhold-sign")]
    {
        let lease = Lease::new().await;
        lease.active(ORDER).await;
        let before = lease.row(ORDER);
        lease.ant.fail(method, Spoil::ResultCode("OK"));
        let got = lease.get(ORDER, path).await;
        assert_eq!((got.status, body(&got)["code"].clone()), (504, json!("ANT_UNKNOWN")), "{method}");
        assert_eq!(lease.row(ORDER), before, "{method}");
    }
}

/// A call of every operation that would call Ant in an active order, or in any.
fn calls() -> Vec<Request> {
    let post = |path, body: Value| Request::post(ORDER, path).body(&body);
    vec![
        Request::get(ORDER, ""),
        Request::get(ORDER, "/withhold-sign"),
        post("/withhold-plan/cancel", json!({"cancel_reason": "RENTING_OUT"})),
        post("/close", json!({"reason": "FULFILLED"})),
        post("/close", json!({"reason": "FULFILLED", "evidence_id": "e-1"})),
        Request::put("LEASE-0002").body(&bodies::order()),
    ]
}

#[tokio::test(start_paused = true)]
async fn while_ant_is_switched_off_nothing_is_written_and_callers_are_told() {
    let before = Lease::new().await;
    before.active(ORDER).await;
    let off = before.restarted_with(Options { ant_disabled: true, ..Options::default() }).await;
    let effects = off.world.effects().len();
    let expected = r#"{"code":"ANT_DISABLED","message":"Ant is switched off; try again later"}"#;
    for request in calls() {
        assert_eq!(off.send(&request).await.brief(), (503, expected), "{request:?}");
        assert_eq!(off.send(&request.key("k-1")).await.brief(), (503, expected), "with a key");
    }
    assert_eq!(off.world.effects()[effects..], Vec::<String>::new());
    // What needs no call is answered as ever.
    assert_eq!(off.post(ORDER, "/contract", &bodies::contract()).await.status, 409);
    assert_eq!(off.delete(ORDER, "/withhold-sign").await.status, 422);
    assert_eq!(off.post("LEASE-0404", "/sign-flow", &json!({})).await.status, 404);
    // The key stands for nothing yet.
    done(&before.send(&calls().remove(2).key("k-1")).await);
}

#[tokio::test(start_paused = true)]
async fn a_database_that_fails_is_our_fault_and_nothing_is_sent() {
    for (operation, fault) in [("GetItem", Fault::InternalError), ("PutItem", Fault::Throttled)] {
        let lease = Lease::new().await;
        lease.active(ORDER).await;
        lease.ant.heard();
        lease.world.fail(On::call(operation).to(ORDERS).always(), fault);
        let got = lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await;
        assert_eq!(got.brief(), (500, r#"{"code":"INTERNAL_ERROR","message":"internal error"}"#));
        assert_eq!(lease.ant.heard(), Vec::<String>::new());
        assert!(!lease.logged("ERROR").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_cannot_be_written_is_not_known_and_is_found_out() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    // The intent is a put, the outcome comes with its history.
    lease.world.fail(On::call("TransactWriteItems").to(ORDERS), Fault::InternalError);
    let got = lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await;
    assert_eq!(got.brief(), (504, UNKNOWN));
    assert_eq!(lease.state(ORDER), "ACTIVE");
    // Nobody knows that nobody is at it any more, until the invocation would have ended.
    assert_eq!(lease.post(ORDER, "/close", &json!({"reason": "RENTING_OUT"})).await.status, 409);
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "ACTIVE");
    lease.world.pass(Duration::from_secs(29)).await;
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "PLAN_CANCELLED");
    assert_eq!(lease.ant.effects(ORDER, "antchain.ato.withhold.plan.cancel"), 1);
}
