//! The acceptance examples of the specification (§11), one by one.

use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::bodies::{self, with};
use suites::lease::{Lease, ORDER, body, done, refused};

/// The bodies of the calls of `method`, as they came over the wire.
fn forms(lease: &Lease, method: &str) -> Vec<String> {
    let calls = lease.world.received(suites::lease::ANT).into_iter();
    let wanted = format!("method={method}&");
    let calls = calls.filter(|call| call.uri().query().is_some_and(|query| query.contains(&wanted)));
    calls.map(|call| String::from_utf8(call.body().to_vec()).expect("a form")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_withhold_sign_is_created_with_the_order_number_alone() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    let got = lease.post(ORDER, "/withhold-sign", &json!({"source": "new"})).await;
    assert_eq!(forms(&lease, "antchain.ato.withhold.sign.create"), ["order_id=LEASE-0001"]);
    let data = done(&got);
    assert!(data["sign_str"].as_str().is_some_and(|text| text.starts_with("alipay_sdk=")), "{data}");
    assert_eq!((&data["order_id"], &data["state"]), (&json!(ORDER), &json!("WITHHOLD_SIGNING")));
}

#[tokio::test(start_paused = true)]
async fn a_tampered_response_is_a_rejection_and_changes_no_state() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    lease.ant.fail_after_effect("antchain.ato.withhold.sign.create", Spoil::BadSignature);
    let got = lease.post(ORDER, "/withhold-sign", &json!({})).await;
    assert_eq!(got.brief(), (502, r#"{"code":"ANT_REJECTED","message":"signature"}"#));
    assert_eq!(lease.state(ORDER), "CONTRACT_SIGNING");
}

#[tokio::test(start_paused = true)]
async fn a_result_code_other_than_ok_is_a_rejection_that_tells_it() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    lease.ant.fail("antchain.ato.withhold.sign.create", Spoil::ResultCode("ORDER_NOT_EXIST"));
    let got = lease.post(ORDER, "/withhold-sign", &json!({})).await;
    assert_eq!(refused(&got), (502, "ANT_REJECTED".to_owned()));
    let body = body(&got);
    assert_eq!(body["ant"]["result_code"], "ORDER_NOT_EXIST");
    assert_eq!(body["ant"]["result_msg"], body["message"]);
    assert_eq!(lease.state(ORDER), "CONTRACT_SIGNING");
}

#[tokio::test(start_paused = true)]
async fn a_query_that_finds_it_signed_tells_so_and_moves_the_order() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.user_signs_withhold(ORDER);
    let data = done(&lease.get(ORDER, "/withhold-sign").await);
    let agreement = json!({
        "order_id": ORDER, "state": "WITHHOLD_SIGNED", "status": "SIGNED",
        "agreement_no": "2025LEASE-0001", "sign_time": "2025-01-03T10:00:00Z",
        "valid_time": "2025-01-03T10:00:00Z", "invalid_time": "2115-02-01T00:00:00Z",
    });
    assert_eq!(data, agreement);
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNED");
}

#[tokio::test(start_paused = true)]
async fn a_seal_while_the_agreement_is_unsigned_is_refused_without_a_call() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.heard();
    let got = lease.post(ORDER, "/contract/seal", &json!({})).await;
    assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()));
    assert_eq!(lease.ant.heard(), Vec::<String>::new());
}

/// An active order whose user has applied to end the withhold agreement.
async fn applied() -> Lease {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.user_applies_to_unsign(ORDER);
    assert_eq!(done(&lease.get(ORDER, "").await)["unsign_pending"], true);
    lease
}

#[tokio::test(start_paused = true)]
async fn an_unsign_answer_is_sent_with_exactly_its_own_fields() {
    for (answer, form) in [
        (
            json!({"operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 12345}),
            "operate=REFUSE&order_id=LEASE-0001&refuse_reason_code=USER_OWE_MONEY&user_owe_money=12345",
        ),
        (json!({"operate": "AGREE"}), "operate=AGREE&order_id=LEASE-0001"),
    ] {
        let lease = applied().await;
        done(&lease.post(ORDER, "/unsign-confirm", &answer).await);
        assert_eq!(forms(&lease, "antchain.ato.withhold.signasyncunsign.confirm"), [form]);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unsign_answer_without_what_its_reason_needs_is_no_request() {
    let lease = applied().await;
    let owes = json!({"operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY"});
    for answer in [with(owes.clone(), "user_owe_money", 0), owes, json!({"operate": "REFUSE"})] {
        let got = lease.post(ORDER, "/unsign-confirm", &answer).await;
        assert_eq!(refused(&got), (400, "INVALID_ARGUMENT".to_owned()), "{answer}");
    }
    assert_eq!(forms(&lease, "antchain.ato.withhold.signasyncunsign.confirm"), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_plan_lets_the_order_be_closed_for_the_same_reason_and_for_no_other() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    let cancel = json!({"cancel_reason": "RENTING_AND_RESALE"});
    done(&lease.post(ORDER, "/withhold-plan/cancel", &cancel).await);
    let other = json!({"reason": "RENTING_OUT", "return_confirmed": true});
    let got = lease.post(ORDER, "/close", &other).await;
    assert_eq!(refused(&got), (409, "STATE_CONFLICT".to_owned()));
    done(&lease.post(ORDER, "/close", &json!({"reason": "RENTING_AND_RESALE"})).await);
    assert_eq!(lease.state(ORDER), "CLOSED");
}

#[tokio::test(start_paused = true)]
async fn a_close_without_a_cancel_and_with_unpaid_terms_is_refused() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    for reason in ["FULFILLED", "RENTING_AND_RESALE", "RENTING_OUT"] {
        let close = json!({"reason": reason, "return_confirmed": true});
        let got = lease.post(ORDER, "/close", &close).await;
        assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()), "{reason}");
    }
    assert_eq!(lease.ant.effects(ORDER, "antchain.ato.trade.sync"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_front_order_whose_terms_add_up_is_synced_and_one_that_is_a_fen_off_is_not() {
    let lease = Lease::new().await;
    let got = lease.put(ORDER, &with(bodies::order(), "totalRentMoney", 3501)).await;
    assert_eq!(refused(&got), (400, "INVALID_ARGUMENT".to_owned()));
    assert_eq!(lease.row(ORDER), None);
    let data = done(&lease.put(ORDER, &bodies::order()).await);
    assert_eq!(data["state"], "SYNCED");
    let synced: Value = lease.ant.order(ORDER).synced.expect("an order");
    assert_eq!((&synced["rentTerm"], &synced["totalRentMoney"]), (&json!(3), &json!(3500)));
}
