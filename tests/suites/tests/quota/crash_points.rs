//! Every operation that writes, stopped before and after each of its effects and delivered again, ends in the clean
//! run's state (design §11.5).

use std::time::Duration;

use serde_json::{Value, json};
use suites::gateway::Post;
use suites::quota::{QUEUE, Quota, granted, opened, with};
use world::{CrashPoints, World};

/// What differs between two runs that end in the same state.
const VOLATILE: [&str; 3] = ["request_stamp", "updated_at", "created_at"];
/// The same where an event tells of it, under an id and at an instant of its own.
const VOLATILE_TOLD: [&str; 6] =
    ["request_stamp", "updated_at", "created_at", "event_id", "occurred_at", "correlation_id"];
const TONIGHT: &str = "2019-06-26T00:10:00+08:00";

suites::crash_points! {
    "cancel-temp-credit", cancel_temp_credit_ends_as_if_it_had_never_stopped: [
        a_cancel_by_credit_man(),
    ];
    "cancel-temp-quota", cancel_temp_quota_ends_as_if_it_had_never_stopped: [
        a_cancel(),
        a_cancel_that_takes_the_total_to_nothing(),
    ];
    "credit-events", credit_events_ends_as_if_it_had_never_stopped: [
        credit_events_that_books_a_grant(),
        credit_events_that_drops_a_repeat_or_a_contradiction(),
        credit_events_that_changes_an_account(),
        credit_events_that_changes_an_account_at_the_instant_of_another_message(),
        credit_events_that_drops_a_late_or_a_known_message(),
        credit_events_that_refuses_a_message(),
    ];
    "temp-credit-expiry", temp_credit_expiry_ends_as_if_it_had_never_stopped: [
        an_expiry_of_several_grants_of_several_pins(),
        an_expiry_that_takes_a_total_to_nothing(),
    ];
}

fn ending(pin: &str, business_id: &str, change_limit: &str) -> Value {
    with(granted(pin, "2104", business_id, change_limit), "invalid_time", "2019-06-26T00:00:00+08:00")
}

fn corrected(occurred_at: &str, total: &str) -> Value {
    with(with(with(opened("p-1"), "event_id", "e-2"), "occurred_at", occurred_at), "temp_total", total)
}

/// A world in which these messages were taken.
async fn after(messages: &[Value]) -> World {
    let app = Quota::new().await;
    app.take(messages).await;
    app.afresh()
}

/// Checks the crash points of a message that comes after others, and tells its effects: the queue's own deletion of
/// the message is Lambda's, and comes after all of them.
async fn check_message(before: &[Value], body: &str) -> Vec<String> {
    let setup = async || {
        let world = after(before).await;
        world.send(QUEUE, body, &[]);
        world
    };
    let deliver = async |world: &World| {
        Quota::over(world.clone()).await.deliver().await;
    };
    let points =
        CrashPoints::new(setup, deliver).redelivered_after(Duration::from_mins(4)).volatile(&VOLATILE);
    points.check().await
}

async fn credit_events_that_books_a_grant() {
    for before in [&[][..], &[opened("p-1")]] {
        let effects = check_message(before, &ending("p-1", "1", "80").to_string()).await;
        assert_eq!(effects.len(), 1, "one transaction: {effects:?}");
    }
}

async fn credit_events_that_drops_a_repeat_or_a_contradiction() {
    let grant = ending("p-1", "1", "80");
    for message in
        [grant.clone(), with(grant.clone(), "change_limit", "7"), with(grant.clone(), "apply_no", "a-2")]
    {
        let effects = check_message(std::slice::from_ref(&grant), &message.to_string()).await;
        assert_eq!(effects.len(), 1, "one transaction, which is cancelled: {effects:?}");
    }
}

async fn credit_events_that_changes_an_account() {
    let (grant, message) = (ending("p-1", "1", "80"), corrected("2019-06-21T00:00:00Z", "920").to_string());
    for before in [vec![], vec![opened("p-1")], vec![grant.clone()], vec![opened("p-1"), grant]] {
        let effects = check_message(&before, &message).await;
        assert_eq!(effects.len(), 1, "one update: {effects:?}");
    }
}

async fn credit_events_that_changes_an_account_at_the_instant_of_another_message() {
    let message = corrected("2019-05-01T00:00:00+08:00", "920").to_string();
    let effects = check_message(&[opened("p-1"), ending("p-1", "1", "80")], &message).await;
    assert_eq!(effects.len(), 2, "the update that is refused and the one that joins: {effects:?}");
}

async fn credit_events_that_drops_a_late_or_a_known_message() {
    for occurred_at in ["2019-04-30T23:59:59+08:00", "2019-05-01T00:00:00+08:00"] {
        let message = with(opened("p-1"), "occurred_at", occurred_at);
        assert_eq!(check_message(&[opened("p-1")], &message.to_string()).await.len(), 1);
    }
}

async fn credit_events_that_refuses_a_message() {
    // A crash between the copy and the message's deletion makes a second copy, which `source_message_id` tells.
    assert_eq!(check_message(&[], "garbage").await.len(), 1, "the copy in the dead-letter queue");
}

/// Checks the crash points of a cancel that is repeated, and tells how many effects it has. The repeat is a success.
async fn check_cancel(before: &[Value]) -> usize {
    let cancel = async |world: &World| {
        let app = Quota::over(world.clone()).await;
        let got = app.cancel("p-1", "2104", "1").await;
        assert!(got.body.contains(r#""code":"1111""#), "{}", got.body);
        world.others_follow();
        app.relay().await.expect("nothing is left");
    };
    CrashPoints::new(async || after(before).await, cancel).volatile(&VOLATILE_TOLD).check().await.len()
}

async fn a_cancel() {
    let effects = check_cancel(&[ending("p-1", "1", "80"), ending("p-1", "2", "7")]).await;
    assert_eq!(effects, 3, "the transaction, the event, the delete");
}

async fn a_cancel_that_takes_the_total_to_nothing() {
    let total = corrected("2019-06-21T00:00:00Z", "79.9999");
    let effects = check_cancel(&[ending("p-1", "1", "80"), total]).await;
    assert_eq!(effects, 4, "a transaction for each condition, the event, the delete");
}

async fn a_cancel_by_credit_man() {
    let lasting = with(granted("p-1", "2201", "W1", "80"), "invalid_time", "2100-01-01T00:00:00+08:00");
    let cancel = async |world: &World| {
        let app = Quota::over(world.clone()).await;
        let asked = r#"{"pin":"p-1","businessType":"2201","businessId":"W1"}"#;
        let got = app.credit_man_cancel(&Post::signed(asked)).await;
        assert!(got.body.contains(r#""code":"1111""#), "{}", got.body);
        world.others_follow();
        app.relay().await.expect("nothing is left");
    };
    let before = [lasting];
    let points = CrashPoints::new(async || after(&before).await, cancel).volatile(&VOLATILE_TOLD);
    assert_eq!(points.check().await.len(), 3, "the transaction, the event, the delete");
}

/// Checks the crash points of a run of the expiry, and tells its effects.
async fn check_run(before: &[Value]) -> Vec<String> {
    let run = async |world: &World| {
        let app = Quota::over(world.clone()).await;
        app.expire_with(&json!({"time": TONIGHT})).await.unwrap();
    };
    CrashPoints::new(async || after(before).await, run).volatile(&VOLATILE).check().await
}

async fn an_expiry_of_several_grants_of_several_pins() {
    let grants: Vec<Value> =
        (0..9).map(|number| ending(&format!("p-{}", number % 4), &number.to_string(), "80.5")).collect();
    let effects = check_run(&[grants, vec![granted("p-1", "2201", "x", "1")]].concat()).await;
    assert_eq!(effects.len(), 9, "a transaction for each: {effects:?}");
}

async fn an_expiry_that_takes_a_total_to_nothing() {
    let total = corrected("2019-06-21T00:00:00Z", "90");
    let effects = check_run(&[ending("p-1", "1", "80"), ending("p-1", "2", "80"), total]).await;
    assert_eq!(effects.len(), 3, "two conditions for the second: {effects:?}");
}
