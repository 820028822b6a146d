//! Every operation that writes, stopped before and after each of its effects (design §11.5); then it is delivered again,
//! when whoever died with a lease is given up.

use std::cell::RefCell;
use std::time::Duration;

use aws_lambda_events::sqs::SqsBatchResponse;
use serde_json::json;
use suites::host::OUTBOX;
use suites::orders::bodies::{push, with};
use suites::orders::credit::{but, decision};
use suites::orders::{
    BUCKET, CREDIT_RESULT, CUSTOMERS, ORDER, Orders, PARTNER_CALLBACK, Platform, TABLES, UID, furnish,
};
use world::{CrashPoints, World};

/// What differs between two runs that end in the same state: instants, ids, how many writes it took, what is sealed with a
/// nonce of its own. Of objects' keys the world masks what is drawn.
const VOLATILE: [&str; 21] = [
    "request_stamp",
    "version",
    "created_at",
    "updated_at",
    "at",
    "person",
    "order_no",
    "id",
    "work_at",
    "seq",
    "last_seq",
    "due_at",
    "next_pull_at",
    "operator_next_at",
    "credit_card_next_at",
    "device_next_at",
    "correlation_id",
    "lease_until",
    "waits_since",
    "credit_refused_at",
    "x-correlation-id",
];
/// Until nobody has a lease any more.
const LATER: Duration = Duration::from_mins(6);

suites::crash_points! {
    "credit-application", credit_application_ends_as_if_it_had_never_stopped: [
        an_application_for_credit_and_a_refusal_before_it(),
    ];
    "credit-result", credit_result_ends_as_if_it_had_never_stopped: [
        a_decision_about_credit_of_each_kind(),
        a_decision_that_changes_nothing_and_one_that_is_forbidden(),
    ];
    "operator-pull", operator_pull_ends_as_if_it_had_never_stopped: [
        a_pull_that_brings_everything(),
        a_pull_that_gives_up(),
        pulls_and_parses_until_the_order_waits_for_credit(),
    ];
    "push-order", push_order_ends_as_if_it_had_never_stopped: [
        a_push_of_a_new_order(),
        a_push_with_other_content_of_the_same_user_and_of_another(),
    ];
    "push-order-parse", push_order_parse_ends_as_if_it_had_never_stopped: [
        a_parse_that_ends_well_in_a_refusal_or_in_a_failure(),
    ];
}

/// Tries the crash points of what `run` does after `setup`, and tells the effects of the clean run.
async fn check(setup: impl AsyncFn(&Orders), run: impl AsyncFn(&Orders)) -> Vec<String> {
    let prepared = Orders::new().await;
    setup(&prepared).await;
    let platforms = RefCell::<Option<Platform>>::default();
    let begin = async || {
        let world = World::starting_at(prepared.world.time().now());
        furnish(&world);
        for table in TABLES.into_iter().chain([CUSTOMERS]) {
            prepared.world.items(table).iter().for_each(|row| world.put_item(table, row));
        }
        for message in prepared.world.messages(CREDIT_RESULT) {
            world.send(CREDIT_RESULT, &message.body, &[]);
        }
        prepared.world.objects(BUCKET).into_iter().for_each(|object| world.put_object(BUCKET, object));
        platforms.replace(Some(prepared.platform.copied_to(&world)));
        world
    };
    let deliver = async |world: &World| {
        let platform = platforms.borrow().clone().expect("a world has begun");
        run(&Orders::over(world.clone(), platform).await).await;
        // A wake-up may be lost with who dies before it: the relay wakes, too.
        world.deliver(PARTNER_CALLBACK, 10, async |_| SqsBatchResponse::default()).await;
    };
    CrashPoints::new(begin, deliver).redelivered_after(LATER).volatile(&VOLATILE).check().await
}

async fn nothing(_: &Orders) {}

async fn pushed(app: &Orders) {
    app.platform.has_all(UID);
    assert_eq!(app.push(&push()).await.status(), 2001);
}

async fn a_push_of_a_new_order() {
    let run = async |app: &Orders| assert_eq!(app.push(&push()).await.status(), 2001);
    let effects = check(nothing, run).await;
    assert_eq!(effects.len(), 2, "the object, and one transaction: {effects:#?}");
}

async fn a_push_with_other_content_of_the_same_user_and_of_another() {
    for other in [with(push(), "period", json!(6)), with(push(), "uid", json!("99000001"))] {
        let setup = async |app: &Orders| {
            pushed(app).await;
            app.platform.answers(UID, "device", suites::orders::Pulled::NotReady);
            app.pull().await.unwrap();
        };
        let run = async |app: &Orders| assert_eq!(app.push(&other).await.status(), 2001);
        let effects = check(setup, run).await;
        assert_eq!(effects.len(), 2, "{effects:#?}");
    }
}

async fn a_pull_that_brings_everything() {
    let run = async |app: &Orders| {
        app.pull().await.unwrap();
        assert_eq!(app.status(ORDER), Some(2));
    };
    let effects = check(pushed, run).await;
    assert_eq!(effects.len(), 8, "the lease, three pulls, three objects and one transaction: {effects:#?}");
}

async fn a_pull_that_gives_up() {
    let setup = async |app: &Orders| {
        assert_eq!(app.push(&push()).await.status(), 2001);
        app.world.pass(Duration::from_hours(24)).await;
    };
    let run = async |app: &Orders| {
        app.pull().await.unwrap();
        assert_eq!((app.status(ORDER), app.pull_states(ORDER).concat().as_str()), (Some(2), "222"));
    };
    let effects = check(setup, run).await;
    assert_eq!(effects.len(), 5, "{effects:#?}");
}

async fn pulls_and_parses_until_the_order_waits_for_credit() {
    let run = async |app: &Orders| {
        app.pull().await.unwrap();
        app.parse().await.unwrap();
        assert_eq!(app.status(ORDER), Some(10));
    };
    check(pushed, run).await;
}

async fn a_parse_that_ends_well_in_a_refusal_or_in_a_failure() {
    for (status, callbacks) in [(10, 0), (4, 1), (5, 1)] {
        let setup = async |app: &Orders| {
            let cid = if status == 4 { "11010120100307123X" } else { "11010119900307123X" };
            app.platform.has_all(UID);
            app.push(&with(push(), "idInfo.cid", json!(cid))).await;
            app.pull().await.unwrap();
            if status == 5 {
                app.change(ORDER, |row| row["auth_items"] = json!({"SS": ["device"]}));
            }
        };
        let run = async |app: &Orders| {
            app.parse().await.unwrap();
            assert_eq!((app.status(ORDER), app.callbacks(ORDER).len()), (Some(status), callbacks));
        };
        let effects = check(setup, run).await;
        assert_eq!(effects.len(), 2 + callbacks, "two steps, and the wake-up: {effects:#?}");
    }
}

async fn waiting(app: &Orders) {
    app.waiting_for_credit().await;
}

async fn an_application_for_credit_and_a_refusal_before_it() {
    let run = async |app: &Orders| {
        app.apply().await.unwrap();
        // Whatever was left in the outbox is the relay's.
        app.world.others_follow();
        app.relay().await.unwrap();
        assert_eq!((app.status(ORDER), app.world.items(OUTBOX).len()), (Some(11), 0));
        let commands = app.commands();
        assert!(
            !commands.is_empty() && commands.iter().all(|command| command == &commands[0]),
            "{commands:?}"
        );
    };
    let effects = check(waiting, run).await;
    assert_eq!(effects.len(), 3, "one transaction, the message, its row's end: {effects:#?}");
    let refused = async |app: &Orders| {
        waiting(app).await;
        app.knows("id_number_digest", &json!({"blacklisted": {"BOOL": true}}));
    };
    let run = async |app: &Orders| {
        app.apply().await.unwrap();
        assert_eq!((app.status(ORDER), app.callbacks(ORDER).len()), (Some(4), 1));
    };
    let effects = check(refused, run).await;
    assert_eq!(effects.len(), 2, "one transaction, and the wake-up: {effects:#?}");
}

async fn a_decision_about_credit_of_each_kind() {
    for (result, status) in [("approved", 12), ("refused", 4), ("expired", 4)] {
        let setup = async |app: &Orders| {
            app.in_review().await;
            app.world.send(CREDIT_RESULT, &decision(ORDER, result).to_string(), &[]);
        };
        let run = async |app: &Orders| {
            app.take_results().await;
            assert_eq!((app.status(ORDER), app.callbacks(ORDER).len()), (Some(status), 1));
            assert_eq!((app.history(ORDER).len(), app.messages().len()), (6, 1));
        };
        let effects = check(setup, run).await;
        assert_eq!(effects.len(), 2, "one transaction, and the wake-up: {effects:#?}");
    }
}

async fn a_decision_that_changes_nothing_and_one_that_is_forbidden() {
    for (second, effect) in [("approved", "credit_result#e-2 approved: unchanged"), ("refused", "")] {
        let setup = async |app: &Orders| {
            app.in_review().await;
            app.told(&decision(ORDER, "approved")).await;
            let again = but(decision(ORDER, second), &json!({"event_id": "e-2"}));
            app.world.send(CREDIT_RESULT, &again.to_string(), &[]);
        };
        let run = async |app: &Orders| {
            app.take_results().await;
            assert_eq!((app.status(ORDER), app.callbacks(ORDER).len()), (Some(12), 1));
            assert_eq!(app.messages().get(1).map_or("", String::as_str), effect);
        };
        let effects = check(setup, run).await;
        assert_eq!(effects.len(), 1, "a row, or a dead letter: {effects:#?}");
    }
}
