//! Ten messages at a time: what fails fails alone, what may pass comes again, what races counts once.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use suites::quota::{ACCOUNTS, DEAD_LETTERS, GRANTS, QUEUE, Quota, furnish, granted, opened};
use world::{Fault, On, World};

use super::changed;

fn grants(count: usize) -> Vec<Value> {
    (0..count).map(|number| granted("p-1", "2104", &number.to_string(), "0.1")).collect()
}

async fn with_sdk_retries() -> Quota {
    let world = World::starting_at("2019-06-25T12:00:00+08:00".parse().expect("an instant"));
    furnish(&world);
    Quota::over_with_sdk_retries(world).await
}

#[tokio::test(start_paused = true)]
async fn a_bad_line_and_a_failing_one_hold_nothing_up() {
    let app = Quota::new().await;
    for number in 0..4 {
        app.tell(&granted("p-1", "2104", &number.to_string(), "1"));
        app.world.send(QUEUE, "a bad line", &[]);
    }
    app.world.fail(On::call("TransactWriteItems").after(1), Fault::InternalError);
    let delivery = app.deliver().await;
    assert_eq!((delivery.handled.len(), delivery.failed.len()), (7, 1));
    assert_eq!(app.total("p-1").as_deref(), Some("3"));
    assert_eq!((app.world.messages(QUEUE).len(), app.world.messages(DEAD_LETTERS).len()), (1, 4));
    app.world.pass(Duration::from_secs(10)).await;
    app.deliver().await;
    assert_eq!(app.total("p-1").as_deref(), Some("4"));
}

#[tokio::test(start_paused = true)]
async fn a_throttled_or_conflicting_write_is_tried_again_at_once() {
    for fault in [Fault::Throttled, Fault::TransactionConflict] {
        let app = Quota::new().await;
        app.world.fail(On::call("TransactWriteItems").times(4), fault);
        app.world.fail(On::call("UpdateItem").times(4), fault);
        app.take(&[opened("p-1"), granted("p-1", "2104", "1", "80")]).await;
        assert_eq!(app.outcomes(), ["changed", "booked"], "{fault:?}");
        assert!(app.is_quiet());
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_others_stand_in_the_way_of_five_times_comes_again_after_10_20_40_seconds() {
    for message in [changed("e-1", "2019-06-21T12:00:00+08:00"), granted("p-1", "2104", "1", "80")] {
        let app = Quota::new().await;
        app.world.fail(On::any().to(ACCOUNTS).times(15), Fault::TransactionConflict);
        app.tell(&message);
        app.deliver().await;
        let cause = app.logged("WARN")[0]["cause"].as_str().unwrap().to_owned();
        assert!(cause.contains("Contended"), "{cause}");
        for seconds in [10, 20, 40] {
            app.world.pass(Duration::from_secs(seconds - 1)).await;
            let early = app.deliver().await;
            assert_eq!((early.handled.len(), early.failed.len()), (0, 0), "{seconds}");
            app.world.pass(Duration::from_secs(1)).await;
            app.deliver().await;
        }
        assert_eq!(app.outcomes()[..3], ["retry", "retry", "retry"]);
        assert_eq!((app.outcomes().len(), app.is_quiet()), (4, true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_fails_otherwise_comes_again_and_is_not_repeated_at_once() {
    for fault in [Fault::InternalError, Fault::Refused, Fault::Reset, Fault::Hang] {
        let app = Quota::new().await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.take(&[granted("p-1", "2104", "1", "80")]).await;
        assert_eq!((app.outcomes(), app.total("p-1")), (vec!["retry".to_owned()], None), "{fault:?}");
        app.world.pass(Duration::from_secs(10)).await;
        app.deliver().await;
        assert_eq!(app.total("p-1").as_deref(), Some("80"), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_grant_whose_answer_is_lost_is_booked_once_when_it_comes_again() {
    for fault in [Fault::InternalErrorAfterEffect, Fault::ResetAfterEffect, Fault::HangAfterEffect] {
        let app = Quota::new().await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.take(&[granted("p-1", "2104", "1", "80")]).await;
        app.world.pass(Duration::from_secs(10)).await;
        app.deliver().await;
        assert_eq!(app.outcomes(), ["retry", "repeated"], "{fault:?}");
        assert_eq!(app.total("p-1").as_deref(), Some("80"));
        assert!(app.is_quiet());
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_is_lost_counts_once_when_the_sdk_repeats_it() {
    for fault in [Fault::InternalErrorAfterEffect, Fault::ResetAfterEffect, Fault::HangAfterEffect] {
        let app = with_sdk_retries().await;
        app.world.fail(On::call("TransactWriteItems"), fault);
        app.world.fail(On::call("UpdateItem"), fault);
        app.take(&[granted("p-1", "2104", "1", "80"), opened("p-1")]).await;
        assert_eq!(app.outcomes(), ["booked", "changed"], "{fault:?}");
        assert_eq!(app.total("p-1").as_deref(), Some("80"));
        assert_eq!((app.logged("WARN").len(), app.is_quiet()), (0, true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_whose_answer_is_lost_is_known_though_a_grant_has_changed_the_account_since() {
    let app = with_sdk_retries().await;
    let world = app.world.clone();
    app.world.fail(On::call("UpdateItem"), Fault::InternalErrorAfterEffect);
    app.world.before(On::call("UpdateItem").after(1), async move || {
        let mut row = world.items(ACCOUNTS)[0].clone();
        (row["temp_total"]["N"], row["request_stamp"]["S"]) = ("1000".into(), "of a grant".into());
        world.put_item(ACCOUNTS, &row);
    });
    let mut message = changed("e-1", "2019-06-21T12:00:00+08:00");
    message["temp_total"] = "920".into();
    app.tell(&message);
    app.deliver().await;
    assert_eq!(app.outcomes(), ["repeated"]);
    assert_eq!(app.total("p-1").as_deref(), Some("1000"), "the total is not replaced twice");
    assert!(app.is_quiet());
}

/// Has five functions take a batch each, whose first writes meet.
async fn deliver_five_at_once(app: &Quota) {
    app.world.meet(On::call("TransactWriteItems"), 5);
    join_all((0..5).map(|_| app.deliver())).await;
}

#[tokio::test(start_paused = true)]
async fn grants_of_one_pin_in_parallel_batches_all_count() {
    let app = Quota::new().await;
    for grant in &grants(50) {
        app.tell(grant);
    }
    deliver_five_at_once(&app).await;
    assert_eq!(app.total("p-1").as_deref(), Some("5"));
    assert_eq!(app.world.items(GRANTS).len(), 50);
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn a_grant_that_comes_in_parallel_batches_counts_once_and_nothing_is_said() {
    let app = Quota::new().await;
    for grant in [grants(10), grants(10), grants(10), grants(10), grants(10)].concat() {
        app.tell(&grant);
    }
    deliver_five_at_once(&app).await;
    assert_eq!(app.total("p-1").as_deref(), Some("1"));
    assert!(app.is_quiet());
    assert_eq!(app.logged("WARN").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_repeat_is_taken_for_a_contradiction_only_if_its_number_was_judged() {
    let reasons: [&[&str]; 4] = [
        &["TransactionConflict", "ConditionalCheckFailed", "None"],
        &["TransactionConflict", "ConditionalCheckFailed", "TransactionConflict"],
        &["ThrottlingError", "ConditionalCheckFailed", "None"],
        &["ConditionalCheckFailed", "None", "None"],
    ];
    for reasons in reasons {
        let app = Quota::new().await;
        let grant = granted("p-1", "2104", "1", "80");
        app.take(std::slice::from_ref(&grant)).await;
        app.world.fail(On::call("TransactWriteItems"), Fault::Cancelled(reasons));
        app.take(&[grant]).await;
        assert_eq!(app.outcomes(), ["booked", "repeated"], "{reasons:?}");
        assert_eq!(app.logged("WARN").len(), 0, "{reasons:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_record_is_begun_with_less_than_two_seconds_left() {
    let app = Quota::new().await.with_time_left(Duration::from_millis(1_999));
    app.take(&[granted("p-1", "2104", "1", "80")]).await;
    assert_eq!((app.outcomes(), app.total("p-1")), (vec!["returned".to_owned()], None));
    assert_eq!(app.world.messages(QUEUE).len(), 1);
}
