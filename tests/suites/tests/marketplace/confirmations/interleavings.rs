//! The three ways to complete a confirmation, in every order and at the same time: whoever comes first, there is one loan,
//! one application, and one step of the order.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::json;
use suites::confirmations::{
    CARDS, CONFIRMATION_TABLES, Confirmations, DEPOSITORY_EVENTS, bind, confirm, event, furnish,
};
use suites::orders::credit::but;
use suites::orders::{CUSTOMERS, ORDER, UID};
use world::{On, World};

/// Who does something to the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    /// The user confirms again, with other terms.
    Confirm,
    /// The depository tells of the account.
    Event,
    /// The job asks for it.
    Check,
    /// The user binds a card.
    Bind,
}

/// Several at once, and how long each call waits before it is carried out.
#[derive(Clone, Debug)]
struct Play {
    actors: Vec<(Actor, u8)>,
    delays: Vec<u8>,
}

fn plays() -> impl Strategy<Value = Play> {
    let actor = prop_oneof![
        3 => Just(Actor::Confirm),
        3 => Just(Actor::Event),
        3 => Just(Actor::Check),
        1 => Just(Actor::Bind),
    ];
    let actors = prop::collection::vec((actor, 0_u8..30), 2..=4);
    (actors, prop::collection::vec(0_u8..20, 60)).prop_map(|(actors, delays)| Play { actors, delays })
}

/// An order whose confirmation has waited for longer than an hour.
async fn waiting() -> Confirmations {
    let app = Confirmations::approved().await;
    assert!(app.confirm(&confirm()).await.said()["url"].is_string());
    app.world.pass(Duration::from_mins(61)).await;
    app
}

/// The same state in a world of its own.
async fn copied(prepared: &Confirmations) -> Confirmations {
    let world = World::starting_at(prepared.world.time().now());
    furnish(&world);
    for table in CONFIRMATION_TABLES.into_iter().chain([CUSTOMERS]) {
        prepared.world.items(table).iter().for_each(|row| world.put_item(table, row));
    }
    let (platform, partners) = (prepared.platform.copied_to(&world), prepared.partners.copied_to(&world));
    partners.opens(UID);
    Confirmations::over(world, platform, partners).await
}

async fn act(app: &Confirmations, actor: Actor) {
    match actor {
        Actor::Confirm => {
            let got = app.confirm(&but(confirm(), &json!({"loanAmount": 6000}))).await;
            assert_eq!(got.response, r#"{"status":4001,"remark":"accepted"}"#);
        }
        Actor::Event => {
            app.take().await;
        }
        Actor::Check => app.check().await.expect("a run"),
        Actor::Bind => assert_eq!(app.bind(&bind()).await.status(), 3001),
    }
}

/// Plays it, then lets everything that failed at contention come again.
async fn played(prepared: &Confirmations, play: &Play) -> Result<String, TestCaseError> {
    let app = copied(prepared).await;
    for (call, delay) in play.delays.iter().copied().enumerate() {
        app.world.before(On::any().after(call), async move || {
            tokio::time::sleep(Duration::from_millis(delay.into())).await;
        });
    }
    for (number, (actor, _)) in play.actors.iter().enumerate() {
        if *actor == Actor::Event {
            let told = but(event("open"), &json!({"event_id": format!("xw-{number}")}));
            app.world.send(DEPOSITORY_EVENTS, &told.to_string(), &[]);
        }
    }
    // What a function keeps between its calls is of no order, so that one process of each stands for many.
    let acts = play.actors.iter().map(async |(actor, after)| {
        tokio::time::sleep(Duration::from_millis((*after).into())).await;
        act(&app, *actor).await;
    });
    join_all(acts).await;
    app.world.pass(Duration::from_mins(15)).await;
    app.take().await;
    app.check().await.expect("a run");
    let only_bound = play.actors.iter().all(|(actor, _)| *actor == Actor::Bind);
    is_right(&app, only_bound)?;
    Ok(app.history(ORDER).pop().unwrap_or_default())
}

fn is_right(app: &Confirmations, only_bound: bool) -> Result<(), TestCaseError> {
    let applications = app.commands_of("loan_application");
    let steps = app.history(ORDER).iter().filter(|step| step.starts_with("12>1 ")).count();
    prop_assert_eq!((app.status(ORDER), app.loans().len(), applications.len(), steps), (Some(1), 1, 1, 1));
    prop_assert_eq!(&app.loans()[0]["loan_amount"]["S"], "12000.00", "the first terms stay");
    prop_assert_eq!(app.register(ORDER), Some("open".to_owned()));
    prop_assert!(app.log(ORDER).expect("a row")["completed_at"]["S"].is_string() || only_bound);
    prop_assert!(app.world.messages(DEPOSITORY_EVENTS).is_empty() && app.dead_events().is_empty());
    let has_card = !app.world.items(CARDS).is_empty();
    let told = usize::from(!applications[0]["card"].is_null()) + app.commands_of("card_bound").len();
    prop_assert_eq!((told, app.loans()[0].get("card").is_some()), (usize::from(has_card), has_card));
    Ok(())
}

#[test]
fn whatever_way_comes_first_there_is_one_loan() {
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().start_paused(true).build().expect("a runtime")
    };
    let first = runtime();
    let prepared = OnceCell::new();
    let prepared = prepared.get_or_init(|| first.block_on(waiting()));
    let mut runner = TestRunner::new(Config { cases: 32, failure_persistence: None, ..Config::default() });
    let steps = RefCell::<BTreeSet<String>>::default();
    let run = |play| {
        let step = runtime().block_on(played(prepared, &play))?;
        steps.borrow_mut().insert(step);
        Ok(())
    };
    runner.run(&plays(), run).expect("one loan in every case");
    assert!(steps.borrow().len() > 1, "it is not always the same who comes first: {steps:?}");
}

#[tokio::test(start_paused = true)]
async fn each_way_may_come_between_any_two_calls_of_another() {
    let prepared = waiting().await;
    for one in [Actor::Confirm, Actor::Event, Actor::Check] {
        for other in [Actor::Confirm, Actor::Event, Actor::Check, Actor::Bind] {
            for call in 0..9 {
                let app = copied(&prepared).await;
                let second = app.another().await;
                for actor in [one, other].into_iter().filter(|actor| *actor == Actor::Event) {
                    let told = but(event("open"), &json!({"event_id": format!("{actor:?}")}));
                    app.world.send(DEPOSITORY_EVENTS, &told.to_string(), &[]);
                }
                app.world.before(On::any().after(call), async move || act(&second, other).await);
                act(&app, one).await;
                app.world.pass(Duration::from_mins(15)).await;
                app.take().await;
                app.check().await.unwrap();
                let right = is_right(&app, false);
                assert!(right.is_ok(), "{other:?} before call {call} of {one:?}: {right:?}");
            }
        }
    }
}
