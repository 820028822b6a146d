//! Every operation, stopped before and after each of its effects (design §11.5), and delivered again.

use std::cell::RefCell;
use std::time::Duration;

use serde_json::json;
use suites::confirmations::{
    CONFIRMATION_TABLES, Confirmations, DEPOSITORY_EVENTS, Partners, bind, confirm, event, furnish,
};
use suites::host::OUTBOX;
use suites::orders::{CUSTOMERS, ORDER, Platform, UID};
use world::{CrashPoints, World};

/// What differs between two runs that end in the same state: instants, ids, how many writes it took, what is sealed with a
/// nonce of its own.
const VOLATILE: [&str; 13] = [
    "request_stamp",
    "version",
    "created_at",
    "updated_at",
    "at",
    "person",
    "order_no",
    "id",
    "bound_at",
    "started_at",
    "completed_at",
    "due_at",
    "x-correlation-id",
];
/// Until a message is visible again.
const LATER: Duration = Duration::from_mins(4);

suites::crash_points! {
    "bind-card", bind_card_ends_as_if_it_had_never_stopped: [
        a_binding_before_and_after_the_confirmation_with_and_without_an_account(),
        a_card_that_is_known(),
    ];
    "confirm-loan", confirm_loan_ends_as_if_it_had_never_stopped: [
        a_confirmation_with_an_account(),
        a_confirmation_without_an_account(),
    ];
    "depository-check", depository_check_ends_as_if_it_had_never_stopped: [
        an_account_that_is_told_of_or_asked_for(false),
        a_page_that_times_out_or_failed("timed_out"),
    ];
    "depository-events", depository_events_ends_as_if_it_had_never_stopped: [
        an_account_that_is_told_of_or_asked_for(true),
        a_page_that_times_out_or_failed("failed"),
        an_event_that_is_refused(),
    ];
}

/// Tries the crash points of what `run` does after `setup`, and tells the effects of the clean run.
async fn check(setup: impl AsyncFn(&Confirmations), run: impl AsyncFn(&Confirmations)) -> Vec<String> {
    let prepared = Confirmations::approved().await;
    setup(&prepared).await;
    let others = RefCell::<Option<(Platform, Partners)>>::default();
    let begin = async || {
        let world = World::starting_at(prepared.world.time().now());
        furnish(&world);
        for table in CONFIRMATION_TABLES.into_iter().chain([CUSTOMERS]) {
            prepared.world.items(table).iter().for_each(|row| world.put_item(table, row));
        }
        for message in prepared.world.messages(DEPOSITORY_EVENTS) {
            world.send(DEPOSITORY_EVENTS, &message.body, &[]);
        }
        others.replace(Some((prepared.platform.copied_to(&world), prepared.partners.copied_to(&world))));
        world
    };
    let deliver = async |world: &World| {
        let (platform, partners) = others.borrow().clone().expect("a world has begun");
        let app = Confirmations::over(world.clone(), platform, partners).await;
        run(&app).await;
        // Whatever was left in the outbox is the relay's.
        world.others_follow();
        app.relay().await.unwrap();
        assert!(app.world.items(OUTBOX).is_empty());
        let commands = app.commands();
        assert!(commands.iter().all(|command| *command == commands[0]), "{commands:?}");
    };
    CrashPoints::new(begin, deliver).redelivered_after(LATER).volatile(&VOLATILE).check().await
}

fn opens(app: &Confirmations) {
    app.partners.opens(UID);
}

async fn waits(app: &Confirmations) {
    assert_eq!(app.confirm(&confirm()).await.status(), 4001);
    app.world.pass(Duration::from_mins(61)).await;
}

fn is_confirmed(app: &Confirmations) {
    let steps = app.history(ORDER).iter().filter(|step| step.starts_with("12>1 ")).count();
    assert_eq!((app.status(ORDER), app.loans().len(), steps), (Some(1), 1, 1));
}

async fn a_confirmation_with_an_account() {
    let run = async |app: &Confirmations| {
        assert_eq!(app.confirm(&confirm()).await.response, r#"{"status":4001,"remark":"accepted"}"#);
        is_confirmed(app);
    };
    let effects = check(async |app: &Confirmations| opens(app), run).await;
    let expected = "the question, one transaction, the message, its row's end";
    assert_eq!(effects.len(), 4, "{expected}: {effects:#?}");
}

async fn a_confirmation_without_an_account() {
    let run = async |app: &Confirmations| {
        assert!(app.confirm(&confirm()).await.said()["url"].is_string());
        assert_eq!((app.status(ORDER), app.register(ORDER).as_deref()), (Some(12), Some("waiting")));
    };
    let effects = check(async |_: &Confirmations| {}, run).await;
    assert_eq!(effects.len(), 2, "the question, and one transaction: {effects:#?}");
}

async fn an_account_that_is_told_of_or_asked_for(by_event: bool) {
    let setup = async |app: &Confirmations| {
        waits(app).await;
        opens(app);
        if by_event {
            app.world.send(DEPOSITORY_EVENTS, &event("open").to_string(), &[]);
        }
    };
    let run = async |app: &Confirmations| {
        if by_event {
            app.take().await;
        } else {
            app.check().await.unwrap();
        }
        is_confirmed(app);
    };
    let effects = check(setup, run).await;
    let expected = "one transaction, the message, its row's end; who was not told has asked";
    assert_eq!(effects.len(), if by_event { 3 } else { 4 }, "{expected}: {effects:#?}");
}

async fn a_page_that_times_out_or_failed(state: &str) {
    let setup = async |app: &Confirmations| {
        waits(app).await;
        if state == "failed" {
            app.world.send(DEPOSITORY_EVENTS, &event("failed").to_string(), &[]);
        }
    };
    let run = async |app: &Confirmations| {
        if state == "failed" {
            app.take().await;
        } else {
            app.check().await.unwrap();
        }
        assert_eq!(app.register(ORDER).as_deref(), Some(state));
    };
    let effects = check(setup, run).await;
    assert_eq!(effects.len(), if state == "failed" { 1 } else { 2 }, "{effects:#?}");
}

async fn an_event_that_is_refused() {
    let setup = async |app: &Confirmations| app.world.send(DEPOSITORY_EVENTS, "garbage", &[]);
    let run = async |app: &Confirmations| {
        app.take().await;
    };
    let effects = check(setup, run).await;
    assert_eq!(effects.len(), 1, "the copy in the dead-letter queue: {effects:#?}");
}

async fn a_binding_before_and_after_the_confirmation_with_and_without_an_account() {
    for (is_confirmed, has_account) in [(false, true), (false, false), (true, true)] {
        let setup = async |app: &Confirmations| {
            if has_account {
                opens(app);
            }
            if is_confirmed {
                app.confirm(&confirm()).await;
            }
        };
        let run = async |app: &Confirmations| {
            let expected = if has_account { 3001 } else { 3004 };
            assert_eq!(app.bind(&bind()).await.status(), expected);
            assert_eq!(app.partners.bound().len(), 1);
        };
        let effects = check(setup, run).await;
        let expected = if is_confirmed { 5 } else { 3 };
        assert_eq!(
            effects.len(),
            expected,
            "both are asked; one transaction, the message, its end: {effects:#?}"
        );
    }
}

async fn a_card_that_is_known() {
    let setup = async |app: &Confirmations| {
        opens(app);
        app.bind(&bind()).await;
        app.bind(&suites::orders::credit::but(bind(), &json!({"bankCardNum": "622202020001"}))).await;
    };
    let run = async |app: &Confirmations| assert_eq!(app.bind(&bind()).await.status(), 3001);
    let effects = check(setup, run).await;
    assert_eq!(effects.len(), 2, "the question, and one transaction: {effects:#?}");
}
