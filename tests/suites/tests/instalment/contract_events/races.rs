//! Events that arrive at the same time, and a database that is contended or fails.

use futures_util::future::join_all;
use suites::instalment::{CONTRACTS, DEAD_LETTERS, Instalment, QUEUE};
use world::{Fault, On};

use super::{event, row, rows, tell};

/// Sends the messages and has each handled by a function of its own, all of which meet at their first write.
async fn tell_at_once(app: &Instalment, messages: &[serde_json::Value]) {
    for message in messages {
        app.world.send(QUEUE, &message.to_string(), &[]);
    }
    app.world.meet(On::call("TransactWriteItems"), messages.len());
    let consumers = messages.iter().map(|_| app.deliver_one());
    join_all(consumers).await;
}

#[tokio::test(start_paused = true)]
async fn two_first_events_of_a_client_open_one_row_each_for_its_number() {
    let app = Instalment::new();
    tell_at_once(
        &app,
        &[event("e-1", "c-1", Some("77-1"), "active", 1), event("e-2", "c-1", Some("77-2"), "active", 2)],
    )
    .await;
    let mut found = rows(&app, "c-1");
    found.sort();
    assert_eq!(found, [row("active", "77-1"), row("active", "77-2")]);
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn two_events_with_the_same_new_number_end_in_one_row_with_the_later_state() {
    for (first, second) in [(1, 2), (2, 1)] {
        let app = Instalment::new();
        tell_at_once(
            &app,
            &[
                event("e-1", "c-1", Some("77-1"), "signing", first),
                event("e-2", "c-1", Some("77-1"), "active", second),
            ],
        )
        .await;
        let later = if second > first { "active" } else { "signing" };
        assert_eq!(rows(&app, "c-1"), [row(later, "77-1")]);
        assert!(app.is_quiet());
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_clients_that_claim_one_number_one_gets_it_and_the_other_is_refused() {
    let app = Instalment::new();
    tell_at_once(
        &app,
        &[event("e-1", "c-1", Some("77-1"), "active", 1), event("e-1", "c-2", Some("77-1"), "active", 1)],
    )
    .await;
    assert_eq!(app.world.items(CONTRACTS).len(), 1);
    assert_eq!(app.world.messages(DEAD_LETTERS).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_same_event_delivered_twice_at_once_is_applied_once() {
    let app = Instalment::new();
    let message = event("e-1", "c-1", Some("77-1"), "active", 1);
    tell_at_once(&app, &[message.clone(), message]).await;
    assert_eq!(app.world.items(CONTRACTS)[0]["version"]["N"], "1");
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_races_with_a_closing_never_reopens_the_row() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    app.line("77-1", "CLOSED", "1", "1");
    app.world.send(QUEUE, &event("e-1", "c-1", Some("77-1"), "cancel", 1).to_string(), &[]);
    app.world.meet(On::call("Query"), 2);
    futures_util::join!(app.deliver_one(), app.status("c-1"));
    assert_eq!(rows(&app, "c-1"), [row("CLOSED", "77-1")]);
}

#[tokio::test(start_paused = true)]
async fn a_closing_between_the_read_and_the_write_of_an_event_wins() {
    let app = Instalment::new();
    app.contract("c-1", 1, Some("77-1"), "active");
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems"), move || async move {
        let mut row = world.items(CONTRACTS)[0].clone();
        row["state"]["S"] = "CLOSED".into();
        row["version"]["N"] = "2".into();
        world.put_item(CONTRACTS, &row);
    });
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 1)).await;
    assert_eq!(rows(&app, "c-1"), [row("CLOSED", "77-1")]);
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn a_conflicting_transaction_is_tried_again() {
    let app = Instalment::new();
    app.world.fail(On::call("TransactWriteItems").times(3), Fault::TransactionConflict);
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 1)).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    assert!(app.is_quiet());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_meets_others_at_every_try_comes_again_and_is_logged_with_what_they_did() {
    let app = Instalment::new();
    app.world.fail(On::call("TransactWriteItems").times(5), Fault::Throttled);
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 1)).await;
    assert_eq!(app.outcomes(), ["retry"]);
    let cause = app.logged("WARN")[0]["cause"].as_str().unwrap().to_owned();
    assert!(cause.contains("ProvisionedThroughputExceededException"), "{cause}");
}

#[tokio::test(start_paused = true)]
async fn a_number_is_taken_only_if_nothing_else_stood_in_the_way() {
    let reasons: [&[&str]; 3] = [
        &["None", "TransactionConflict", "ConditionalCheckFailed"],
        &["TransactionConflict", "None", "ConditionalCheckFailed"],
        &["None", "None", "ConditionalCheckFailed"],
    ];
    for reasons in reasons {
        let app = Instalment::new();
        app.world.fail(On::call("TransactWriteItems"), Fault::Cancelled(reasons));
        tell(&app, event("e-1", "c-1", Some("77-1"), "active", 1)).await;
        assert_eq!(rows(&app, "c-1"), [row("active", "77-1")], "{reasons:?}");
        assert!(app.is_quiet(), "{reasons:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_transaction_whose_answer_is_lost_is_known_by_its_stamp_when_the_sdk_repeats_it() {
    let app = Instalment::new().with_sdk_retries();
    app.world.fail(On::call("TransactWriteItems"), Fault::InternalErrorAfterEffect);
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 1)).await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    assert_eq!(app.outcomes(), ["applied"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_whose_transaction_took_effect_unseen_is_a_repeat_when_it_comes_again() {
    let app = Instalment::new();
    app.world.fail(On::call("TransactWriteItems"), Fault::ResetAfterEffect);
    tell(&app, event("e-1", "c-1", Some("77-1"), "active", 1)).await;
    assert_eq!(app.world.messages(QUEUE).len(), 1);
    app.world.pass(std::time::Duration::from_secs(10)).await;
    app.deliver().await;
    assert_eq!(rows(&app, "c-1"), [row("active", "77-1")]);
    assert_eq!(app.outcomes(), ["retry", "repeated"]);
    assert!(app.is_quiet());
}
