//! Wishes to repay that meet each other, and results of the core (§11 Repayment): nothing is debited twice.

use futures_util::join;
use suites::host::OUTBOX;
use suites::orders::{CORE_COMMANDS, ORDER};
use suites::repayments::{Repayments, debited, planned};
use world::{Fault, On};

#[tokio::test(start_paused = true)]
async fn the_same_wish_twice_at_once_is_one_attempt() {
    let app = Repayments::of(&planned()).await;
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (one, two) = join!(app.repay(2), other.repay(2));
    assert_eq!((one.status(), two.status()), (5001, 5001));
    assert_eq!(
        (app.commanded(), app.loan().unwrap()["version"]["N"].as_str()),
        (vec!["2 attempt 1".to_owned()], Some("8"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_wish_for_everything_and_one_for_a_period_at_once_are_not_both_taken() {
    let app = Repayments::of(&planned()).await;
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (one, two) = join!(app.repay(-1), other.repay(2));
    let mut statuses = [one.status(), two.status()];
    statuses.sort_unstable();
    assert_eq!((statuses, app.commanded().len()), ([5001, 5003], 1));
}

#[tokio::test(start_paused = true)]
async fn wishes_for_two_periods_at_once_are_both_taken() {
    let app = Repayments::of(&planned()).await;
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let (one, two) = join!(app.repay(3), other.repay(2));
    assert_eq!((one.status(), two.status()), (5001, 5001));
    let mut commanded = app.commanded();
    commanded.sort_unstable();
    assert_eq!(commanded, ["2 attempt 1", "3 attempt 1"]);
}

#[tokio::test(start_paused = true)]
async fn what_an_automatic_debit_pays_meanwhile_is_not_asked_for_again() {
    let app = Repayments::of(&planned()).await;
    let other = app.another().await;
    app.world.before(On::call("TransactWriteItems"), async move || {
        other.result(&debited(0, "paid")).await;
    });
    let answer = app.repay(2).await;
    assert_eq!(answer.response, r#"{"status":5003,"remark":"已还清"}"#);
    assert!(app.commands().is_empty() && app.world.items(OUTBOX).is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_automatic_debit_that_comes_behind_a_wish_leaves_its_attempt_open() {
    for status in ["paid", "partly_paid", "failed"] {
        let app = Repayments::of(&planned()).await;
        let other = app.another().await;
        app.world.before(On::call("TransactWriteItems"), async move || {
            assert_eq!(other.repay(2).await.status(), 5001);
        });
        app.result(&debited(0, status)).await;
        let row = app.loan().unwrap();
        assert_eq!(row["attempts"]["M"]["2"]["M"]["is_open"]["BOOL"], true, "{status}");
        assert_eq!(app.callbacks(ORDER)[0].0, "repay", "{status}");
        // What it left unpaid is the open attempt's; what it paid is not asked for again.
        let expected = if status == "paid" { 5003 } else { 5001 };
        assert_eq!(app.repay(2).await.status(), expected, "{status}");
        assert_eq!(app.commanded(), ["2 attempt 1"], "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_between_two_wishes_is_the_first_ones_and_the_second_is_a_new_attempt() {
    let app = Repayments::of(&planned()).await;
    assert_eq!(app.repay(2).await.status(), 5001);
    let other = app.another().await;
    app.world.before(On::call("GetItem"), async move || {
        other.result(&debited(1, "failed")).await;
    });
    assert_eq!(app.repay(2).await.status(), 5001);
    assert_eq!(app.commanded(), ["2 attempt 1", "2 attempt 2"]);
}

#[tokio::test(start_paused = true)]
async fn a_conflicting_or_throttled_transaction_is_tried_again_and_not_for_ever() {
    for fault in [Fault::TransactionConflict, Fault::Throttled] {
        let app = Repayments::of(&planned()).await;
        app.world.fail(On::call("TransactWriteItems").times(3), fault);
        assert_eq!((app.repay(2).await.status(), app.commanded().len()), (5001, 1), "{fault:?}");
        let app = Repayments::of(&planned()).await;
        app.world.fail(On::call("TransactWriteItems").always(), fault);
        assert_eq!((app.repay(2).await.code, app.commanded().len()), (10_001, 0), "{fault:?}");
        assert_eq!(app.loan(), Some(planned()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_transaction_whose_answer_is_lost_is_one_attempt() {
    for fault in [Fault::InternalErrorAfterEffect, Fault::ResetAfterEffect, Fault::HangAfterEffect] {
        let app = Repayments::of(&planned()).await.with_sdk_retries().await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        assert_eq!(app.repay(2).await.status(), 5001, "{fault:?}");
        assert_eq!(app.commanded(), ["2 attempt 1"], "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_that_is_not_sent_at_once_is_the_relays() {
    let app = Repayments::of(&planned()).await;
    app.world.fail(On::any().to(CORE_COMMANDS), Fault::InternalError);
    assert_eq!((app.repay(2).await.status(), app.commanded().len()), (5001, 0));
    assert_eq!(app.world.items(OUTBOX).len(), 1);
    assert_eq!(app.repay(2).await.status(), 5001, "a repeat sends nothing");
    app.relay().await.unwrap();
    assert_eq!(app.commanded(), ["2 attempt 1"]);
}
