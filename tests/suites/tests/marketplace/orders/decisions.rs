//! credit-result (item 8; §2.1, §10, §11 Internal messages): every transition, and everything that changes nothing.

use std::time::Duration;

use futures_util::join;
use serde_json::{Value, json};
use suites::marketplace::channels::AES;
use suites::orders::bodies::{PERSONAL, push};
use suites::orders::credit::{but, decision};
use suites::orders::{CREDIT_RESULT, MESSAGES, ORDER, ORDERS, Orders, UID};
use world::{Fault, On};

const APPROVED: &str = r#"{"orderId":"120522","status":6001,"remark":"初审通过","amountLimit":{"maxLoan":12000.00,"minLoan":5000.00,"maxPeriod":12,"minPeriod":6},"amountOption":[{"min":5000.00,"max":12000.00,"step":100.00,"periods":[6,12]}]}"#;
const REFUSED: &str = r#"{"orderId":"120522","status":6004,"remark":"资质不符"}"#;

async fn in_review() -> Orders {
    let app = Orders::new().await;
    app.in_review().await;
    app
}

/// A decision of another event, so many seconds after the first.
fn later(result: &str, id: &str, seconds: i64) -> Value {
    let at =
        "2018-08-08T06:37:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_secs(seconds);
    but(decision(ORDER, result), &json!({"event_id": id, "occurred_at": at.to_string()}))
}

/// What an order shows of decisions.
type Shown = (Option<Value>, Vec<String>, Vec<(String, String)>, usize, usize);

fn shown(app: &Orders) -> Shown {
    (app.row(ORDER), app.history(ORDER), app.callbacks(ORDER), app.refusals().len(), app.woken().len())
}

#[tokio::test(start_paused = true)]
async fn an_approval_opens_the_confirmation_and_its_amounts_are_told() {
    let app = in_review().await;
    app.told(&decision(ORDER, "approved")).await;
    assert_eq!(
        (app.status(ORDER), &*app.history(ORDER)[5]),
        (Some(12), "11>12 credit-result: credit approved")
    );
    assert_eq!(app.callbacks(ORDER), [("audit".to_owned(), APPROVED.to_owned())]);
    let asked = APPROVED.replace(r#""orderId":"120522","#, "");
    assert_eq!(app.audit(ORDER).await.response, asked, "what is called back is what is answered");
    assert_eq!(app.messages(), ["credit_result#e-1 approved: applied"]);
    assert_eq!(app.woken(), [r#"{"order":"840#120522"}"#]);
    assert_eq!((app.refusals().len(), app.outcomes().pop().as_deref()), (0, Some("applied")));
    assert!(PERSONAL.iter().all(|text| !app.output.text().contains(text)));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_and_one_that_expired_end_the_order_and_are_told() {
    for result in ["refused", "expired"] {
        let app = in_review().await;
        app.told(&decision(ORDER, result)).await;
        let step = format!("11>4 credit-result: credit {result}");
        assert_eq!((app.status(ORDER), &app.history(ORDER)[5]), (Some(4), &step));
        assert_eq!(app.callbacks(ORDER), [("audit".to_owned(), REFUSED.to_owned())]);
        assert_eq!(app.audit(ORDER).await.response, r#"{"status":6004,"remark":"资质不符"}"#);
        assert_eq!(app.messages(), [format!("credit_result#e-1 {result}: applied")]);
        assert_eq!(app.refusals().len(), 4, "id number in both cases, phone, mask");
        assert!(app.row(ORDER).unwrap().get("amount_limit").is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_message_again_changes_nothing() {
    for result in ["approved", "refused", "expired"] {
        let app = in_review().await;
        app.told(&decision(ORDER, result)).await;
        let after = (shown(&app), app.messages());
        app.told(&decision(ORDER, result)).await;
        // The event is known, whatever else it says by now.
        app.told(&later("refused", "e-1", 60)).await;
        assert_eq!((shown(&app), app.messages()), after, "{result}");
        assert_eq!(app.outcomes(), ["applied", "repeated", "repeated"]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_older_than_what_was_applied_is_kept_in_the_history_alone() {
    for (first, second) in [("approved", "refused"), ("approved", "approved"), ("refused", "approved")] {
        let app = in_review().await;
        app.told(&decision(ORDER, first)).await;
        let after = shown(&app);
        for _ in 0..2 {
            app.told(&later(second, "e-2", -1)).await;
        }
        assert_eq!(shown(&app), after);
        let kept = format!("credit_result#e-2 {second}: late");
        assert_eq!(app.messages()[1..], [kept]);
        assert_eq!(app.outcomes(), ["applied", "late", "repeated"]);
    }
}

#[tokio::test(start_paused = true)]
async fn another_one_of_the_same_state_changes_nothing() {
    for (first, second) in [("approved", "approved"), ("refused", "refused"), ("refused", "expired")] {
        let app = in_review().await;
        app.told(&decision(ORDER, first)).await;
        let after = shown(&app);
        for seconds in [0, 60] {
            app.told(&later(second, "e-2", seconds)).await;
        }
        assert_eq!(
            (shown(&app), app.outcomes()),
            (after, vec!["applied".into(), "unchanged".into(), "repeated".into()])
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_decision_that_the_state_forbids_goes_to_the_dead_letters() {
    for status in [0, 1, 2, 3, 4, 5, 10, 12, 13] {
        for result in ["approved", "refused", "expired"] {
            if matches!((status, result), (12, "approved") | (4, "refused" | "expired")) {
                continue;
            }
            let app = in_review().await;
            app.change(ORDER, |row| row["status"] = json!({"N": status.to_string()}));
            let before = shown(&app);
            app.told(&decision(ORDER, result)).await;
            assert_eq!(
                (shown(&app), app.dead_reasons()),
                (before, vec!["forbidden".to_owned()]),
                "{status} {result}"
            );
            assert!(app.messages().is_empty(), "it may be sent again by hand");
            assert_eq!(app.counted("core_message_forbidden"), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_before_is_known_also_where_it_would_be_forbidden_by_now() {
    let app = in_review().await;
    app.told(&decision(ORDER, "approved")).await;
    app.told(&later("approved", "e-2", 1)).await;
    app.change(ORDER, |row| row["status"] = json!({"N": "1"}));
    let after = shown(&app);
    app.told(&decision(ORDER, "approved")).await;
    app.told(&later("approved", "e-2", 1)).await;
    assert_eq!((shown(&app), app.dead_reasons().len()), (after, 0));
    assert_eq!(app.outcomes(), ["applied", "unchanged", "repeated", "repeated"]);
    app.told(&later("approved", "e-3", 2)).await;
    assert_eq!(app.dead_reasons(), ["forbidden"]);
}

#[tokio::test(start_paused = true)]
async fn one_about_an_order_that_is_not_there_waits_for_it() {
    let app = Orders::new().await;
    app.told(&decision(ORDER, "approved")).await;
    assert_eq!((app.outcomes(), app.dead_reasons().len()), (vec!["waits".to_owned()], 0));
    app.in_review().await;
    app.world.pass(Duration::from_mins(1)).await;
    app.take_results().await;
    assert_eq!((app.status(ORDER), app.world.messages(CREDIT_RESULT).len()), (Some(12), 0));
}

#[tokio::test(start_paused = true)]
async fn it_waits_1_4_5_10_and_10_minutes_and_then_no_more() {
    let app = Orders::new().await;
    let message = decision(ORDER, "approved");
    app.told(&message).await;
    for minutes in [1, 4, 5, 10, 10] {
        let before = app.outcomes().len();
        app.world.pass(Duration::from_secs(minutes * 60 - 1)).await;
        app.take_results().await;
        assert_eq!(app.outcomes().len(), before, "it is not to be seen yet");
        app.world.pass(Duration::from_secs(1)).await;
        app.take_results().await;
    }
    assert_eq!(app.outcomes(), ["waits", "waits", "waits", "waits", "waits", "dead_lettered"]);
    assert_eq!(app.dead_reasons(), ["unknown_order"]);
    let dead = app.world.messages(suites::orders::CREDIT_RESULT_DEAD);
    assert_eq!((dead.len(), &dead[0].body), (1, &message.to_string()));
    assert!(app.world.items(MESSAGES).is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_looked_at_within_a_second_waits_once_for_each_of_its_waits() {
    let app = Orders::new().await;
    app.world.send(CREDIT_RESULT, &decision(ORDER, "approved").to_string(), &[]);
    app.world.pass(Duration::from_millis(200)).await;
    app.take_results().await;
    for seconds in [60, 240, 300, 600] {
        let before = app.outcomes().len();
        app.world.pass(Duration::from_secs(seconds - 1)).await;
        app.take_results().await;
        assert_eq!(app.outcomes().len(), before, "59.8 seconds are left of the first minute, and not 59");
        app.world.pass(Duration::from_secs(1)).await;
        app.take_results().await;
        assert_eq!(app.outcomes().len(), before + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_names_no_channel_is_about_the_default_one() {
    let app = in_review().await;
    app.push_in(AES, &push()).await;
    app.pull().await.unwrap();
    app.parse().await.unwrap();
    app.apply().await.unwrap();
    let status = |app: &Orders| -> Vec<_> {
        app.world.items(ORDERS).iter().map(|row| row["status"]["N"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(status(&app), ["11", "11"]);
    app.told(&but(decision(ORDER, "approved"), &json!({"channel_id": AES}))).await;
    assert_eq!(status(&app), ["11", "12"]);
    // The same id is another event there.
    app.told(&but(decision(ORDER, "refused"), &json!({"channel_id": " "}))).await;
    assert_eq!(status(&app), ["4", "12"]);
    app.told(&but(decision(ORDER, "approved"), &json!({"channel_id": "841", "event_id": "e-2"}))).await;
    assert_eq!(app.outcomes().pop().as_deref(), Some("waits"));
}

#[tokio::test(start_paused = true)]
async fn an_order_s_number_is_a_text_or_an_integer() {
    let app = in_review().await;
    app.told(&but(decision(ORDER, "approved"), &json!({"order_id": 120_522}))).await;
    assert_eq!(app.status(ORDER), Some(12));
}

#[tokio::test(start_paused = true)]
async fn of_two_decisions_at_once_one_counts_and_the_other_is_judged_by_it() {
    for (one, two) in [("approved", "refused"), ("refused", "approved"), ("approved", "approved")] {
        let app = in_review().await;
        let other = app.another().await;
        app.world.meet(On::call("TransactWriteItems"), 2);
        app.world.send(CREDIT_RESULT, &decision(ORDER, one).to_string(), &[]);
        let first = async {
            app.take_results().await;
        };
        let second = async {
            // Lambda's other instance has another batch.
            other.told(&later(two, "e-2", 1)).await;
        };
        join!(first, second);
        app.world.pass(Duration::from_mins(15)).await;
        app.take_results().await;
        assert_eq!((app.callbacks(ORDER).len(), app.history(ORDER).len()), (1, 6), "{one} {two}");
        assert_eq!(app.world.messages(CREDIT_RESULT).len(), 0);
        let dead = app.dead_reasons().len();
        assert_eq!(app.messages().len() + dead, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_comes_twice_at_once_is_taken_once() {
    let app = in_review().await;
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let message = decision(ORDER, "refused");
    app.world.send(CREDIT_RESULT, &message.to_string(), &[]);
    join!(app.take_results(), other.told(&message));
    assert_eq!((app.status(ORDER), app.callbacks(ORDER).len(), app.history(ORDER).len()), (Some(4), 1, 6));
    let mut outcomes = app.outcomes();
    outcomes.extend(other.outcomes());
    outcomes.sort();
    outcomes.dedup();
    assert_eq!(outcomes, ["applied", "repeated"]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ours_lets_the_message_come_again() {
    for (on, fault) in [
        (On::call("GetItem").to(ORDERS), Fault::InternalError),
        (On::call("TransactWriteItems"), Fault::InternalError),
        (On::call("TransactWriteItems"), Fault::ResetAfterEffect),
        (On::call("TransactWriteItems").times(2), Fault::TransactionConflict),
    ] {
        let app = in_review().await;
        app.world.fail(on, fault);
        app.told(&decision(ORDER, "approved")).await;
        app.world.pass(Duration::from_mins(15)).await;
        app.take_results().await;
        assert_eq!((app.status(ORDER), app.callbacks(ORDER).len()), (Some(12), 1), "{fault:?}");
        assert_eq!((app.world.messages(CREDIT_RESULT).len(), app.dead_reasons().len()), (0, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_decision_counts_though_the_platform_pushes_again() {
    let app = in_review().await;
    app.told(&decision(ORDER, "approved")).await;
    let after = shown(&app);
    assert_eq!(app.push(&push()).await.status(), 2001);
    assert_eq!(shown(&app), after);
    assert_eq!(app.platform.pulls().iter().filter(|(uid, _)| uid == UID).count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_wake_up_that_is_lost_is_no_failure() {
    for fault in [Fault::InternalError, Fault::Hang] {
        let app = in_review().await;
        app.world.fail(On::call("SendMessageBatch"), fault);
        app.told(&decision(ORDER, "approved")).await;
        assert_eq!((app.status(ORDER), app.outcomes().pop().as_deref()), (Some(12), Some("applied")));
        assert_eq!((app.woken().len(), app.counted("wake_up_unsent")), (0, 1));
    }
}
