//! Which answers are kept, and for how long.

use std::time::Duration;

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::request::Request;
use suites::lease::{Lease, ORDER, Options, REQUESTS, bodies, body, done, refused};
use world::{Fault, On};

use crate::operations::Operation;

const DAY: Duration = Duration::from_hours(24);

fn sync_failing(lease: &Lease, spoil: Spoil) {
    lease.ant.fail(Operation::Sync.method(), spoil);
}

#[tokio::test(start_paused = true)]
async fn a_success_is_repeated_byte_for_byte_without_a_call_and_without_a_write() {
    for operation in Operation::ALL {
        let lease = operation.prepared().await;
        let request = operation.request().key("k-1");
        let first = lease.send(&request).await;
        assert_eq!(done(&first)["state"], operation.after(), "{operation:?}");
        lease.ant.heard();
        let effects = lease.world.effects().len();
        for _ in 0..2 {
            let again = lease.send(&request).await;
            assert_eq!(again.brief(), first.brief(), "{operation:?}");
        }
        let elsewhere = lease.restarted().await;
        assert_eq!(elsewhere.send(&request).await.brief(), first.brief(), "{operation:?}");
        assert_eq!(lease.ant.heard(), [""; 0], "{operation:?}");
        assert_eq!(lease.world.effects().len(), effects, "{operation:?}");
        assert_eq!(operation.effects(&lease), 1, "{operation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_is_repeated_as_it_was_answered_too() {
    for path in ["", "/withhold-sign"] {
        let lease = Lease::new().await;
        lease.withhold_signing(ORDER).await;
        let request = Request::get(ORDER, path).key("k-1");
        let first = lease.send(&request).await;
        assert_eq!(done(&first)["state"], "WITHHOLD_SIGNING");
        lease.ant.user_signs_withhold(ORDER);
        lease.ant.heard();
        assert_eq!(lease.send(&request).await.brief(), first.brief());
        assert_eq!(lease.ant.heard(), [""; 0]);
        assert_eq!(done(&lease.get(ORDER, path).await)["state"], "WITHHOLD_SIGNED", "without the key");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_ant_was_not_needed_for_is_kept_as_well() {
    let lease = Lease::new().await;
    lease.closed(ORDER).await;
    let request = Operation::Close.request().key("k-1");
    let first = lease.send(&request).await;
    assert_eq!(done(&first)["state"], "CLOSED", "from the store");
    done(&lease.delete(ORDER, "/withhold-sign").await);
    assert_eq!(lease.send(&request).await.brief(), first.brief(), "as it was then");
}

#[tokio::test(start_paused = true)]
async fn a_conflict_with_the_state_is_kept() {
    let lease = Lease::new().await;
    lease.registered(ORDER).await;
    let request = Operation::Contract.request().key("k-1");
    let first = lease.send(&request).await;
    assert_eq!(refused(&first), (409, "STATE_CONFLICT".into()));
    lease.synced(ORDER).await;
    assert_eq!(lease.send(&request).await.brief(), first.brief());
    done(&lease.send(&request.key("k-2")).await);
}

#[tokio::test(start_paused = true)]
async fn a_precondition_that_failed_is_kept() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    let request = Operation::Seal.request().key("k-1");
    let first = lease.send(&request).await;
    assert_eq!(refused(&first), (422, "PRECONDITION_FAILED".into()));
    lease.ant.user_signs_withhold(ORDER);
    done(&lease.get(ORDER, "/withhold-sign").await);
    assert_eq!(lease.send(&request).await.brief(), first.brief());
    done(&lease.send(&request.key("k-2")).await);
}

#[tokio::test(start_paused = true)]
async fn what_ant_declined_or_was_never_sent_is_kept() {
    for spoil in [Spoil::ResultCode("SYSTEM_BUSY"), Spoil::Http(403), Spoil::Http(302)] {
        let lease = Lease::new().await;
        sync_failing(&lease, spoil);
        let request = Operation::Sync.request().key("k-1");
        let first = lease.send(&request).await;
        assert_eq!(refused(&first), (502, "ANT_REJECTED".into()), "{spoil:?}");
        lease.ant.heard();
        assert_eq!(lease.send(&request).await.brief(), first.brief(), "{spoil:?}");
        assert_eq!(lease.ant.heard(), [""; 0], "{spoil:?}");
        done(&lease.send(&request.key("k-2")).await);
    }
    let lease = Lease::new().await;
    lease.ant.fail_times(Operation::Sync.method(), Spoil::NotSent, 4);
    let request = Operation::Sync.request().key("k-1");
    let first = lease.send(&request).await;
    assert_eq!(refused(&first), (502, "ANT_REJECTED".into()));
    assert_eq!(lease.send(&request).await.brief(), first.brief());
    assert_eq!((lease.state(ORDER).as_str(), lease.ant.heard().len()), ("NEW", 0));
}

#[tokio::test(start_paused = true)]
async fn a_bad_request_is_not_kept() {
    let lease = Lease::new().await;
    let bad = Request::put(ORDER).body(&bodies::with(bodies::order(), "rentTerm", 4)).key("k-1");
    assert_eq!(refused(&lease.send(&bad).await), (400, "INVALID_ARGUMENT".into()));
    let unreadable = Request::put(ORDER).text("{").key("k-1");
    assert_eq!(refused(&lease.send(&unreadable).await), (400, "INVALID_ARGUMENT".into()));
    assert!(lease.world.items(REQUESTS).is_empty());
    done(&lease.send(&Operation::Sync.request().key("k-1")).await);
}

#[tokio::test(start_paused = true)]
async fn that_there_is_no_such_order_is_not_kept() {
    let lease = Lease::new().await;
    for operation in Operation::ALL.into_iter().filter(|operation| *operation != Operation::Sync) {
        let request = operation.request().key("k-1");
        assert_eq!(refused(&lease.send(&request).await), (404, "ORDER_NOT_FOUND".into()), "{operation:?}");
    }
    assert!(lease.world.items(REQUESTS).is_empty());
    lease.synced(ORDER).await;
    done(&lease.send(&Operation::Contract.request().key("k-1")).await);
}

#[tokio::test(start_paused = true)]
async fn that_ant_is_switched_off_is_not_kept() {
    let lease = Operation::Contract.prepared().await;
    let off = lease.restarted_with(Options { ant_disabled: true, ..Options::default() }).await;
    let request = Operation::Contract.request().key("k-1");
    let effects = lease.world.effects().len();
    assert_eq!(refused(&off.send(&request).await), (503, "ANT_DISABLED".into()));
    assert_eq!(off.world.effects().len(), effects, "nothing is written");
    done(&lease.send(&request).await);
}

#[tokio::test(start_paused = true)]
async fn that_the_caller_may_not_override_is_not_kept() {
    let lease = Lease::new().await;
    lease.withhold_signed(ORDER).await;
    let request = Operation::Unbind.request().query("override=true").key("k-1");
    assert_eq!(refused(&lease.send(&request).await), (403, "FORBIDDEN".into()));
    assert!(lease.world.items(REQUESTS).is_empty());
    done(&lease.send(&request.by(suites::lease::OPERATOR)).await);
}

#[tokio::test(start_paused = true)]
async fn our_own_failure_is_not_kept() {
    let lease = Operation::Contract.prepared().await;
    let request = Operation::Contract.request().key("k-1");
    lease.world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    assert_eq!(refused(&lease.send(&request).await), (500, "INTERNAL_ERROR".into()));
    done(&lease.send(&request).await);
    assert_eq!(Operation::Contract.effects(&lease), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_kept_is_given_all_the_same() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.world.fail(On::any().to(REQUESTS).after(1), Fault::InternalError);
    let got = lease.send(&Request::get(ORDER, "/withhold-sign").key("k-1")).await;
    assert_eq!(body(&got)["data"]["status"], "UNSIGNED");
    assert_eq!(lease.logged("ERROR").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_for_a_day_and_not_a_second_longer_deleted_or_not() {
    for swept in [false, true] {
        let lease = Lease::new().await;
        lease.registered(ORDER).await;
        let request = Operation::Contract.request().key("k-1");
        let first = lease.send(&request).await;
        lease.synced(ORDER).await;
        lease.world.pass(DAY.saturating_sub(Duration::from_secs(1))).await;
        let sweep = || {
            if swept {
                lease.world.sweep_expired();
            }
        };
        sweep();
        assert_eq!(lease.send(&request).await.brief(), first.brief(), "swept: {swept}");
        lease.world.pass(Duration::from_secs(1)).await;
        sweep();
        assert_eq!(done(&lease.send(&request).await)["state"], "CONTRACT_SIGNING", "swept: {swept}");
        assert_eq!(lease.world.items(REQUESTS).len(), 1);
        let again = lease.send(&request).await;
        assert_eq!(done(&again)["state"], "CONTRACT_SIGNING", "kept for another day");
        assert_eq!(Operation::Contract.effects(&lease), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_day_a_key_may_stand_for_another_request() {
    let lease = Lease::new().await;
    done(&lease.send(&Operation::Sync.request().key("k-1")).await);
    let other = Operation::Contract.request().key("k-1");
    assert_eq!(refused(&lease.send(&other).await), (409, "IDEMPOTENCY_MISMATCH".into()));
    lease.world.pass(DAY).await;
    done(&lease.send(&other).await);
    let mismatch = lease.send(&Operation::Sync.request().key("k-1")).await;
    assert_eq!(refused(&mismatch), (409, "IDEMPOTENCY_MISMATCH".into()));
}

#[tokio::test(start_paused = true)]
async fn a_flow_keeps_where_it_came_to() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let request = Request::post(ORDER, "/sign-flow").body(&bodies::contract()).key("k-1");
    let first = lease.send(&request).await;
    assert_eq!(done(&first)["waiting_for"], json!("withhold_signature"));
    lease.ant.user_signs_withhold(ORDER);
    lease.ant.heard();
    assert_eq!(lease.send(&request).await.brief(), first.brief());
    assert_eq!(lease.ant.heard(), [""; 0]);
    let next = Request::post(ORDER, "/sign-flow").body(&json!({})).key("k-2");
    assert_eq!(done(&lease.send(&next).await)["state"], "ACTIVE");
}
