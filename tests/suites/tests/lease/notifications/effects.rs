//! What comes of a notification: it is stored once, before it is answered, and what Ant then says sets the state.

use std::time::Duration;

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::{Lease, NOTIFICATIONS, ORDER, Options, done, refused};
use world::{Fault, On};

use super::{code, outcomes, stored, taken};
use crate::operations::Operation;

const APPLY: &str = "ASYNC_UNSIGN_APPLY";
const CHANGE: &str = "ORDER_STATUS_CHANGE";
const TRADE_GET: &str = "antchain.ato.trade.get";

#[tokio::test(start_paused = true)]
async fn an_application_to_unsign_makes_its_confirmation_possible() {
    for operation in [Operation::Refuse, Operation::Agree] {
        let lease = Lease::new().await;
        lease.active(ORDER).await;
        lease.ant.user_applies_to_unsign(ORDER);
        let early = lease.send(&operation.request()).await;
        assert_eq!(refused(&early), (422, "PRECONDITION_FAILED".into()));
        taken(&lease.notify("m-1", APPLY, ORDER).await);
        assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], true);
        done(&lease.send(&operation.request()).await);
        assert_eq!(operation.effects(&lease), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_notification_says_is_not_believed() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    taken(&lease.notify("m-1", APPLY, ORDER).await);
    assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], false, "Ant says that there is none");
    let closed = lease.ant.notification("m-2", CHANGE, ORDER, r#"{"status":"CLOSED"}"#);
    taken(&lease.notify_with(closed.form_event()).await);
    assert_eq!(lease.state(ORDER), "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn each_state_is_found_out_whatever_kind_of_message_tells_of_it() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.user_signs_withhold(ORDER);
    taken(&lease.notify("m-1", "ANYTHING", ORDER).await);
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNED");
    lease.ant.waits_for_user(ORDER);
    done(&lease.post(ORDER, "/contract/seal", &json!({})).await);
    lease.ant.flow_becomes(ORDER, "FINISH");
    taken(&lease.notify("m-2", CHANGE, ORDER).await);
    assert_eq!(lease.state(ORDER), "ACTIVE");
    lease.ant.pay_all(ORDER);
    taken(&lease.notify("m-3", CHANGE, ORDER).await);
    assert_eq!(lease.state(ORDER), "FULFILLED");
    lease.ant.withhold_ends(ORDER);
    taken(&lease.notify("m-4", CHANGE, ORDER).await);
    assert_eq!(lease.row(ORDER).unwrap()["withhold_lost"]["BOOL"], true);
    assert_eq!(lease.counted("withhold_lost"), 1);
    done(&lease.send(&Operation::Close.request()).await);
    taken(&lease.notify("m-5", CHANGE, ORDER).await);
    assert_eq!(lease.state(ORDER), "UNBOUND");
}

#[tokio::test(start_paused = true)]
async fn messages_lead_to_the_same_state_in_any_order_and_however_often() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let lease = Lease::new().await;
        lease.withhold_signing(ORDER).await;
        lease.ant.user_signs_withhold(ORDER);
        lease.ant.user_applies_to_unsign(ORDER);
        let messages = [("m-0", "WITHHOLD_SIGNED"), ("m-1", APPLY), ("m-2", CHANGE)];
        for place in order.into_iter().chain(order) {
            let (id, kind) = messages[place];
            taken(&lease.notify(id, kind, ORDER).await);
        }
        let row = lease.row(ORDER).unwrap();
        assert_eq!(
            (row["state"]["S"].as_str(), row["unsign_pending"]["BOOL"].as_bool()),
            (Some("WITHHOLD_SIGNED"), Some(true))
        );
        assert_eq!(lease.history(ORDER).len(), 5, "{order:?}");
        assert_eq!(stored(&lease).len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_again_is_answered_and_asks_for_nothing() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    taken(&lease.notify("m-1", CHANGE, ORDER).await);
    lease.ant.heard();
    let row = lease.row(ORDER);
    taken(&lease.notify("m-1", CHANGE, ORDER).await);
    let other = lease.ant.notification("m-1", APPLY, ORDER, "other");
    taken(&lease.notify_with(other.json_event()).await);
    let elsewhere = lease.restarted().await;
    taken(&elsewhere.notify("m-1", CHANGE, ORDER).await);
    assert_eq!(lease.ant.heard(), [""; 0]);
    assert_eq!((lease.row(ORDER), stored(&lease).len()), (row, 1));
    assert_eq!(outcomes(&lease)[outcomes(&lease).len() - 3..], ["taken", "repeated", "repeated"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_is_known_for_thirty_days() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    taken(&lease.notify("m-1", CHANGE, ORDER).await);
    lease.world.pass(Duration::from_hours(30 * 24) - Duration::from_secs(1)).await;
    lease.world.sweep_expired();
    taken(&lease.notify("m-1", CHANGE, ORDER).await);
    assert_eq!(outcomes(&lease).last().unwrap(), "repeated");
    lease.world.pass(Duration::from_secs(2)).await;
    lease.world.sweep_expired();
    taken(&lease.notify("m-1", CHANGE, ORDER).await);
    assert_eq!(outcomes(&lease).last().unwrap(), "taken");
}

#[tokio::test(start_paused = true)]
async fn a_message_about_an_order_that_is_not_ours_is_stored_and_answered() {
    let lease = Lease::new().await;
    for (id, order) in [("m-1", "LEASE-9999"), ("m-2", "x"), ("m-3", "不是/订单")] {
        taken(&lease.notify(id, APPLY, order).await);
        taken(&lease.notify(id, APPLY, order).await);
    }
    assert_eq!(stored(&lease), ["m-1", "m-2", "m-3"]);
    assert_eq!(lease.world.items(NOTIFICATIONS)[2]["order_id"]["S"], "不是/订单");
    assert!(lease.ant.calls().is_empty());
    assert_eq!(outcomes(&lease)[..2], ["unknown_order", "repeated"]);
}

#[tokio::test(start_paused = true)]
async fn it_is_written_down_before_anything_is_asked_and_before_it_is_answered() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    let before = lease.world.effects().len();
    taken(&lease.notify("m-1", CHANGE, ORDER).await);
    let effects = &lease.world.effects()[before..];
    assert!(
        effects[0].contains("Put ant_notifications msg_id=m-1") && effects[0].contains("Put lease_orders")
    );
    assert!(effects[1].starts_with("POST "), "{effects:?}");

    for fault in [Fault::InternalError, Fault::Hang] {
        let (calls, row) = (lease.ant.calls().len(), lease.row(ORDER));
        lease.world.fail(On::call("TransactWriteItems"), fault);
        let got = lease.notify("m-2", CHANGE, ORDER).await;
        assert_eq!(code(&got), (500, "INTERNAL_ERROR".into()), "{fault:?}");
        assert_eq!((lease.ant.calls().len(), lease.row(ORDER)), (calls, row));
    }
    assert_eq!(stored(&lease), ["m-1"]);
    lease.world.fail(On::call("GetItem"), Fault::InternalError);
    assert_eq!(code(&lease.notify("m-2", CHANGE, ORDER).await), (500, "INTERNAL_ERROR".into()));
    taken(&lease.notify("m-2", CHANGE, ORDER).await);
    assert_eq!(stored(&lease), ["m-1", "m-2"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_is_answered_while_ant_answers_no_question_at_all() {
    let lease = Lease::new().await;
    lease.withhold_signing(ORDER).await;
    lease.ant.user_signs_withhold(ORDER);
    for question in [TRADE_GET, "antchain.ato.withhold.sign.query", "antchain.ato.sign.flow.get"] {
        lease.ant.fail_times(question, Spoil::Timeout, usize::MAX);
    }
    let start = lease.world.time().now();
    taken(&lease.notify("m-1", CHANGE, ORDER).await);
    let took = lease.world.time().now().duration_since(start);
    assert_eq!(took.as_secs(), 5);
    let lines = lease.logged("WARN");
    let told = lines.iter().find(|line| line["message"] == "Ant takes too long: not looked at yet");
    assert_eq!(told.map(|line| line["order_id"].clone()), Some(json!(ORDER)));
    assert!(lease.row(ORDER).unwrap().get("notified_at").is_some(), "it is looked at later");
    lease.ant.recover();
    lease.world.pass(Duration::from_mins(5)).await;
    lease.reconcile().await.unwrap();
    assert_eq!(lease.state(ORDER), "WITHHOLD_SIGNED");
}

#[tokio::test(start_paused = true)]
async fn a_message_is_taken_while_ant_is_down_and_lease_reconcile_finds_out_what_it_told_of() {
    for spoil in [
        Spoil::Timeout,
        Spoil::Http(500),
        Spoil::NotSent,
        Spoil::ResultCode("SYSTEM_BUSY"),
        Spoil::BadSignature,
    ] {
        let lease = Lease::new().await;
        lease.active(ORDER).await;
        lease.ant.user_applies_to_unsign(ORDER);
        lease.ant.fail_times(TRADE_GET, spoil, usize::MAX);
        taken(&lease.notify("m-1", APPLY, ORDER).await);
        assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], false);
        // Ant is still down when it is looked at for the first time.
        lease.world.pass(Duration::from_mins(1)).await;
        lease.reconcile().await.unwrap();
        lease.ant.recover();
        for _ in 0..3 {
            lease.world.pass(Duration::from_mins(5)).await;
            lease.reconcile().await.unwrap();
        }
        assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], true, "{spoil:?}");
        lease.ant.heard();
        lease.world.pass(Duration::from_hours(12)).await;
        lease.reconcile().await.unwrap();
        assert_eq!(lease.ant.heard(), [""; 0], "once it is found out, that is that");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_is_stored_while_ant_is_switched_off_and_looked_into_afterwards() {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.user_applies_to_unsign(ORDER);
    lease.ant.heard();
    let off = lease.restarted_with(Options { ant_disabled: true, ..Options::default() }).await;
    taken(&off.notify("m-1", APPLY, ORDER).await);
    off.world.pass(Duration::from_mins(10)).await;
    off.reconcile().await.unwrap();
    assert_eq!((stored(&off), off.ant.heard().len()), (vec!["m-1".to_owned()], 0));
    lease.reconcile().await.unwrap();
    assert_eq!(lease.row(ORDER).unwrap()["unsign_pending"]["BOOL"], true);
}

#[tokio::test(start_paused = true)]
async fn a_message_resolves_an_outcome_that_was_unknown() {
    for operation in Operation::ALL {
        let lease = operation.prepared().await;
        lease.ant.fail_after_effect(operation.method(), Spoil::Timeout);
        assert_eq!(refused(&lease.send(&operation.request()).await), (504, "ANT_UNKNOWN".into()));
        if operation == Operation::Withhold {
            lease.ant.user_signs_withhold(ORDER);
        }
        taken(&lease.notify("m-1", CHANGE, ORDER).await);
        let row = lease.row(ORDER).unwrap();
        assert!(row.get("unknown_operation").is_none(), "{operation:?}");
        let expected = if operation == Operation::Withhold { "WITHHOLD_SIGNED" } else { operation.after() };
        assert_eq!(row["state"]["S"], expected, "{operation:?}");
    }
}
