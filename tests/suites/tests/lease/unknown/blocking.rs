//! While an outcome is unknown the state stays, nothing else is begun, and questions are asked.

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, ORDERS, body, done};

use super::{CHANGES, Change, TROUBLES, brief, unknown_operation};

/// The changes that an unknown outcome of `change` forbids: all but a create after a create.
fn forbidden(change: Change) -> impl Iterator<Item = Change> {
    CHANGES.into_iter().filter(move |other| (change.name, other.name) != ("create", "create"))
}

#[tokio::test(start_paused = true)]
async fn every_other_change_conflicts_without_a_call() {
    for change in CHANGES {
        let (lease, _) = change.unknown(Spoil::Timeout, true).await;
        let before = lease.row(ORDER);
        for other in forbidden(change) {
            let got = lease.send(&other.request()).await;
            assert_eq!(brief(&got), (409, "STATE_CONFLICT".to_owned()), "{other:?} after {change:?}");
            let message = "the outcome of an operation is not known yet";
            assert_eq!(body(&got)["message"], message, "{other:?} after {change:?}");
        }
        assert_eq!(lease.ant.heard(), Vec::<String>::new(), "{change:?}");
        assert_eq!(lease.row(ORDER), before);
    }
}

#[tokio::test(start_paused = true)]
async fn a_create_may_be_sent_again_and_nothing_else_has_to_resolve_it() {
    for happened in [true, false] {
        for (spoil, _, _) in TROUBLES {
            let change = CHANGES[3];
            let (lease, _) = change.unknown(spoil, happened).await;
            let data = done(&lease.send(&change.request()).await);
            assert_eq!(data["state"], "WITHHOLD_SIGNING");
            assert!(data["sign_str"].is_string(), "{data}");
            assert_eq!(lease.ant.heard(), [change.method]);
            assert_eq!(unknown_operation(&lease), None);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn questions_that_are_not_answered_leave_it_unknown() {
    for change in CHANGES {
        let (lease, _) = change.unknown(Spoil::Timeout, true).await;
        for method in
            ["antchain.ato.trade.get", "antchain.ato.withhold.sign.query", "antchain.ato.sign.flow.get"]
        {
            lease.ant.fail_times(method, Spoil::Garbage, 9);
        }
        assert_eq!(lease.get(ORDER, "").await.status, 504, "{change:?}");
        assert_eq!(unknown_operation(&lease).as_deref(), Some(change.method), "{change:?}");
        assert_eq!(lease.state(ORDER), change.from, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_query_tells_what_is_unknown_if_it_is_so_still() {
    let change = CHANGES[5];
    let (lease, _) = change.unknown(Spoil::Timeout, true).await;
    // Of the seal only the flow tells, and it does not answer.
    lease.ant.fail("antchain.ato.sign.flow.get", Spoil::ResultCode("SYSTEM_BUSY"));
    let data = done(&lease.get(ORDER, "").await);
    assert_eq!(data["unknown_operation"], change.method);
    assert_eq!(data["state"], "SEALING");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_of_one_order_is_none_of_another_s() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.active("LEASE-0002").await;
    let cancel = json!({"cancel_reason": "RENTING_OUT"});
    let method = "antchain.ato.withhold.plan.cancel";
    lease.ant.fail_for(ORDER, method, Spoil::Timeout);
    assert_eq!(lease.post(ORDER, "/withhold-plan/cancel", &cancel).await.status, 504);
    done(&lease.post("LEASE-0002", "/withhold-plan/cancel", &cancel).await);
    assert_eq!(lease.world.items(ORDERS).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_never_left_is_known_not_to_have_happened() {
    for change in CHANGES {
        let lease = change.prepared().await;
        lease.ant.fail_times(change.method, Spoil::NotSent, 4);
        let got = lease.send(&change.request()).await;
        assert_eq!(brief(&got), (502, "ANT_REJECTED".to_owned()), "{change:?}");
        assert_eq!((unknown_operation(&lease), change.effects(&lease)), (None, 0), "{change:?}");
        assert_eq!(lease.state(ORDER), change.from, "{change:?}");
        assert_eq!(done(&lease.send(&change.request()).await)["state"], change.to, "{change:?}");
        assert_eq!(change.effects(&lease), 1, "{change:?}");
        assert_eq!(lease.counted("lease_unknown_outcome"), 0, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_ant_declines_is_known_not_to_have_happened() {
    for change in CHANGES {
        for spoil in [Spoil::ResultCode("SYSTEM_BUSY"), Spoil::Http(403)] {
            let lease = change.prepared().await;
            lease.ant.fail(change.method, spoil);
            let got = lease.send(&change.request()).await;
            assert_eq!(brief(&got), (502, "ANT_REJECTED".to_owned()), "{change:?}");
            assert_eq!(unknown_operation(&lease), None, "{change:?}");
            assert_eq!(lease.state(ORDER), change.from, "{change:?}");
            assert_eq!(done(&lease.send(&change.request()).await)["state"], change.to, "{change:?}");
            assert_eq!(change.effects(&lease), 1, "{change:?}");
        }
    }
}
