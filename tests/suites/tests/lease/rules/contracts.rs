//! The contract (§4, §12): who seals it, when it is finished, and how it can end without that.

use std::time::Duration;

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, bodies, body, done, refused};

const AUTH: &str = "antchain.ato.sign.flow.auth";
const SUBMIT: &str = "antchain.ato.front.sign.submit";

/// Statuses of a flow that no contract comes of.
const ENDED: [&str; 5] = ["UNDO", "EXPIRE", "REJECTED", "TERMINATE", "CANCELLED"];

#[tokio::test(start_paused = true)]
async fn every_party_seals_before_the_order_is_active() {
    let lease = Lease::new().await;
    lease.withhold_signed_with(ORDER, &bodies::contract_of_two()).await;
    for (tag, state) in [(bodies::THIRD_TAG, "SEALING"), (bodies::MERCHANT_TAG, "ACTIVE")] {
        let data = done(&lease.post(ORDER, "/contract/seal", &json!({"tag": tag})).await);
        assert_eq!(data["state"], state, "{tag}");
        assert!(data["sign_field_ids"].is_string(), "{data}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_sealed_tag_is_answered_from_the_store() {
    let lease = Lease::new().await;
    lease.sealing(ORDER).await;
    let again = json!({"tag": bodies::MERCHANT_TAG});
    let data = done(&lease.post(ORDER, "/contract/seal", &again).await);
    assert_eq!(data, json!({"order_id": ORDER, "state": "SEALING"}));
    assert_eq!(lease.ant.effects(ORDER, AUTH), 1);
}

#[tokio::test(start_paused = true)]
async fn a_tag_that_the_contract_did_not_name_is_ant_s_to_judge() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    let got = lease.post(ORDER, "/contract/seal", &json!({"tag": "notary"})).await;
    assert_eq!((got.status, body(&got)["ant"]["result_code"].clone()), (502, json!("TAG_NOT_EXIST")));
    lease.ant.change(ORDER, |order| {
        let flow = order.flow.as_mut().expect("a contract");
        flow.parties.push(suites::lease::ant::Party { tag: Some("notary".to_owned()), sealed: false });
    });
    for state in ["SEALING", "SEALING"] {
        let data = done(&lease.post(ORDER, "/contract/seal", &json!({"tag": "notary"})).await);
        assert_eq!(data["state"], state);
    }
    assert_eq!(lease.ant.effects(ORDER, AUTH), 1);
    assert_eq!(done(&lease.post(ORDER, "/contract/seal", &json!({})).await)["state"], "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn an_order_is_active_only_when_ant_says_finish() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    lease.ant.waits_for_user(ORDER);
    assert_eq!(done(&lease.post(ORDER, "/contract/seal", &json!({})).await)["state"], "SEALING");
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "SEALING");
    lease.ant.flow_becomes(ORDER, "FINISH");
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_seal_is_done_though_the_question_after_it_is_not_answered() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    let get = "antchain.ato.sign.flow.get";
    lease.ant.fail(get, Spoil::ResultCode("SYSTEM_BUSY"));
    assert_eq!(done(&lease.post(ORDER, "/contract/seal", &json!({})).await)["state"], "SEALING");
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "ACTIVE");
    assert_eq!(lease.ant.effects(ORDER, AUTH), 1);
}

#[tokio::test(start_paused = true)]
async fn a_seal_is_done_though_there_is_no_time_for_the_question_after_it() {
    for took in [5, 6, 7].map(Duration::from_secs) {
        let lease = Lease::new().await;
        lease.withhold_signed(ORDER).await;
        let lease = lease.with_time_left(Duration::from_secs(9));
        lease.ant.fail_after_effect(AUTH, Spoil::Slow(took));
        lease.ant.fail_times("antchain.ato.sign.flow.get", Spoil::Timeout, usize::MAX);
        let got = lease.post(ORDER, "/contract/seal", &json!({})).await;
        assert_eq!(done(&got)["state"], "SEALING", "{took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_ends_takes_the_order_back_to_where_a_new_one_may_be_submitted() {
    for state in ["CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "SEALING"] {
        for status in ENDED {
            let lease = Lease::new().await;
            lease.bring(ORDER, state).await;
            lease.ant.flow_becomes(ORDER, status);
            assert_eq!(done(&lease.get(ORDER, "").await)["state"], "SYNCED", "{status} in {state}");
            assert_eq!(lease.history(ORDER).pop(), Some(format!("{state}>SYNCED")));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_contract_takes_the_place_of_the_one_that_ended() {
    let lease = Lease::new().await;
    lease.sealing(ORDER).await;
    lease.ant.flow_becomes(ORDER, "EXPIRE");
    done(&lease.get(ORDER, "").await);
    let seal = json!({"tag": bodies::MERCHANT_TAG});
    let got = lease.post(ORDER, "/contract/seal", &seal).await;
    assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()), "nothing is sealed of the old one");
    let first = done(&lease.post(ORDER, "/contract", &bodies::contract_of_two()).await)["sign_no"].clone();
    done(&lease.post(ORDER, "/withhold-sign", &json!({})).await);
    done(&lease.get(ORDER, "/withhold-sign").await);
    for tag in [bodies::MERCHANT_TAG, bodies::THIRD_TAG] {
        done(&lease.post(ORDER, "/contract/seal", &json!({"tag": tag})).await);
    }
    assert_eq!(lease.state(ORDER), "ACTIVE");
    assert_eq!(lease.ant.effects(ORDER, SUBMIT), 2);
    let calls = lease.ant.calls().into_iter().filter(|call| call.method == AUTH);
    let sealed: Vec<_> = calls.map(|call| json!(call.form["sign_no"])).collect();
    assert_eq!(sealed[1..], [first.clone(), first]);
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_is_not_ended_moves_nothing() {
    for state in ["CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "SEALING"] {
        for status in ["DRAFT", "SIGNING", "NEW_ONE", "expire"] {
            let lease = Lease::new().await;
            lease.bring(ORDER, state).await;
            lease.ant.flow_becomes(ORDER, status);
            assert_eq!(done(&lease.get(ORDER, "").await)["state"], state, "{status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_is_finished_does_not_end_any_more() {
    for state in ["ACTIVE", "PLAN_CANCELLED", "FULFILLED", "CLOSED"] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.flow_becomes(ORDER, "EXPIRE");
        assert_eq!(done(&lease.get(ORDER, "").await)["state"], state);
    }
}

#[tokio::test(start_paused = true)]
async fn the_contract_s_links_are_passed_on_as_they_came() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let data = done(&lease.post(ORDER, "/contract", &bodies::contract_of_two()).await);
    let expected = json!({
        "order_id": ORDER, "state": "CONTRACT_SIGNING", "sign_no": "SIGN000002", "flow_id": "FLOW000002",
        "account_id": "ACCT000002",
        "sign_info": "[{\"sealed\":false,\"tag\":\"merchant\",\"url\":\"https://sign.ant.test/SIGN000002\"},\
                      {\"sealed\":false,\"tag\":\"guarantor\",\"url\":\"https://sign.ant.test/SIGN000002\"}]",
    });
    assert_eq!(data, expected);
}
