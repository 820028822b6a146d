//! A user who wants to end the withhold agreement (R4), and what its end means (§4).

use serde_json::json;
use suites::lease::{Lease, ORDER, done, refused};

const CONFIRM: &str = "antchain.ato.withhold.signasyncunsign.confirm";

/// An order in this state whose user has applied to end the agreement, which we know.
async fn applied(state: &str) -> Lease {
    let lease = Lease::new().await;
    lease.bring(ORDER, state).await;
    lease.ant.user_applies_to_unsign(ORDER);
    assert_eq!(done(&lease.get(ORDER, "").await)["unsign_pending"], true);
    lease
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_an_application_is_refused_without_a_call() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.user_applies_to_unsign(ORDER);
    let got = lease.post(ORDER, "/unsign-confirm", &json!({"operate": "AGREE"})).await;
    assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()));
    assert_eq!(lease.ant.effects(ORDER, CONFIRM), 0);
}

#[tokio::test(start_paused = true)]
async fn a_refused_application_is_over_and_the_agreement_stays() {
    let lease = applied("ACTIVE").await;
    let refuse = json!({"operate": "REFUSE", "refuse_reason_code": "USER_OWE_MONEY", "user_owe_money": 1});
    let data = done(&lease.post(ORDER, "/unsign-confirm", &refuse).await);
    assert_eq!(data, json!({"order_id": ORDER, "state": "ACTIVE"}));
    let told = done(&lease.get(ORDER, "").await);
    assert_eq!((&told["unsign_pending"], &told["withhold_lost"]), (&json!(false), &json!(false)));
    assert_eq!(lease.ant.order(ORDER).withhold.as_deref(), Some("SIGNED"));
    let again = lease.post(ORDER, "/unsign-confirm", &refuse).await;
    assert_eq!(refused(&again), (422, "PRECONDITION_FAILED".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_agreed_application_ends_the_agreement_which_a_living_order_has_lost() {
    for state in ["WITHHOLD_SIGNED", "SEALING", "ACTIVE", "PLAN_CANCELLED"] {
        let lease = applied(state).await;
        done(&lease.post(ORDER, "/unsign-confirm", &json!({"operate": "AGREE"})).await);
        assert_eq!(lease.state(ORDER), state);
        let told = done(&lease.get(ORDER, "").await);
        assert_eq!(
            (&told["withhold_lost"], &told["unsign_pending"]),
            (&json!(true), &json!(false)),
            "{state}"
        );
        assert_eq!(lease.counted("withhold_lost"), 1, "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_agreed_application_unbinds_a_closed_order() {
    let lease = applied("CLOSED").await;
    let data = done(&lease.post(ORDER, "/unsign-confirm", &json!({"operate": "AGREE"})).await);
    assert_eq!(data["state"], "UNBOUND");
    assert_eq!(lease.counted("withhold_lost"), 0);
    let again = lease.post(ORDER, "/unsign-confirm", &json!({"operate": "AGREE"})).await;
    assert_eq!(refused(&again), (409, "STATE_CONFLICT".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn an_agreement_that_ends_while_the_order_lives_on_it_is_flagged_and_alarmed_once() {
    for state in ["WITHHOLD_SIGNED", "SEALING", "ACTIVE", "PLAN_CANCELLED", "FULFILLED"] {
        let lease = Lease::new().await;
        lease.bring(ORDER, state).await;
        lease.ant.withhold_ends(ORDER);
        for _ in 0..2 {
            let data = done(&lease.get(ORDER, "/withhold-sign").await);
            assert_eq!((&data["status"], &data["state"]), (&json!("TERMINATED"), &json!(state)));
        }
        assert_eq!(done(&lease.get(ORDER, "").await)["withhold_lost"], true, "{state}");
        assert_eq!((lease.counted("withhold_lost"), lease.logged("ERROR").len()), (1, 1), "{state}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_agreement_that_has_ended_unbinds_a_closed_order() {
    let lease = Lease::new().await;
    lease.closed(ORDER).await;
    lease.ant.withhold_ends(ORDER);
    assert_eq!(done(&lease.get(ORDER, "/withhold-sign").await)["state"], "UNBOUND");
    assert_eq!(lease.history(ORDER).pop().as_deref(), Some("CLOSED>UNBOUND"));
    assert_eq!(lease.counted("withhold_lost"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_lost_its_agreement_can_still_be_cancelled_and_closed() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.withhold_ends(ORDER);
    done(&lease.get(ORDER, "/withhold-sign").await);
    done(&lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await);
    let close = json!({"reason": "RENTING_OUT", "return_confirmed": true});
    done(&lease.post(ORDER, "/close", &close).await);
    assert_eq!(done(&lease.get(ORDER, "/withhold-sign").await)["state"], "UNBOUND");
}
