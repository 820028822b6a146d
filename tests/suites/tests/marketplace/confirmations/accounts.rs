//! depository-events and depository-check (item 13; §10, Depository): what follows when there is an account, or none.

use std::time::Duration;

use serde_json::{Value, json};
use suites::confirmations::{
    Confirmations, DEPOSITORY_EVENTS, LOGS, REGISTERS, XW, XwSays, bind, confirm, event,
};
use suites::marketplace::channels::AES;
use suites::orders::credit::but;
use suites::orders::{ORDER, ORDERS, UID};
use world::{Fault, On};

/// Past the hour of a page.
const LATER: Duration = Duration::from_mins(61);

/// An order whose confirmation waits for an account.
async fn waiting() -> Confirmations {
    let app = Confirmations::approved().await;
    assert!(app.confirm(&confirm()).await.said()["url"].is_string());
    app
}

fn is_confirmed_by(app: &Confirmations, function: &str) {
    assert_eq!((app.status(ORDER), app.loans().len()), (Some(1), 1));
    assert_eq!(app.commands_of("loan_application").len(), 1);
    assert_eq!(app.history(ORDER).pop().unwrap(), format!("12>1 {function}: loan confirmed"));
    assert_eq!(app.register(ORDER).as_deref(), Some("open"));
    assert!(app.log(ORDER).unwrap()["completed_at"]["S"].is_string());
    assert!(app.callbacks(ORDER).iter().all(|(kind, _)| kind == "audit"), "no callback of it");
}

/// Everything that these functions write.
fn everything(app: &Confirmations) -> Vec<Vec<Value>> {
    [ORDERS, LOGS, REGISTERS, "cl_borrow", "third_order_history"].map(|table| app.world.items(table)).to_vec()
}

#[tokio::test(start_paused = true)]
async fn an_account_that_is_told_of_completes_what_waits_at_once() {
    let app = waiting().await;
    app.tell(&event("open")).await;
    is_confirmed_by(&app, "depository-events");
    assert_eq!((app.outcomes().pop().as_deref(), app.world.received(XW).len()), (Some("confirmed"), 1));
    let after = everything(&app);
    for again in [event("open"), but(event("open"), &json!({"event_id": "xw-2"})), event("failed")] {
        app.tell(&again).await;
        assert_eq!((everything(&app), app.outcomes().pop().as_deref()), (after.clone(), Some("unchanged")));
    }
    assert_eq!(app.confirm(&confirm()).await.response, r#"{"status":4001,"remark":"accepted"}"#);
}

#[tokio::test(start_paused = true)]
async fn the_job_finds_an_account_that_nobody_told_of() {
    let app = waiting().await;
    app.partners.opens(UID);
    app.world.pass(Duration::from_mins(59)).await;
    app.check().await.unwrap();
    assert_eq!((app.status(ORDER), app.world.received(XW).len()), (Some(12), 1), "its hour is not over");
    app.world.pass(Duration::from_mins(1)).await;
    app.check().await.unwrap();
    is_confirmed_by(&app, "depository-check");
    let (after, asked) = (everything(&app), app.world.received(XW).len());
    app.check().await.unwrap();
    app.tell(&event("open")).await;
    assert_eq!((everything(&app), app.world.received(XW).len()), (after, asked));
}

#[tokio::test(start_paused = true)]
async fn a_run_is_for_the_time_that_it_was_scheduled_for() {
    let app = waiting().await;
    app.partners.opens(UID);
    let scheduled = json!({"time": "2018-08-08T07:40:00Z", "id": "run-1"});
    app.check_within(&scheduled, Duration::from_secs(50)).await.unwrap();
    is_confirmed_by(&app, "depository-check");
}

#[tokio::test(start_paused = true)]
async fn without_an_account_after_an_hour_it_is_timed_out_and_nobody_is_told() {
    let app = waiting().await;
    let log = app.log(ORDER);
    app.world.pass(LATER).await;
    app.check().await.unwrap();
    assert_eq!((app.register(ORDER).as_deref(), app.status(ORDER)), (Some("timed_out"), Some(12)));
    assert_eq!((app.log(ORDER), app.counted("depository_timed_out")), (log, 1));
    assert_eq!((app.callbacks(ORDER).len(), app.logged("WARN").len()), (1, 1));
    assert!(app.register_row(ORDER).unwrap().get("due_at").is_none(), "it is not looked at again");
    let asked = app.world.received(XW).len();
    app.check().await.unwrap();
    assert_eq!((app.world.received(XW).len(), app.counted("depository_timed_out")), (asked, 1));
    // The account comes late.
    app.tell(&event("open")).await;
    is_confirmed_by(&app, "depository-events");
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_is_told_of_allows_another_confirmation() {
    let app = waiting().await;
    app.tell(&event("failed")).await;
    assert_eq!((app.register(ORDER).as_deref(), app.status(ORDER)), (Some("failed"), Some(12)));
    assert_eq!(app.outcomes().pop().as_deref(), Some("noted"));
    let after = everything(&app);
    app.tell(&event("failed")).await;
    app.world.pass(LATER).await;
    app.check().await.unwrap();
    assert_eq!(everything(&app), after, "it waits no more");
    assert!(app.confirm(&confirm()).await.said()["url"].is_string());
    assert_eq!(app.register(ORDER).as_deref(), Some("waiting"));
    // What is told again is about the page before.
    app.tell(&event("failed")).await;
    assert_eq!(app.register(ORDER).as_deref(), Some("waiting"));
    app.tell(&event("open")).await;
    is_confirmed_by(&app, "depository-events");
}

#[tokio::test(start_paused = true)]
async fn of_orders_without_a_confirmation_the_account_is_noted() {
    for by_event in [true, false] {
        let app = Confirmations::approved().await;
        assert_eq!(app.bind(&bind()).await.status(), 3004);
        app.partners.opens(UID);
        app.world.pass(LATER).await;
        if by_event {
            app.tell(&event("open")).await;
            assert_eq!(app.outcomes().pop().as_deref(), Some("noted"));
        } else {
            app.check().await.unwrap();
        }
        assert_eq!((app.register(ORDER).as_deref(), app.status(ORDER)), (Some("open"), Some(12)));
        assert!(app.loans().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_account_is_that_of_every_order_of_the_user_in_every_channel() {
    let app = waiting().await;
    app.approve(AES, ORDER).await;
    app.approve("840", "120523").await;
    app.approve("840", "120524").await;
    app.call("confirmLoan", AES, &confirm()).await;
    app.confirm(&but(confirm(), &json!({"orderId": "120523"}))).await;
    app.bind(&but(bind(), &json!({"orderId": "120524"}))).await;
    assert_eq!(app.world.items(REGISTERS).len(), 4);
    app.tell(&event("open")).await;
    assert_eq!((app.loans().len(), app.commands_of("loan_application").len()), (3, 3));
    assert!(app.world.items(REGISTERS).iter().all(|row| row["state"]["S"] == "open"));
    assert_eq!(["120523", "120524"].map(|order| app.status(order)), [Some(1), Some(12)]);
}

#[tokio::test(start_paused = true)]
async fn whom_nobody_knows_is_handled_and_what_is_no_event_is_dead() {
    let app = waiting().await;
    let whom_nobody_knows = json!({"uid": "99000001", "event_id": "事".repeat(200)});
    app.tell(&but(event("open"), &whom_nobody_knows)).await;
    assert_eq!(app.outcomes().pop().as_deref(), Some("unknown_user"));
    for (wrong, _) in [
        (json!({"state": "none"}), "unknown_state"),
        (json!({"uid": "a b"}), "bad_uid"),
        (json!({"uid": null}), "incomplete"),
        (json!({"occurred_at": "yesterday"}), "bad_time"),
        (json!({"event_id": "x".repeat(201)}), "too_long"),
    ] {
        app.tell(&but(event("open"), &wrong)).await;
    }
    app.tell(&json!([])).await;
    let reasons = app.dead_events();
    assert_eq!(reasons, ["unknown_state", "bad_uid", "incomplete", "bad_time", "too_long", "unreadable"]);
    assert_eq!((app.status(ORDER), app.world.messages(DEPOSITORY_EVENTS).len()), (Some(12), 0));
}

#[tokio::test(start_paused = true)]
async fn who_may_not_borrow_any_more_stays_where_they_are() {
    for by_event in [true, false] {
        let app = waiting().await;
        app.partners.opens(UID);
        app.knows("id_number_digest", &json!({"blacklisted": {"BOOL": true}}));
        app.world.pass(LATER).await;
        if by_event {
            app.tell(&event("open")).await;
        } else {
            app.check().await.unwrap();
        }
        assert_eq!((app.register(ORDER).as_deref(), app.status(ORDER)), (Some("open"), Some(12)));
        assert_eq!((app.loans().len(), app.counted("confirmation_refused")), (0, 1));
        assert_eq!((app.callbacks(ORDER).len(), app.commands_of("loan_application").len()), (1, 0));
        assert_eq!(app.confirm(&confirm()).await.status(), 4003);
    }
}

#[tokio::test(start_paused = true)]
async fn the_card_that_is_bound_meanwhile_goes_with_it() {
    for by_event in [true, false] {
        let app = waiting().await;
        app.bind(&bind()).await;
        app.partners.opens(UID);
        app.world.pass(LATER).await;
        if by_event {
            app.tell(&event("open")).await;
        } else {
            app.check().await.unwrap();
        }
        assert_eq!(app.commands_of("loan_application")[0]["card"]["card_ref"], "card-1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_depository_that_does_not_say_is_asked_again_by_the_next_run() {
    for says in [XwSays::Fails, XwSays::Hangs, XwSays::Garbage, XwSays::NotFound] {
        let app = waiting().await;
        app.partners.opens(UID);
        app.partners.xw_says(says);
        app.world.pass(LATER).await;
        let before = everything(&app);
        app.check().await.unwrap();
        assert_eq!((everything(&app), app.counted("depository_check_failed")), (before, 1), "{says:?}");
        app.partners.xw_says(XwSays::Truth);
        app.check().await.unwrap();
        is_confirmed_by(&app, "depository-check");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_of_ours_lets_it_be_done_again() {
    for (on, fault) in [
        (On::call("GetItem").to(ORDERS), Fault::InternalError),
        (On::call("Query").to("rongshu_customers"), Fault::InternalError),
        (On::call("TransactWriteItems"), Fault::InternalError),
        (On::call("TransactWriteItems"), Fault::ResetAfterEffect),
        (On::call("TransactWriteItems").times(2), Fault::TransactionConflict),
    ] {
        let app = waiting().await;
        app.world.fail(on.clone(), fault);
        app.tell(&event("open")).await;
        app.world.pass(Duration::from_mins(15)).await;
        app.take().await;
        // Of a transaction whose answer is lost the relay sends the command.
        app.relay().await.unwrap();
        is_confirmed_by(&app, "depository-events");
        assert_eq!((app.world.messages(DEPOSITORY_EVENTS).len(), app.dead_events().len()), (0, 0));
        let app = waiting().await;
        app.partners.opens(UID);
        app.world.pass(LATER).await;
        app.world.fail(on, fault);
        app.check().await.unwrap();
        app.check().await.unwrap();
        app.relay().await.unwrap();
        is_confirmed_by(&app, "depository-check");
    }
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_cannot_be_read_fails_the_run_and_a_run_stops_in_time() {
    let app = waiting().await;
    app.partners.opens(UID);
    app.world.pass(LATER).await;
    app.world.fail(On::call("Query").to(REGISTERS), Fault::InternalError);
    assert!(app.check().await.is_err(), "the alarm is to see it");
    app.check().await.unwrap();
    is_confirmed_by(&app, "depository-check");
    let app = waiting().await;
    app.partners.opens(UID);
    app.world.pass(LATER).await;
    app.check_within(&json!({}), Duration::from_secs(17)).await.unwrap();
    assert_eq!(app.status(ORDER), Some(12));
}

#[tokio::test(start_paused = true)]
async fn many_pages_are_asked_for_and_one_that_cannot_be_judged_holds_nobody_up() {
    let app = Confirmations::new().await;
    app.platform.has_all(UID);
    for number in 1..=12 {
        app.approve("840", &number.to_string()).await;
        app.confirm(&but(confirm(), &json!({"orderId": number}))).await;
    }
    app.change("3", |row| row["person_key_id"] = json!({"S": "gone"}));
    app.partners.opens(UID);
    app.world.pass(LATER).await;
    app.check().await.unwrap();
    assert_eq!((app.loans().len(), app.status("3")), (11, Some(12)));
    assert_eq!((app.counted("depository_check_failed"), app.register("3").as_deref()), (1, Some("waiting")));
    app.tell(&event("open")).await;
    assert_eq!(app.world.messages(DEPOSITORY_EVENTS).len(), 1, "it comes again");
}
