//! The end of a lease: the plan's cancel (R5), the close (R2, R3), fulfilment.

use serde_json::{Value, json};
use suites::lease::ant::Spoil;
use suites::lease::bodies::{self, with};
use suites::lease::{Lease, ORDER, body, done, refused};

const TRADE_SYNC: &str = "antchain.ato.trade.sync";
const TRADE_GET: &str = "antchain.ato.trade.get";
const PLAN_CANCEL: &str = "antchain.ato.withhold.plan.cancel";

async fn active() -> Lease {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.heard();
    lease
}

fn terms(data: &Value) -> Vec<&str> {
    let terms = data["terms"].as_array().expect("terms").iter();
    terms.map(|term| term["status"].as_str().expect("a status")).collect()
}

#[tokio::test(start_paused = true)]
async fn a_return_is_closed_only_when_upstream_confirms_it() {
    let lease = Lease::new().await;
    lease.plan_cancelled(ORDER, "RENTING_OUT").await;
    let close = json!({"reason": "RENTING_OUT"});
    for unconfirmed in [close.clone(), with(close.clone(), "return_confirmed", false)] {
        let got = lease.post(ORDER, "/close", &unconfirmed).await;
        let refusal = r#"{"code":"PRECONDITION_FAILED","message":"the return is not confirmed"}"#;
        assert_eq!(got.brief(), (422, refusal));
    }
    done(&lease.post(ORDER, "/close", &with(close, "return_confirmed", true)).await);
    assert_eq!(lease.ant.order(ORDER).closed.as_deref(), Some("RENTING_OUT"));
}

#[tokio::test(start_paused = true)]
async fn a_sale_is_closed_without_a_return() {
    let lease = Lease::new().await;
    lease.plan_cancelled(ORDER, "RENTING_AND_RESALE").await;
    done(&lease.post(ORDER, "/close", &json!({"reason": "RENTING_AND_RESALE"})).await);
    assert_eq!(lease.ant.order(ORDER).closed.as_deref(), Some("RENTING_AND_RESALE"));
}

#[tokio::test(start_paused = true)]
async fn that_all_is_paid_is_asked_of_ant_before_an_active_order_is_closed() {
    let lease = active().await;
    lease.ant.pay_all(ORDER);
    done(&lease.post(ORDER, "/close", &json!({"reason": "FULFILLED"})).await);
    assert_eq!(lease.ant.heard(), [TRADE_GET, TRADE_SYNC]);
    let history = lease.history(ORDER);
    assert_eq!(history[history.len() - 2..], ["ACTIVE>FULFILLED", "FULFILLED>CLOSED"]);
}

#[tokio::test(start_paused = true)]
async fn a_term_that_is_not_settled_forbids_the_close_whatever_the_others_are() {
    for last in ["NOT_RETURN", "OVERDUE", ""] {
        let lease = active().await;
        lease.ant.pay_all(ORDER);
        lease.ant.change(ORDER, |order| last.clone_into(&mut order.terms[2].status));
        let got = lease.post(ORDER, "/close", &json!({"reason": "FULFILLED"})).await;
        assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()), "{last}");
        assert_eq!(lease.ant.heard(), [TRADE_GET]);
        assert_eq!(lease.state(ORDER), "ACTIVE");
    }
}

#[tokio::test(start_paused = true)]
async fn an_order_without_terms_is_not_taken_for_a_paid_one() {
    let lease = active().await;
    lease.ant.change(ORDER, |order| order.terms.clear());
    let got = lease.post(ORDER, "/close", &json!({"reason": "FULFILLED"})).await;
    assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()));
    assert_eq!(lease.state(ORDER), "ACTIVE");
}

#[tokio::test(start_paused = true)]
async fn terms_that_are_paid_or_cancelled_are_settled() {
    let lease = active().await;
    lease.ant.pay_all(ORDER);
    lease.ant.change(ORDER, |order| "CANCEL".clone_into(&mut order.terms[0].status));
    let data = done(&lease.get(ORDER, "").await);
    assert_eq!(data["state"], "FULFILLED");
    assert_eq!(terms(&data), ["CANCEL", "RETURN_FULL", "RETURN_FULL"]);
}

#[tokio::test(start_paused = true)]
async fn upstream_s_evidence_closes_without_a_question_and_is_kept_in_the_history() {
    let lease = active().await;
    done(&lease.post(ORDER, "/close", &json!({"reason": "FULFILLED", "evidence_id": "receipt-7"})).await);
    assert_eq!(lease.ant.heard(), [TRADE_SYNC]);
    let rows = lease.world.items(suites::lease::HISTORY);
    let last = rows.iter().find(|row| row["to"]["S"] == "CLOSED").expect("a transition");
    assert!(last["why"]["S"].as_str().is_some_and(|why| why.contains("receipt-7")), "{last}");
}

#[tokio::test(start_paused = true)]
async fn evidence_proves_no_cancel() {
    let lease = active().await;
    for reason in ["RENTING_OUT", "RENTING_AND_RESALE"] {
        let close = json!({"reason": reason, "return_confirmed": true, "evidence_id": "receipt-7"});
        let got = lease.post(ORDER, "/close", &close).await;
        assert_eq!(refused(&got), (422, "PRECONDITION_FAILED".to_owned()), "{reason}");
    }
    assert_eq!(lease.ant.heard(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_question_about_terms_that_is_not_answered_leaves_the_order_as_it_was() {
    for (spoil, status, code) in
        [(Spoil::ResultCode("SYSTEM_BUSY"), 502, "ANT_REJECTED"), (Spoil::Garbage, 504, "ANT_UNKNOWN")]
    {
        let lease = active().await;
        let before = lease.row(ORDER);
        lease.ant.fail(TRADE_GET, spoil);
        let got = lease.post(ORDER, "/close", &json!({"reason": "FULFILLED"})).await;
        assert_eq!(refused(&got), (status, code.to_owned()));
        assert_eq!(lease.row(ORDER), before);
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_is_answered_from_the_store_for_its_own_reason_and_conflicts_with_others() {
    let lease = Lease::new().await;
    lease.closed(ORDER).await;
    lease.ant.heard();
    let data = done(&lease.post(ORDER, "/close", &json!({"reason": "FULFILLED"})).await);
    assert_eq!(data, json!({"order_id": ORDER, "state": "CLOSED"}));
    let other = json!({"reason": "RENTING_OUT", "return_confirmed": true});
    assert_eq!(refused(&lease.post(ORDER, "/close", &other).await), (409, "STATE_CONFLICT".to_owned()));
    assert_eq!(lease.ant.heard(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_close_tells_of_itself_once() {
    let lease = Lease::new().await;
    lease.plan_cancelled(ORDER, "RENTING_AND_RESALE").await;
    for _ in 0..2 {
        done(&lease.post(ORDER, "/close", &json!({"reason": "RENTING_AND_RESALE"})).await);
    }
    let events = lease.world.events(suites::host::BUS);
    let [event] = events.as_slice() else { panic!("one event, not {events:?}") };
    let told = &event.detail;
    assert_eq!(
        (&told["order_id"], &told["reason"], event.detail_type.as_str()),
        (&json!(ORDER), &json!("RENTING_AND_RESALE"), "lease_closed")
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_all_of_what_is_not_debited_and_tells_the_terms() {
    let lease = active().await;
    lease.ant.pay(ORDER, 1);
    let cancel = json!({"cancel_reason": "RENTING_OUT"});
    let data = done(&lease.post(ORDER, "/withhold-plan/cancel", &cancel).await);
    let expected = json!([
        {"termIndex": 1, "status": "RETURN_FULL", "rentalMoney": 1167},
        {"termIndex": 2, "status": "CANCEL", "rentalMoney": 1167},
        {"termIndex": 3, "status": "CANCEL", "rentalMoney": 1166},
    ]);
    assert_eq!(data, json!({"order_id": ORDER, "state": "PLAN_CANCELLED", "terms": expected}));
    assert_eq!(lease.ant.heard(), [PLAN_CANCEL, TRADE_GET]);
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_done_though_its_terms_cannot_be_read() {
    let lease = active().await;
    lease.ant.fail_times(TRADE_GET, Spoil::Http(500), 4);
    let cancel = json!({"cancel_reason": "RENTING_OUT"});
    let data = done(&lease.post(ORDER, "/withhold-plan/cancel", &cancel).await);
    assert_eq!(data, json!({"order_id": ORDER, "state": "PLAN_CANCELLED"}));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_answered_from_the_store_for_its_own_reason_even_after_the_close() {
    let lease = Lease::new().await;
    lease.plan_cancelled(ORDER, "RENTING_AND_RESALE").await;
    lease.ant.heard();
    for state in ["PLAN_CANCELLED", "CLOSED", "UNBOUND"] {
        let again = json!({"cancel_reason": "RENTING_AND_RESALE"});
        let data = done(&lease.post(ORDER, "/withhold-plan/cancel", &again).await);
        assert_eq!(data, json!({"order_id": ORDER, "state": state}));
        let other = json!({"cancel_reason": "RENTING_OUT"});
        let got = lease.post(ORDER, "/withhold-plan/cancel", &other).await;
        assert_eq!(refused(&got), (409, "STATE_CONFLICT".to_owned()), "{}", body(&got));
        assert_eq!(lease.ant.heard(), Vec::<String>::new());
        if state == "PLAN_CANCELLED" {
            done(&lease.post(ORDER, "/close", &json!({"reason": "RENTING_AND_RESALE"})).await);
        } else {
            done(&lease.delete(ORDER, "/withhold-sign").await);
        }
        lease.ant.heard();
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_we_cancelled_is_not_taken_for_a_paid_one() {
    let lease = Lease::new().await;
    lease.plan_cancelled(ORDER, "RENTING_OUT").await;
    let data = done(&lease.get(ORDER, "").await);
    assert_eq!(data["state"], "PLAN_CANCELLED");
    assert_eq!(terms(&data), ["CANCEL", "CANCEL", "CANCEL"]);
}

#[tokio::test(start_paused = true)]
async fn another_merchant_may_not_sync_the_order() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let other = with(bodies::order(), "merchantId", "2088000000000002");
    assert_eq!(refused(&lease.put(ORDER, &other).await), (409, "STATE_CONFLICT".to_owned()));
    lease.registered("LEASE-0002").await;
    done(&lease.put("LEASE-0002", &other).await);
}

#[tokio::test(start_paused = true)]
async fn a_sync_is_sent_again_as_it_was_changed_until_a_contract_is_submitted() {
    let lease = Lease::new().await;
    lease.synced(ORDER).await;
    let mut order = bodies::order();
    order["totalRentMoney"] = 3501.into();
    order["repayStrategyList"][0]["rentalMoney"] = 1168.into();
    done(&lease.put(ORDER, &order).await);
    assert_eq!(lease.ant.effects(ORDER, "antchain.ato.front.trade.sync"), 2);
    assert_eq!(lease.ant.order(ORDER).terms[0].rental_money, 1168);
}
