//! A process may die between any two effects: between commit and sending, between sending and deleting, in the relay.
//! What was committed goes out, and no row is left (design §11.5).

use std::time::Duration;

use platform::outbox::Outbox;
use suites::delivery::{BUS, Delivery, OTHER_QUEUE, OUTBOX, furnish};
use world::{CrashPoints, Queue, World};

use crate::callbacks::crash_points::the_relay_and_the_worker_it_wakes;

/// What differs between two runs that end in the same state.
const VOLATILE: [&str; 3] = ["request_stamp", "event_id", "occurred_at"];

suites::crash_points! {
    "outbox-relay", outbox_relay_ends_as_if_it_had_never_stopped: [
        an_operation_that_sends_what_it_has_committed(),
        an_operation_that_leaves_everything_to_the_relay(),
        a_relay_that_sends_to_each_of_its_queues(),
        the_relay_and_the_worker_it_wakes(),
    ];
}

/// An operation that tells two queues and the bus, and the next run of the relay.
async fn operate_and_relay(world: &World, of: fn(&Delivery) -> Outbox) {
    let app = Delivery::over(world.clone());
    let tells = |scope: &_| {
        vec![
            app.message(scope, "a"),
            app.message(scope, "b"),
            app.message_to(OTHER_QUEUE, scope, "c"),
            app.event(scope, "77-1"),
        ]
    };
    app.operate(&of(&app), "closed", tells).await;
    app.let_become_due().await;
    app.relay().await.expect("nothing is left");
}

/// To where the relay sends for the contexts.
const QUEUES: [&str; 2] = ["infor-outbound", "core-commands"];

async fn a_relay_that_sends_to_each_of_its_queues() {
    let setup = async || {
        let prepared = Delivery::new();
        let scope = prepared.scope();
        let messages = QUEUES.map(|queue| prepared.message_to(queue, &scope, "a"));
        assert!(prepared.commit(&scope, "closed", &messages).await);
        let world = World::new();
        furnish(&world);
        for queue in QUEUES {
            world.queue(Queue::new(queue));
        }
        prepared.world.items(OUTBOX).iter().for_each(|row| world.put_item(OUTBOX, row));
        world
    };
    let run = async |world: &World| {
        let app = Delivery::over(world.clone());
        app.let_become_due().await;
        app.relay().await.expect("nothing is left");
    };
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_secs(1)).volatile(&VOLATILE);
    assert_eq!(points.check().await.len(), 3, "two sendings, and the deletion");
}

/// Checks the crash points, and tells how many effects there are.
async fn check(of: fn(&Delivery) -> Outbox) -> usize {
    let setup = async || {
        let world = World::new();
        furnish(&world);
        world
    };
    let run = async |world: &World| operate_and_relay(world, of).await;
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_secs(1)).volatile(&VOLATILE);
    points.check().await.len()
}

async fn an_operation_that_sends_what_it_has_committed() {
    assert_eq!(check(|app| app.outbox.clone()).await, 5, "the transaction, three sendings, the deletion");
}

async fn an_operation_that_leaves_everything_to_the_relay() {
    assert_eq!(check(Delivery::outbox_alone).await, 5, "the transaction; the relay's sendings and deletion");
}

#[tokio::test(start_paused = true)]
async fn the_clean_run_has_told_everything_once() {
    let world = World::new();
    furnish(&world);
    operate_and_relay(&world, |app| app.outbox.clone()).await;
    let app = Delivery::over(world);
    assert_eq!((app.told(), app.rows().len()), (vec!["a".into(), "b".into()], 0));
    assert_eq!((app.world.messages(OTHER_QUEUE).len(), app.world.events(BUS).len()), (1, 1));
}
