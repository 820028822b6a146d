//! The fields of the smaller operations (§5, §12).

use serde_json::{Value, json};
use suites::lease::bodies::with;
use suites::lease::request::Request;
use suites::lease::{Lease, OPERATOR, ORDER, done, refused};

use super::{NO_NUMBERS, json_of, long, refused_for};

async fn is_refused(lease: &Lease, path: &str, body: &Value, field: &str) {
    refused_for(lease, &Request::post(ORDER, path).body(body), field).await;
}

#[tokio::test(start_paused = true)]
async fn a_seal_has_a_tag_and_two_ids_of_ant_s() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    for (name, fewest, most) in [("tag", 2, 32), ("biz_flow_id", 4, 64), ("account_id", 4, 64)] {
        for bad in [json!(long(fewest - 1)), json!(long(most + 1)), json!(1), json!(["x"])] {
            is_refused(&lease, "/contract/seal", &with(json!({}), name, bad), name).await;
        }
    }
    for name in ["sign_no", "order_id", "override"] {
        is_refused(&lease, "/contract/seal", &json!({name: "x"}), name).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_is_cancelled_for_one_of_two_reasons() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    for bad in [json!("renting_out"), json!("FULFILLED"), json!(""), json!(1), Value::Null] {
        let body = with(json!({}), "cancel_reason", bad);
        is_refused(&lease, "/withhold-plan/cancel", &body, "cancel_reason").await;
    }
    let more = json!({"cancel_reason": "RENTING_OUT", "reason": "RENTING_OUT"});
    is_refused(&lease, "/withhold-plan/cancel", &more, "reason").await;
}

#[tokio::test(start_paused = true)]
async fn an_order_is_closed_for_one_of_three_reasons() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    for bad in [json!("fulfilled"), json!("CANCELLED"), json!(""), json!(1), Value::Null] {
        is_refused(&lease, "/close", &with(json!({}), "reason", bad), "reason").await;
    }
    let close = json!({"reason": "FULFILLED"});
    for bad in [json!("true"), json!(1), json!([])] {
        let body = with(close.clone(), "return_confirmed", bad);
        is_refused(&lease, "/close", &body, "return_confirmed").await;
    }
    for bad in [json!(""), json!(long(65)), json!(1)] {
        is_refused(&lease, "/close", &with(close.clone(), "evidence_id", bad), "evidence_id").await;
    }
    is_refused(&lease, "/close", &with(close, "override", true), "override").await;
}

#[tokio::test(start_paused = true)]
async fn an_unsign_answer_says_what_and_why() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    for bad in [json!("agree"), json!("MAYBE"), json!(""), json!(long(17)), json!(true), Value::Null] {
        is_refused(&lease, "/unsign-confirm", &with(json!({}), "operate", bad), "operate").await;
    }
    let refuse = json!({"operate": "REFUSE"});
    for bad in [json!("USER_IS_AWAY"), json!(""), json!(1), Value::Null] {
        let body = with(refuse.clone(), "refuse_reason_code", bad);
        is_refused(&lease, "/unsign-confirm", &body, "refuse_reason_code").await;
    }
    let owes = with(refuse.clone(), "refuse_reason_code", "USER_OWE_MONEY");
    for bad in NO_NUMBERS.into_iter().chain(["0", "null"]) {
        let body = with(owes.clone(), "user_owe_money", json_of(bad));
        is_refused(&lease, "/unsign-confirm", &body, "user_owe_money").await;
    }
    let serves = with(refuse, "refuse_reason_code", "USER_IN_SERVICE");
    for bad in [json!(""), json!(long(129)), json!(1), Value::Null] {
        let body = with(serves.clone(), "user_in_service", bad);
        is_refused(&lease, "/unsign-confirm", &body, "user_in_service").await;
    }
    is_refused(&lease, "/unsign-confirm", &json!({"operate": "AGREE", "agree": true}), "agree").await;
}

#[tokio::test(start_paused = true)]
async fn an_unsign_answer_is_sent_up_to_its_boundaries() {
    for answer in [
        json!({"operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 1}),
        json!({"operate": "REFUSE", "refuse_reason_code": "USER_IN_SERVICE", "user_in_service": "x"}),
        json!({"operate": "REFUSE", "refuse_reason_code": "USER_IN_SERVICE", "user_in_service": long(128)}),
        // The seed fills all of them at once: only what belongs to the code is sent.
        json!({
            "operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 1,
            "user_in_service": "x",
        }),
    ] {
        let lease = Lease::new().await;
        lease.active(ORDER).await;
        lease.ant.user_applies_to_unsign(ORDER);
        done(&lease.get(ORDER, "").await);
        done(&lease.post(ORDER, "/unsign-confirm", &answer).await);
        let sent = lease.ant.calls().pop().expect("a call").form;
        assert_eq!(sent.len(), 4, "{sent:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_override_is_a_flag_in_the_body_and_true_or_false_in_the_query() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    for bad in [json!("true"), json!(1), json!([])] {
        let body = json!({"operate": "AGREE", "override": bad});
        is_refused(&lease, "/unsign-confirm", &body, "override").await;
    }
    for bad in ["override=", "override=1", "override=TRUE", "override"] {
        let request = Request::delete(ORDER, "/withhold-sign").query(bad).by(OPERATOR);
        refused_for(&lease, &request, "override").await;
    }
    let twice = Request::delete(ORDER, "/withhold-sign").query("override=true&override=true");
    assert_eq!(refused(&lease.send(&twice).await), (400, "INVALID_ARGUMENT".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn questions_take_nothing_but_a_source() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    for path in ["", "/withhold-sign"] {
        for query in ["override=true", "merchantId=1", "order_id=LEASE-0001"] {
            let name = query.split('=').next().expect("a name");
            refused_for(&lease, &Request::get(ORDER, path).query(query), name).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn sign_flow_checks_each_field_that_is_given_whether_it_is_due_or_not() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    for (name, bad) in [
        ("user_id_type", json!("PASSPORT")),
        ("template_list", json!([])),
        ("return_url", json!("")),
        ("alipay_user_id", json!("123")),
        ("merchant_sign_order", json_of("1.0")),
        ("shoe_size", json!(44)),
        ("order_id", json!(ORDER)),
    ] {
        is_refused(&lease, "/sign-flow", &with(json!({}), name, bad), name).await;
    }
}
