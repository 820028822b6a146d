//! When an order is looked at.

use std::time::Duration;

use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, ORDERS};
use world::On;

use super::{FLOW_GET, SIGN_QUERY, TRADE_GET, after, is_unknown, lost};
use crate::operations::Operation;

const MINUTE: Duration = Duration::from_mins(1);
const SECOND: Duration = Duration::from_secs(1);

/// What resolves each (§12).
fn question(operation: Operation) -> &'static str {
    match operation {
        Operation::Sync | Operation::Contract | Operation::Cancel | Operation::Close | Operation::Refuse => {
            TRADE_GET
        }
        Operation::Withhold | Operation::Unbind | Operation::Agree => SIGN_QUERY,
        Operation::Seal => FLOW_GET,
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_is_taken_when_it_is_a_minute_old_and_not_before() {
    for operation in Operation::ALL {
        for after_effect in [true, false] {
            let lease = lost(operation, after_effect).await;
            assert_eq!(after(&lease, MINUTE.saturating_sub(SECOND)).await, [""; 0], "{operation:?}");
            assert!(is_unknown(&lease));
            assert_eq!(after(&lease, SECOND).await, [question(operation)], "{operation:?}");
            assert!(!is_unknown(&lease), "{operation:?}");
            // That a withhold agreement was created does not show as long as it is not signed.
            let shows = after_effect && operation != Operation::Withhold;
            let before = if operation == Operation::Sync { "NEW" } else { operation.before() };
            let expected = if shows { operation.after() } else { before };
            assert_eq!(lease.state(ORDER), expected, "{operation:?} {after_effect}");
            assert_eq!(operation.effects(&lease), u64::from(after_effect), "{operation:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_creation_that_was_lost_is_never_sent_again_by_us() {
    let lease = lost(Operation::Withhold, false).await;
    for _ in 0..20 {
        after(&lease, 5 * MINUTE).await;
    }
    assert_eq!(Operation::Withhold.effects(&lease), 0);
}

#[tokio::test(start_paused = true)]
async fn an_operation_whose_caller_may_live_is_left_alone() {
    let lease = Operation::Cancel.prepared().await.with_time_left(5 * MINUTE);
    let effects = lease.world.effects().len();
    lease.world.crash_after(effects + 2);
    let crashed = lease.world.run_until_crash(lease.send(&Operation::Cancel.request())).await;
    assert!(crashed.is_err());
    let lease = lease.restarted().await;
    lease.ant.heard();
    assert_eq!(after(&lease, (5 * MINUTE).saturating_sub(SECOND)).await, [""; 0]);
    assert_eq!(after(&lease, SECOND).await, [TRADE_GET]);
    assert_eq!((lease.state(ORDER).as_str(), Operation::Cancel.effects(&lease)), ("PLAN_CANCELLED", 1));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waits_for_a_signature_or_a_seal_is_looked_at_after_five_minutes() {
    for state in ["CONTRACT_SIGNING", "WITHHOLD_SIGNING", "WITHHOLD_SIGNED", "SEALING"] {
        let lease = Lease::new().await;
        waiting(&lease, state).await;
        assert_eq!(after(&lease, (5 * MINUTE).saturating_sub(SECOND)).await, [""; 0], "{state}");
        let asked = after(&lease, SECOND).await;
        let expected: &[&str] =
            if state == "WITHHOLD_SIGNING" { &[FLOW_GET, SIGN_QUERY] } else { &[FLOW_GET] };
        assert_eq!(asked, expected, "{state}");
        assert_eq!(lease.state(ORDER), state);
    }
}

async fn waiting(lease: &Lease, state: &str) {
    match state {
        "CONTRACT_SIGNING" => lease.contract_signing(ORDER).await,
        "WITHHOLD_SIGNING" => lease.withhold_signing(ORDER).await,
        "WITHHOLD_SIGNED" => lease.withhold_signed(ORDER).await,
        _ => lease.sealing(ORDER).await,
    }
    lease.ant.heard();
}

#[tokio::test(start_paused = true)]
async fn what_an_order_waited_for_is_found_out() {
    for (state, event, expected) in [
        ("CONTRACT_SIGNING", "EXPIRE", "SYNCED"),
        ("WITHHOLD_SIGNING", "SIGNED", "WITHHOLD_SIGNED"),
        ("WITHHOLD_SIGNING", "REJECTED", "SYNCED"),
        ("WITHHOLD_SIGNED", "UNDO", "SYNCED"),
        ("SEALING", "FINISH", "ACTIVE"),
        ("SEALING", "TERMINATE", "SYNCED"),
        ("SEALING", "CANCELLED", "SYNCED"),
    ] {
        let lease = Lease::new().await;
        waiting(&lease, state).await;
        if event == "SIGNED" {
            lease.ant.user_signs_withhold(ORDER);
        } else {
            lease.ant.flow_becomes(ORDER, event);
        }
        after(&lease, 5 * MINUTE).await;
        assert_eq!(lease.state(ORDER), expected, "{state} {event}");
        let last = lease.history(ORDER).pop().unwrap();
        assert_eq!(last, format!("{state}>{expected}"));
    }
}

#[tokio::test(start_paused = true)]
async fn each_look_in_vain_makes_the_next_one_twice_as_late_up_to_six_hours() {
    let lease = Lease::new().await;
    waiting(&lease, "SEALING").await;
    let mut looks = Vec::new();
    for minute in 1..=24 * 60 {
        if !after(&lease, MINUTE).await.is_empty() {
            looks.push(minute);
        }
    }
    assert_eq!(looks, [5, 15, 35, 75, 155, 315, 635, 995, 1_355]);
    lease.ant.flow_becomes(ORDER, "FINISH");
    after(&lease, Duration::from_hours(6)).await;
    assert_eq!(lease.state(ORDER), "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn a_change_has_an_order_looked_at_soon_again() {
    let lease = Lease::new().await;
    waiting(&lease, "WITHHOLD_SIGNING").await;
    for _ in 0..60 {
        after(&lease, 5 * MINUTE).await;
    }
    lease.ant.user_signs_withhold(ORDER);
    lease.get(ORDER, "/withhold-sign").await;
    lease.ant.heard();
    assert_eq!(after(&lease, 5 * MINUTE).await, [FLOW_GET]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_outcome_that_ant_does_not_tell_is_asked_for_later_and_later() {
    let lease = lost(Operation::Cancel, true).await;
    lease.ant.fail_times(TRADE_GET, Spoil::ResultCode("SYSTEM_BUSY"), usize::MAX);
    let mut looks = Vec::new();
    for minute in 1..=40 {
        if !after(&lease, MINUTE).await.is_empty() {
            looks.push(minute);
        }
    }
    assert_eq!(looks, [1, 11, 26]);
    assert_eq!(lease.counted("lease_reconcile_failed"), 3);
    lease.ant.recover();
    after(&lease, Duration::from_mins(40)).await;
    assert_eq!(lease.state(ORDER), "PLAN_CANCELLED");
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waits_for_nothing_is_not_looked_at() {
    for state in ["NEW", "SYNCED", "ACTIVE", "PLAN_CANCELLED", "FULFILLED", "CLOSED", "UNBOUND"] {
        let lease = Lease::new().await;
        match state {
            "NEW" => lease.registered(ORDER).await,
            "SYNCED" => lease.synced(ORDER).await,
            "ACTIVE" => lease.active(ORDER).await,
            "PLAN_CANCELLED" => lease.plan_cancelled(ORDER, "RENTING_OUT").await,
            "FULFILLED" => lease.fulfilled(ORDER).await,
            "CLOSED" => lease.closed(ORDER).await,
            _ => lease.unbound(ORDER).await,
        }
        lease.ant.heard();
        assert_eq!(after(&lease, Duration::from_hours(24)).await, [""; 0], "{state}");
        assert!(lease.row(ORDER).unwrap().get("watch_at").is_none(), "{state}: it is not in the index");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_of_which_ant_told_something_is_looked_at_at_once() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.fail_times(TRADE_GET, Spoil::ResultCode("SYSTEM_BUSY"), 1);
    lease.notify("m-1", "ASYNC_UNSIGN_APPLY", ORDER).await;
    lease.ant.heard();
    assert_eq!(after(&lease, Duration::ZERO).await, [TRADE_GET, FLOW_GET, SIGN_QUERY]);
}

#[tokio::test(start_paused = true)]
async fn what_ant_does_not_answer_for_a_day_is_asked_about_no_longer() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.fail_times(TRADE_GET, Spoil::ResultCode("SYSTEM_BUSY"), usize::MAX);
    lease.notify("m-1", "ASYNC_UNSIGN_APPLY", ORDER).await;
    lease.ant.heard();
    let mut looks = 0;
    for _ in 0..24 * 12 {
        looks += usize::from(!after(&lease, 5 * MINUTE).await.is_empty());
    }
    assert!((5..12).contains(&looks), "{looks}");
    assert!(lease.row(ORDER).unwrap().get("notified_at").is_some());
    after(&lease, Duration::from_hours(6)).await;
    assert!(lease.row(ORDER).unwrap().get("notified_at").is_none());
    assert_eq!(after(&lease, Duration::from_hours(24)).await, [""; 0]);
    // What it tells anew counts anew.
    lease.ant.recover();
    lease.ant.user_applies_to_unsign(ORDER);
    lease.notify("m-2", "ASYNC_UNSIGN_APPLY", ORDER).await;
    assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], true);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_stays_unknown_for_more_than_an_hour_is_counted_with_each_look() {
    let lease = lost(Operation::Cancel, true).await;
    assert_eq!(lease.counted("lease_unknown_outcome"), 1, "when it was lost");
    lease.ant.fail_times(TRADE_GET, Spoil::ResultCode("SYSTEM_BUSY"), usize::MAX);
    let mut looks = 0;
    for _ in 0..12 {
        looks += usize::from(!after(&lease, 5 * MINUTE).await.is_empty());
    }
    assert_eq!((looks > 3, lease.counted("lease_unknown_outcome")), (true, 1));
    for count in [2, 3] {
        after(&lease, 15 * MINUTE).await;
        assert_eq!(lease.counted("lease_unknown_outcome"), count);
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_that_the_index_shows_late_is_not_looked_at_again() {
    let lease = Lease::new().await;
    waiting(&lease, "WITHHOLD_SIGNING").await;
    lease.world.pass(5 * MINUTE).await;
    // The page is read; then a caller asks, and the order is due later.
    let world = lease.world.clone();
    lease.world.before(On::call("GetItem").to(ORDERS), || async move {
        let mut row = world.items(ORDERS).remove(0);
        row["watch_at"]["S"] = "2025-01-03T11:00:00.000000000Z".into();
        world.put_item(ORDERS, &row);
    });
    lease.reconcile().await.unwrap();
    assert_eq!(lease.ant.heard(), [""; 0]);
}
