//! Every operation that writes, stopped before and after each of its effects and delivered again, ends in
//! the clean run's state (design §11.5).

use std::time::Duration;

use serde_json::json;
use suites::instalment::{Instalment, QUEUE};
use world::{CrashPoints, World};

/// What differs between two runs that end in the same state.
const VOLATILE: [&str; 5] = ["request_stamp", "updated_at", "created_at", "expires_at", "sent_at"];
/// The same where an event tells of it, under an id and at an instant of its own.
const VOLATILE_TOLD: [&str; 6] =
    ["request_stamp", "updated_at", "created_at", "event_id", "occurred_at", "correlation_id"];

suites::crash_points! {
    "contract-events", contract_events_ends_as_if_it_had_never_stopped: [
        contract_events_that_refuses_a_message(),
        contract_events_that_opens_the_first_row(),
        contract_events_that_fills_a_number_in(),
        contract_events_that_changes_a_row(),
        contract_events_that_changes_nothing(),
    ];
    "get-status", get_status_ends_as_if_it_had_never_stopped: [
        get_status_that_closes(),
    ];
    "renew-contract", renew_contract_ends_as_if_it_had_never_stopped: [
        renew_contract_that_opens_an_application(),
        renew_contract_that_closes_first(),
    ];
}

fn event(number: Option<&str>, state: &str) -> String {
    json!({
        "event_id": "e-1", "type": "contract_upserted", "client_id": "c-1", "contract_number": number,
        "state": state, "occurred_at": "2026-01-02T03:04:05Z",
    })
    .to_string()
}

/// A world whose queue holds one message for a client that has a contract in this state, if any.
fn with_message(row: Option<(Option<&str>, &str)>, message: &str) -> World {
    let app = Instalment::new();
    if let Some((number, state)) = row {
        app.contract("c-1", 1, number, state);
    }
    app.world.send(QUEUE, message, &[]);
    app.world.clone()
}

async fn deliver(world: &World) {
    Instalment::over(world.clone()).deliver().await;
}

/// Checks a message's crash points, and tells how many effects its handling has: the queue's own deletion
/// of the message is Lambda's, and comes after all of them.
async fn check(row: Option<(Option<&str>, &str)>, message: &str) -> usize {
    let points = CrashPoints::new(async || with_message(row, message), deliver)
        .redelivered_after(Duration::from_mins(4))
        .volatile(&VOLATILE);
    points.check().await.len()
}

async fn get_status_that_closes() {
    let setup = async || {
        let app = Instalment::new();
        app.contract("c-1", 1, Some("77-1"), "active");
        app.line("77-1", "CLOSED", "1", "1");
        app.world.clone()
    };
    let visit = async |world: &World| {
        let app = Instalment::over(world.clone());
        app.status("c-1").await;
        world.others_follow();
        app.relay().await.expect("nothing is left");
    };
    let effects = CrashPoints::new(setup, visit).volatile(&VOLATILE_TOLD).check().await;
    assert_eq!(effects.len(), 4, "the question to MKK, the transaction, the event, the delete: {effects:?}");
}

/// Checks a renewal's crash points, and tells how many effects it has.
async fn check_renewal(state: &str) -> usize {
    let setup = async || {
        let app = Instalment::new();
        app.contract("c-1", 1, Some("77-1"), state);
        app.line("77-1", "CLOSED", "1", "1");
        app.world.clone()
    };
    let renew = async |world: &World| {
        let app = Instalment::over(world.clone());
        app.renew("c-1").await;
        world.others_follow();
        app.relay().await.expect("nothing is left");
    };
    CrashPoints::new(setup, renew).volatile(&VOLATILE_TOLD).check().await.len()
}

async fn renew_contract_that_opens_an_application() {
    assert_eq!(check_renewal("CLOSED").await, 3, "the transaction, the event, the delete");
}

async fn renew_contract_that_closes_first() {
    assert_eq!(
        check_renewal("active").await,
        7,
        "the question to MKK, and both transactions with event and delete"
    );
}

async fn contract_events_that_refuses_a_message() {
    // A crash between the copy and the message's deletion makes a second copy, which `source_message_id` tells.
    assert_eq!(check(None, "garbage").await, 1, "the copy in the dead-letter queue");
}

async fn contract_events_that_opens_the_first_row() {
    assert_eq!(check(None, &event(Some("77-1"), "active")).await, 1);
}

async fn contract_events_that_fills_a_number_in() {
    assert_eq!(check(Some((None, "init")), &event(Some("77-1"), "active")).await, 1);
}

async fn contract_events_that_changes_a_row() {
    assert_eq!(check(Some((Some("77-1"), "active")), &event(Some("77-1"), "cancel")).await, 1);
}

async fn contract_events_that_changes_nothing() {
    assert_eq!(check(Some((Some("77-1"), "CLOSED")), &event(Some("77-1"), "active")).await, 1);
}
