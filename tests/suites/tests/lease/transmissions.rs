//! How often and how long Ant is asked (§2, §12): a question again while there is time, an effect only where it never
//! left.

use std::time::Duration;

use serde_json::json;
use suites::lease::ant::{FIRST_KEY, SECOND_KEY, Spoil};
use suites::lease::{Lease, ORDER, done, put_ant_secret, refused};

const TRADE_GET: &str = "antchain.ato.trade.get";
const CANCEL: &str = "antchain.ato.withhold.plan.cancel";

async fn active() -> Lease {
    let lease = Lease::new().await;
    lease.active(ORDER).await;
    lease.ant.heard();
    lease
}

/// How many seconds of the world's time a call takes.
async fn timed(lease: &Lease, call: impl Future) -> i64 {
    let start = lease.world.time().now();
    call.await;
    lease.world.time().now().duration_since(start).as_secs()
}

#[tokio::test(start_paused = true)]
async fn a_question_is_asked_up_to_three_times_again() {
    for spoil in [Spoil::NotSent, Spoil::Http(500), Spoil::Http(503), Spoil::Reset] {
        for (failures, status) in [(1, 200), (2, 200), (3, 200), (4, 0)] {
            let lease = active().await;
            lease.ant.fail_times(TRADE_GET, spoil, failures);
            let got = lease.get(ORDER, "").await;
            let expected = match (status, spoil) {
                (200, _) => 200,
                (_, Spoil::NotSent) => 502,
                _ => 504,
            };
            assert_eq!(got.status, expected, "{spoil:?} {failures} times: {}", got.body);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_question_that_was_answered_is_not_asked_again_whatever_the_answer() {
    for (spoil, refusal) in [
        (Spoil::ResultCode("SYSTEM_BUSY"), (502, "ANT_REJECTED")),
        (Spoil::BadSignature, (502, "ANT_REJECTED")),
        (Spoil::MissingSignature, (502, "ANT_REJECTED")),
        (Spoil::Http(404), (502, "ANT_REJECTED")),
        (Spoil::Garbage, (504, "ANT_UNKNOWN")),
    ] {
        let lease = active().await;
        lease.ant.fail(TRADE_GET, spoil);
        let got = lease.get(ORDER, "").await;
        assert_eq!(refused(&got), (refusal.0, refusal.1.to_owned()), "{spoil:?}");
        assert_eq!(lease.ant.heard(), [TRADE_GET], "{spoil:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_transmission_takes_8_seconds_and_a_question_24_at_most() {
    let lease = active().await;
    lease.ant.fail(CANCEL, Spoil::Timeout);
    let cancel = json!({"cancel_reason": "RENTING_OUT"});
    assert_eq!(timed(&lease, lease.post(ORDER, "/withhold-plan/cancel", &cancel)).await, 8);
    assert_eq!(lease.ant.heard(), [CANCEL]);
    let lease = active().await;
    lease.ant.fail_times(TRADE_GET, Spoil::Timeout, 9);
    assert_eq!(timed(&lease, lease.get(ORDER, "")).await, 24);
    assert_eq!(lease.ant.heard(), [TRADE_GET; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_call_leaves_the_invocation_time_to_answer() {
    let lease = active().await.with_time_left(Duration::from_secs(5));
    lease.ant.fail_times(TRADE_GET, Spoil::Timeout, 9);
    let start = lease.world.time().now();
    let got = lease.get(ORDER, "").await;
    assert_eq!(refused(&got), (504, "ANT_UNKNOWN".to_owned()));
    let took = lease.world.time().now().duration_since(start);
    assert!(took.as_millis() <= 4_500, "{took}");
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_asked_for_again_only_where_it_never_left() {
    for failures in 1..=3 {
        let lease = active().await;
        lease.ant.fail_times(CANCEL, Spoil::NotSent, failures);
        done(&lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await);
        assert_eq!(lease.ant.effects(ORDER, CANCEL), 1);
    }
    for spoil in [
        Spoil::Timeout,
        Spoil::Reset,
        Spoil::Http(500),
        Spoil::Http(429),
        Spoil::Garbage,
        Spoil::BadSignature,
        Spoil::MissingSignature,
        Spoil::ResultCode("SYSTEM_BUSY"),
    ] {
        let lease = active().await;
        lease.ant.fail(CANCEL, spoil);
        let got = lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await;
        assert!(got.status >= 500, "{spoil:?}");
        assert_eq!(lease.ant.heard(), [CANCEL], "{spoil:?}");
        assert_eq!(lease.ant.effects(ORDER, CANCEL), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn an_effect_is_not_asked_for_again_when_its_outcome_could_not_be_written_any_more() {
    let lease = active().await.with_time_left(Duration::from_millis(8_900));
    lease.ant.fail_times(CANCEL, Spoil::NotSent, 3);
    let cancel = json!({"cancel_reason": "RENTING_OUT"});
    let got = lease.post(ORDER, "/withhold-plan/cancel", &cancel).await;
    assert_eq!(refused(&got), (502, "ANT_REJECTED".to_owned()));
    assert_eq!(lease.row(ORDER).expect("a row").get("unknown_operation"), None);
    assert_eq!((lease.ant.heard().len(), lease.ant.effects(ORDER, CANCEL)), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_ok_that_comes_with_a_refusing_status_leaves_the_outcome_unknown() {
    for status in [302, 403, 404] {
        let lease = active().await;
        lease.ant.fail_after_effect(CANCEL, Spoil::Status(status));
        let cancel = json!({"cancel_reason": "RENTING_OUT"});
        let got = lease.post(ORDER, "/withhold-plan/cancel", &cancel).await;
        assert_eq!(refused(&got), (504, "ANT_UNKNOWN".to_owned()), "{status}");
        assert_eq!(done(&lease.get(ORDER, "").await)["state"], "PLAN_CANCELLED", "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_left_leaves_nothing_behind() {
    let lease = active().await;
    let before = lease.row(ORDER).expect("a row");
    lease.ant.fail_times(CANCEL, Spoil::NotSent, 4);
    let got = lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await;
    let expected = r#"{"code":"ANT_REJECTED","message":"not sent: Ant cannot be reached"}"#;
    assert_eq!(got.brief(), (502, expected));
    let after = lease.row(ORDER).expect("a row");
    assert_eq!(after.get("unknown_operation"), None);
    assert_eq!((&after["state"], &after["looks"]), (&before["state"], &before["looks"]));
    done(&lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_that_leaves_and_is_not_answered_is_not_repeated_again() {
    let lease = active().await;
    lease.ant.fail_times(CANCEL, Spoil::NotSent, 2);
    lease.ant.plan(CANCEL, None, Spoil::Timeout, true, 1);
    let got = lease.post(ORDER, "/withhold-plan/cancel", &json!({"cancel_reason": "RENTING_OUT"})).await;
    assert_eq!(refused(&got), (504, "ANT_UNKNOWN".to_owned()));
    assert_eq!((lease.ant.heard().len(), lease.ant.effects(ORDER, CANCEL)), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_first_key_signs_and_an_answer_is_good_only_under_the_key_of_its_call() {
    let lease = active().await;
    put_ant_secret(&lease.world, &[SECOND_KEY, FIRST_KEY]);
    lease.ant.accept_keys(&[FIRST_KEY, SECOND_KEY]);
    let next = lease.restarted().await;
    done(&next.get(ORDER, "").await);
    assert_eq!(next.ant.calls().pop().expect("a call").query["access_key"], SECOND_KEY.0);
    // The process that runs still goes on with the key that it knows.
    done(&lease.get(ORDER, "").await);
    assert_eq!(lease.ant.calls().pop().expect("a call").query["access_key"], FIRST_KEY.0);
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_was_replaced_is_read_again_and_what_was_sent_under_the_old_one_stays_unknown() {
    let lease = active().await;
    let replaced = (FIRST_KEY.0, "ant-secret-one-and-a-half");
    put_ant_secret(&lease.world, &[replaced]);
    lease.ant.accept_keys(&[replaced]);
    let cancel = json!({"cancel_reason": "RENTING_OUT"});
    let got = lease.post(ORDER, "/withhold-plan/cancel", &cancel).await;
    assert_eq!(got.brief(), (502, r#"{"code":"ANT_REJECTED","message":"signature"}"#));
    assert_eq!(lease.ant.complaints(), ["the signature is wrong"]);
    lease.ant.forgive();
    // The next call is signed with the new one, and finds out that nothing happened.
    assert_eq!(done(&lease.get(ORDER, "").await)["unknown_operation"], json!(null));
    done(&lease.post(ORDER, "/withhold-plan/cancel", &cancel).await);
}
