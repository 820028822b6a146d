//! What a flow is filled with: each field is needed when its step is due, and given once.

use serde_json::{Value, json};
use suites::lease::bodies::{contract, full_contract, with};
use suites::lease::{DOCUMENTS, Lease, ORDER, body, done, refused};

use super::{CREATE, SUBMIT, finished, flow_with, go_on, hasty};

fn form(lease: &Lease, method: &str) -> suites::lease::ant::Parameters {
    let mut calls = lease.ant.calls().into_iter();
    calls.rfind(|call| call.method == method).expect("a call").form
}

#[tokio::test(start_paused = true)]
async fn a_contract_is_needed_before_anything_is_done() {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    lease.ant.heard();
    let got = lease.send(&flow_with(&json!({}))).await;
    assert_eq!(refused(&got), (400, "INVALID_ARGUMENT".to_owned()));
    assert_eq!(body(&got)["message"], "user_id_type: is missing");
    assert_eq!((lease.ant.heard(), lease.state(ORDER).as_str()), (vec![], "NEW"));
    for name in ["user_name", "template_list", "merchant_id_number"] {
        let got = lease.send(&flow_with(&with(contract(), name, Value::Null))).await;
        assert_eq!(body(&got)["message"], format!("{name}: is missing"));
    }
    assert_eq!(lease.ant.heard(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn each_step_gets_its_own_fields_of_the_body() {
    let lease = hasty().await;
    let mut all = full_contract();
    all["alipay_merchant_name"] = "杭州租赁".into();
    all["return_url"] = "https://upstream.invalid/".into();
    all["withhold_sign_scene"] = "LEASE".into();
    all["source"] = "old".into();
    assert_eq!(done(&lease.send(&flow_with(&all)).await), finished());
    let created: Vec<String> = form(&lease, CREATE).into_keys().collect();
    let expected = [
        "alipay_merchant_name",
        "alipay_user_id",
        "merchant_app_id",
        "order_id",
        "return_url",
        "user_open_id",
        "withhold_sign_scene",
    ];
    assert_eq!(created, expected);
    let submitted = form(&lease, SUBMIT);
    assert!(!submitted.contains_key("return_url") && !submitted.contains_key("source"), "{submitted:?}");
    let rows = lease.world.items(suites::lease::HISTORY);
    assert!(rows.iter().skip(1).all(|row| row["source"]["S"] == "old"), "{rows:?}");
}

#[tokio::test(start_paused = true)]
async fn what_was_given_once_need_not_be_given_again() {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    lease.ant.fail(SUBMIT, suites::lease::ant::Spoil::ResultCode("SYSTEM_BUSY"));
    let all = with(contract(), "return_url", "https://upstream.invalid/");
    assert_eq!(lease.send(&flow_with(&all)).await.status, 502);
    assert_eq!(go_on(&lease).await["waiting_for"], "withhold_signature");
    assert_eq!(form(&lease, SUBMIT)["business_scene"], "相机租赁合同");
    assert_eq!(form(&lease, CREATE)["return_url"], "https://upstream.invalid/");
}

#[tokio::test(start_paused = true)]
async fn a_field_that_is_given_again_takes_the_place_of_the_one_before_and_the_others_stay() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    lease.ant.fail_times(SUBMIT, suites::lease::ant::Spoil::ResultCode("SYSTEM_BUSY"), 2);
    let all = with(contract(), "return_url", "https://upstream.invalid/");
    assert_eq!(lease.send(&flow_with(&all)).await.status, 502);
    let corrected = json!({"business_scene": "镜头租赁合同", "alipay_user_id": "2088123412341234"});
    assert_eq!(lease.send(&flow_with(&corrected)).await.status, 502, "declined by Ant, and no 400");
    assert_eq!(go_on(&lease).await["waiting_for"], "withhold_signature");
    let submitted = form(&lease, SUBMIT);
    assert_eq!(submitted["business_scene"], "镜头租赁合同");
    assert_eq!(submitted["alipay_user_id"], "2088123412341234");
    assert_eq!(submitted["merchant_name"], "杭州租赁有限公司");
    assert_eq!(form(&lease, CREATE)["return_url"], "https://upstream.invalid/");
}

#[tokio::test(start_paused = true)]
async fn a_field_of_the_withhold_agreement_may_come_after_the_contract() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    lease.ant.fail(CREATE, suites::lease::ant::Spoil::ResultCode("ALIPAY_USER_ID_MISSING"));
    assert_eq!(lease.send(&flow_with(&contract())).await.status, 502);
    done(&lease.send(&flow_with(&json!({"alipay_user_id": "2088123412341234"}))).await);
    assert_eq!(form(&lease, CREATE)["alipay_user_id"], "2088123412341234");
    // And the contract is not forgotten over it.
    lease.ant.flow_becomes(ORDER, "REJECTED");
    done(&lease.get(ORDER, "").await);
    done(&lease.send(&flow_with(&json!({}))).await);
    assert_eq!(lease.ant.effects(ORDER, SUBMIT), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_given_is_kept_sealed_with_its_order() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    done(&lease.send(&flow_with(&contract())).await);
    let rows = lease.world.items(DOCUMENTS);
    let kinds: Vec<&str> = rows.iter().map(|row| row["kind"]["S"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["contract", "order", "sign_info", "sign_str"]);
    for row in rows {
        assert!(row["content"]["B"].is_string() && row["key_id"]["S"] == "2025-01", "{row}");
    }
}
