//! Pushes that meet pushes and pulls.

use futures_util::join;
use serde_json::json;
use suites::orders::bodies::{push, with};
use suites::orders::{BUCKET, CONVERSION, DATA, HISTORY, ORDER, ORDERS, Orders, UID, opened};
use world::{Fault, On};

/// The row, the raw data and its row say the same.
fn is_whole(app: &Orders) {
    let row = app.row(ORDER).unwrap();
    let named = row["data_keys"]["M"]["push"]["S"].clone();
    let rows = app.world.items(DATA);
    let data = rows.iter().find(|row| row["kind"]["S"] == "push").unwrap();
    assert_eq!(data["object_key"]["S"], named);
    let object = app.world.objects(BUCKET).into_iter().find(|object| named == *object.key).unwrap();
    let pushed: serde_json::Value = serde_json::from_slice(&opened(&object)).unwrap();
    let amount = format!("{}.00", pushed["loanAmount"].to_string().trim_end_matches(".0"));
    assert_eq!(row["loan_amount"]["S"], amount);
}

#[tokio::test(start_paused = true)]
async fn the_same_push_twice_at_once_makes_one_order() {
    let app = Orders::new().await;
    let other = app.another().await;
    app.world.meet(On::call("TransactWriteItems"), 2);
    let body = push();
    let (one, two) = join!(app.push(&body), other.push(&body));
    assert_eq!((one.status(), two.status()), (2001, 2001));
    let counts = [ORDERS, HISTORY, CONVERSION, DATA].map(|table| app.world.items(table).len());
    assert_eq!(counts, [1; 4]);
    is_whole(&app);
}

#[tokio::test(start_paused = true)]
async fn two_contents_at_once_are_taken_one_after_the_other() {
    let app = Orders::new().await;
    let other = app.another().await;
    let changed = with(push(), "loanAmount", json!(14_000));
    app.world.meet(On::call("TransactWriteItems"), 2);
    let body = push();
    let (one, two) = join!(app.push(&body), other.push(&changed));
    assert_eq!((one.status(), two.status()), (2001, 2001));
    assert_eq!(app.history(ORDER).len(), 2, "a beginning, and another content");
    is_whole(&app);
    for amount in [13_000, 12_000] {
        app.world.meet(On::call("TransactWriteItems"), 2);
        let (third, fourth) =
            (with(push(), "loanAmount", json!(amount)), with(push(), "loanAmount", json!(amount - 100)));
        let (one, two) = join!(app.push(&third), other.push(&fourth));
        assert_eq!((one.status(), two.status()), (2001, 2001));
        is_whole(&app);
    }
}

#[tokio::test(start_paused = true)]
async fn a_push_of_another_user_while_data_is_pulled_loses_nothing_and_mixes_nothing() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    app.push(&push()).await;
    let (pusher, puller) = (app.another().await, app.another().await);
    let other = with(push(), "uid", json!("99000001"));
    // The push comes while the platform is asked.
    app.world.before(On::call("TransactWriteItems"), async move || {
        assert_eq!(pusher.push(&other).await.status(), 2001);
    });
    puller.pull().await.unwrap();
    assert_eq!(app.row(ORDER).unwrap()["uid"]["S"], "99000001");
    assert_eq!((app.status(ORDER), app.pull_states(ORDER).concat().as_str()), (Some(0), "000"));
    assert_eq!(app.row(ORDER).unwrap()["data_keys"]["M"].as_object().unwrap().len(), 1);
    assert_eq!(app.world.items(DATA).len(), 1);
    app.platform.has_all("99000001");
    app.another().await.pull().await.unwrap();
    assert_eq!(app.status(ORDER), Some(2));
    is_whole(&app);
}

#[tokio::test(start_paused = true)]
async fn other_content_of_the_same_user_while_data_is_pulled_keeps_both() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    app.push(&push()).await;
    let (pusher, puller) = (app.another().await, app.another().await);
    let other = with(push(), "loanAmount", json!(14_000));
    app.world.before(On::call("TransactWriteItems"), async move || {
        assert_eq!(pusher.push(&other).await.status(), 2001);
    });
    puller.pull().await.unwrap();
    let row = app.row(ORDER).unwrap();
    assert_eq!((app.status(ORDER), row["loan_amount"]["S"].as_str()), (Some(2), Some("14000.00")));
    assert_eq!(row["data_keys"]["M"].as_object().unwrap().len(), 4);
    is_whole(&app);
}

#[tokio::test(start_paused = true)]
async fn other_content_that_comes_with_the_last_data_is_too_late_or_in_time_and_nothing_between() {
    let app = Orders::new().await;
    app.platform.has_all(UID);
    app.push(&push()).await;
    let (pusher, puller) = (app.another().await, app.another().await);
    app.world.before(On::call("TransactWriteItems"), async move || puller.pull().await.unwrap());
    let answer = pusher.push(&with(push(), "loanAmount", json!(14_000))).await;
    assert_eq!((answer.status(), app.status(ORDER)), (2002, Some(2)));
    assert_eq!(app.row(ORDER).unwrap()["loan_amount"]["S"], "15000.00");
    is_whole(&app);
}

#[tokio::test(start_paused = true)]
async fn a_conflicting_or_throttled_transaction_is_tried_again() {
    for fault in [Fault::TransactionConflict, Fault::Throttled] {
        let app = Orders::new().await;
        app.world.fail(On::call("TransactWriteItems").times(3), fault);
        assert_eq!(app.push(&push()).await.status(), 2001, "{fault:?}");
        assert_eq!(app.world.objects(BUCKET).len(), 1, "the push is put once");
        is_whole(&app);
        let app = Orders::new().await;
        app.world.fail(On::call("TransactWriteItems").always(), fault);
        assert_eq!(app.push(&push()).await.code, 10_001, "not for ever");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_pulled_is_written_again_under_contention_and_never_taken_for_too_late() {
    for fault in [Fault::TransactionConflict, Fault::Throttled] {
        let app = Orders::new().await;
        app.platform.has_all(UID);
        app.push(&push()).await;
        app.world.fail(On::call("TransactWriteItems").times(4), fault);
        app.pull().await.unwrap();
        assert_eq!((app.status(ORDER), app.counted("operator_pull_failed")), (Some(2), 0), "{fault:?}");
        let app = Orders::new().await;
        app.platform.has_all(UID);
        app.push(&push()).await;
        app.world.fail(On::call("TransactWriteItems").times(5), fault);
        app.pull().await.unwrap();
        assert_eq!((app.status(ORDER), app.counted("operator_pull_failed")), (Some(0), 1), "{fault:?}");
        assert!(!app.output.text().contains("too late"), "{fault:?}");
        app.world.pass(std::time::Duration::from_mins(5)).await;
        app.pull().await.unwrap();
        assert_eq!(app.status(ORDER), Some(2), "once its lease is over");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pull_in_vain_is_written_again_under_contention() {
    let app = Orders::new().await;
    app.push(&push()).await;
    // The lease is the first.
    app.world.fail(On::call("PutItem").after(1).times(3), Fault::Throttled);
    app.pull().await.unwrap();
    assert_eq!(app.pulls(ORDER)["retry_count"]["N"], "3");
    assert_eq!((app.pulls(ORDER).get("lease_until"), app.counted("operator_pull_failed")), (None, 0));
}

#[tokio::test(start_paused = true)]
async fn a_transaction_whose_answer_is_lost_is_not_done_twice() {
    for fault in [Fault::InternalErrorAfterEffect, Fault::ResetAfterEffect, Fault::HangAfterEffect] {
        let app = Orders::new().await.with_sdk_retries().await;
        app.platform.has_all(UID);
        app.world.fail(On::call("TransactWriteItems"), fault);
        assert_eq!(app.push(&push()).await.status(), 2001, "{fault:?}");
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.pull().await.unwrap();
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.parse().await.unwrap();
        assert_eq!((app.status(ORDER), app.history(ORDER).len()), (Some(10), 4), "{fault:?}");
        assert_eq!(app.platform.pulls().len(), 3);
    }
}
