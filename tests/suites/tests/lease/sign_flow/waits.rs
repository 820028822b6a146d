//! A flow from its beginning to its end, and what it waits for on the way.

use serde_json::{Value, json};
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, bodies, done, refused};

use super::{ALL, AUTH, CREATE, FLOW, QUERY, SUBMIT, SYNC, finished, flow, flow_with, go_on, hasty};

#[tokio::test(start_paused = true)]
async fn a_flow_whose_user_has_signed_goes_all_the_way_in_one_call() {
    let lease = hasty().await;
    assert_eq!(done(&lease.send(&flow()).await), finished());
    assert_eq!(lease.ant.heard(), ALL);
    let states = ["SYNCED", "CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "ACTIVE"];
    let history = lease.history(ORDER);
    assert!(
        history.iter().skip(1).map(|step| step.split('>').nth(1).unwrap_or_default()).eq(states),
        "{history:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_flow_waits_for_the_user_s_signature_and_goes_on_after_it() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    lease.ant.heard();
    let first = done(&lease.send(&flow()).await);
    assert_eq!(lease.ant.heard(), [SUBMIT, CREATE, QUERY]);
    let links = lease.ant.order(ORDER).flow.expect("a contract").number;
    assert_eq!(
        first,
        json!({
            "order_id": ORDER, "state": "WITHHOLD_SIGNING", "waiting_for": "withhold_signature",
            "sign_info": format!("[{{\"sealed\":false,\"tag\":null,\"url\":\"https://sign.ant.test/SIGN{links:06}\"}}]"),
            "sign_str": "alipay_sdk=test&external_agreement_no=LEASE-0001&nonce=3",
        })
    );
    for _ in 0..2 {
        assert_eq!(go_on(&lease).await, first);
        assert_eq!(lease.ant.heard(), [QUERY]);
    }
    lease.ant.user_signs_withhold(ORDER);
    assert_eq!(go_on(&lease).await, finished());
    assert_eq!(lease.ant.heard(), [QUERY, AUTH, FLOW]);
}

#[tokio::test(start_paused = true)]
async fn every_party_seals_one_after_the_other() {
    let lease = hasty().await;
    assert_eq!(done(&lease.send(&flow_with(&bodies::contract_of_two())).await), finished());
    let calls = lease.ant.calls().into_iter().filter(|call| call.method == AUTH);
    let tags: Vec<String> = calls.map(|call| call.form["tag"].clone()).collect();
    assert_eq!(tags, [bodies::MERCHANT_TAG, bodies::THIRD_TAG]);
}

#[tokio::test(start_paused = true)]
async fn a_party_that_was_sealed_by_hand_is_not_sealed_again() {
    let lease = Lease::new().await;
    lease.sealing(ORDER).await;
    lease.ant.heard();
    assert_eq!(go_on(&lease).await, finished());
    assert_eq!(lease.ant.heard(), [AUTH, FLOW]);
    assert_eq!(lease.ant.effects(ORDER, AUTH), 2);
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_the_user_has_not_signed_is_waited_for_once_everybody_else_has() {
    let lease = hasty().await;
    lease.ant.waits_for_user(ORDER);
    let waits = done(&lease.send(&flow()).await);
    assert_eq!(
        (&waits["state"], &waits["waiting_for"]),
        (&json!("SEALING"), &json!("contract_user_signature"))
    );
    assert!(waits["sign_info"].is_string() && waits["sign_str"].is_string(), "{waits}");
    lease.ant.heard();
    assert_eq!(go_on(&lease).await, waits);
    assert_eq!(lease.ant.heard(), [FLOW]);
    lease.ant.flow_becomes(ORDER, "FINISH");
    assert_eq!(go_on(&lease).await, finished());
}

#[tokio::test(start_paused = true)]
async fn a_seal_that_ant_has_accepted_and_not_placed_yet_is_waited_for_and_not_made_again() {
    let lease = hasty().await;
    lease.ant.waits_for_user(ORDER);
    done(&lease.send(&flow()).await);
    lease.ant.places_seals_late(ORDER);
    lease.ant.heard();
    let waits = json!({
        "order_id": ORDER, "state": "SEALING", "waiting_for": "sealing", "sign_info": null, "sign_str": null,
    });
    assert_eq!(go_on(&lease).await, waits);
    assert_eq!(lease.ant.heard(), [FLOW]);
    lease.ant.flow_becomes(ORDER, "FINISH");
    assert_eq!(go_on(&lease).await, finished());
}

#[tokio::test(start_paused = true)]
async fn a_flow_begins_wherever_the_order_stands() {
    for (state, calls) in [
        ("NEW", &ALL[..]),
        ("SYNCED", &ALL[1..]),
        ("CONTRACT_SIGNING", &ALL[2..]),
        ("WITHHOLD_SIGNING", &ALL[3..]),
        ("WITHHOLD_SIGNED", &ALL[4..]),
    ] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.user_signs_withhold(ORDER);
        lease.ant.heard();
        assert_eq!(done(&lease.send(&flow()).await), finished(), "from {state}");
        assert_eq!(lease.ant.heard(), calls, "from {state}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_contract_there_is_nothing_to_do_and_nothing_is_asked() {
    for state in ["ACTIVE", "PLAN_CANCELLED", "FULFILLED", "CLOSED", "UNBOUND"] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.heard();
        for body in [json!({}), bodies::contract()] {
            let data = done(&lease.send(&flow_with(&body)).await);
            assert_eq!((&data["state"], &data["waiting_for"]), (&json!(state), &Value::Null));
        }
        assert_eq!(lease.ant.heard(), Vec::<String>::new(), "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_nobody_registered_has_no_flow() {
    let lease = Lease::new().await;
    assert_eq!(refused(&lease.send(&flow()).await), (404, "ORDER_NOT_FOUND".to_owned()));
    assert!(lease.world.effects().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_contract_that_ended_is_submitted_again_with_what_was_given_before() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    done(&lease.send(&flow_with(&bodies::contract_of_two())).await);
    lease.ant.flow_becomes(ORDER, "EXPIRE");
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "SYNCED");
    lease.ant.user_signs_withhold(ORDER);
    assert_eq!(go_on(&lease).await, finished());
    assert_eq!((lease.ant.effects(ORDER, SUBMIT), lease.ant.effects(ORDER, SYNC)), (2, 1));
    assert_eq!(lease.ant.effects(ORDER, AUTH), 2);
}

#[tokio::test(start_paused = true)]
async fn the_steps_of_a_flow_may_be_taken_by_hand_between_its_calls() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let first = done(&lease.send(&flow()).await);
    let fresh = done(&lease.post(ORDER, "/withhold-sign", &json!({})).await)["sign_str"].clone();
    assert_ne!(first["sign_str"], fresh);
    assert_eq!(go_on(&lease).await["sign_str"], fresh, "the last text that Ant gave");
    lease.ant.user_signs_withhold(ORDER);
    done(&lease.send(&Request::get(ORDER, "/withhold-sign")).await);
    assert_eq!(go_on(&lease).await, finished());
}
