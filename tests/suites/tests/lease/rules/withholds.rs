//! The withhold agreement (§9): a create is no signature, and nothing goes backwards.

use serde_json::{Value, json};
use suites::lease::{Lease, ORDER, done, refused};

const CREATE: &str = "antchain.ato.withhold.sign.create";

#[tokio::test(start_paused = true)]
async fn a_create_is_not_taken_for_a_signature() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    let data = done(&lease.get(ORDER, "/withhold-sign").await);
    assert_eq!(data, json!({"order_id": ORDER, "state": "WITHHOLD_SIGNING", "status": "UNSIGNED"}));
}

#[tokio::test(start_paused = true)]
async fn a_second_create_while_unsigned_gives_a_fresh_text_to_sign_with() {
    let lease = Lease::new().await;
    lease.contract_signing(ORDER).await;
    let mut texts: Vec<Value> = vec![];
    for _ in 0..3 {
        texts.push(done(&lease.post(ORDER, "/withhold-sign", &json!({})).await)["sign_str"].clone());
    }
    assert!(texts[0] != texts[1] && texts[1] != texts[2], "{texts:?}");
    assert_eq!(lease.ant.effects(ORDER, CREATE), 3);
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNING");
}

#[tokio::test(start_paused = true)]
async fn a_create_once_it_is_signed_conflicts_without_a_call() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    let got = lease.post(ORDER, "/withhold-sign", &json!({})).await;
    assert_eq!(refused(&got), (409, "STATE_CONFLICT".to_owned()));
    assert_eq!(lease.ant.effects(ORDER, CREATE), 1);
}

#[tokio::test(start_paused = true)]
async fn unsigned_and_what_nobody_knows_move_nothing() {
    for state in ["CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "ACTIVE", "CLOSED"] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        for status in ["UNSIGNED", "APPLY_TERMINATE", "TIMEOUT_CLOSE", "NEW_ONE", "signed"] {
            lease.ant.change(ORDER, |order| order.withhold = Some(status.to_owned()));
            let data = done(&lease.get(ORDER, "/withhold-sign").await);
            assert_eq!((&data["status"], &data["state"]), (&json!(status), &json!(state)));
            assert_eq!(lease.state(ORDER), state, "{status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn signed_moves_an_order_only_from_where_it_waits_for_it() {
    for (state, then) in [
        ("SYNCED", "SYNCED"),
        ("CONTRACT_SIGNING", "CONTRACT_SIGNING"),
        ("WITHHOLD_SIGNING", "WITHHOLD_SIGNED"),
        ("ACTIVE", "ACTIVE"),
        ("CLOSED", "CLOSED"),
    ] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.user_signs_withhold(ORDER);
        assert_eq!(done(&lease.get(ORDER, "/withhold-sign").await)["state"], then, "from {state}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_query_finds_the_signature_too() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.user_signs_withhold(ORDER);
    assert_eq!(done(&lease.get(ORDER, "").await)["state"], "WITHHOLD_SIGNED");
}

#[tokio::test(start_paused = true)]
async fn unbinding_is_done_once_and_then_answered_from_the_store() {
    let lease = Lease::new().await;
    lease.closed(ORDER).await;
    for _ in 0..2 {
        let data = done(&lease.delete(ORDER, "/withhold-sign").await);
        assert_eq!(data, json!({"order_id": ORDER, "state": "UNBOUND"}));
    }
    assert_eq!(lease.ant.effects(ORDER, "antchain.ato.withhold.sign.unbind"), 1);
}
