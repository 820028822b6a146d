//! Crashes between effects.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use futures_util::FutureExt;
use world::{CrashPoints, Crashed, Queue, Reply, World};

use crate::support::{call_partner, dynamo, put_state, sqs, world_with_contracts};

const VISIBILITY: Duration = Duration::from_secs(30);

/// Two effects: the state, then a message about it.
async fn close_and_tell(world: &World) {
    let _ = put_state(&dynamo(world), "CLOSED").await;
    let tell = sqs(world).send_message().queue_url(World::queue_url("told")).message_body("closed");
    tell.send().await.expect("the message");
}

async fn world() -> World {
    let world = world_with_contracts();
    world.queue(Queue::new("told"));
    world.queue(Queue::new("events").visibility(VISIBILITY));
    world.partner("http://mkk.test", |_| Reply::new(200, ""));
    world
}

#[tokio::test(start_paused = true)]
async fn a_crash_before_an_effect_prevents_it() {
    let world = world().await;
    world.crash_before(2);
    assert_eq!(world.run_until_crash(close_and_tell(&world)).await, Err(Crashed));
    assert_eq!((world.items("contracts").len(), world.messages("told").len()), (1, 0));
    let update = "UpdateItem contracts client_id=c-1 sequence=1 -> 200";
    assert_eq!(world.effects(), [update, "SendMessage told -> crash"]);
}

#[tokio::test(start_paused = true)]
async fn a_crash_after_an_effect_lets_it_stand() {
    let world = world().await;
    world.crash_after(1);
    assert_eq!(world.run_until_crash(close_and_tell(&world)).await, Err(Crashed));
    assert_eq!((world.items("contracts").len(), world.messages("told").len()), (1, 0));
    assert_eq!(world.run_until_crash(close_and_tell(&world)).await, Ok(()), "it dies once");
    assert_eq!(world.messages("told").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_crash_stops_what_runs_beside_it() {
    let world = world().await;
    world.crash_before(1);
    let both = Box::pin(async { tokio::join!(close_and_tell(&world), close_and_tell(&world)) });
    assert!(world.run_until_crash(both).await.is_err());
    assert_eq!((world.items("contracts").len(), world.messages("told").len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_time_out_cannot_outlive_the_crash() {
    let world = world().await;
    world.crash_after(1);
    let patient = tokio::time::timeout(Duration::ZERO, call_partner(&world, "GET", "http://mkk.test/", ""));
    assert!(world.run_until_crash(patient).await.is_err());
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "a client of a process that has crashed")]
async fn the_clients_of_a_dead_process_are_dead() {
    let world = world().await;
    let client = dynamo(&world);
    world.crash_before(1);
    let _ = world.run_until_crash(put_state(&client, "CLOSED")).await;
    let _ = put_state(&client, "CLOSED").await;
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_can_be_repeated_passes_at_every_crash_point() {
    let effects = CrashPoints::new(world, close_and_tell).check().await;
    assert_eq!(effects.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_operation_that_forgets_its_second_effect_is_found_out() {
    let forgetful = async |world: &World| {
        if put_state(&dynamo(world), "CLOSED").await.is_ok() {
            let tell = sqs(world).send_message().queue_url(World::queue_url("told")).message_body("closed");
            tell.send().await.expect("the message");
        }
    };
    let check = CrashPoints::new(world, forgetful);
    let panic = AssertUnwindSafe(check.check()).catch_unwind().await.expect_err("it is found out");
    let message = panic.downcast_ref::<String>().expect("a message");
    assert!(
        message.starts_with("After(1) (UpdateItem contracts client_id=c-1 sequence=1 -> 200)"),
        "{message}"
    );
}

#[tokio::test(start_paused = true)]
async fn attributes_that_differ_by_nature_are_left_out() {
    let stamping = async |world: &World| {
        let update = dynamo(world).update_item().table_name("contracts");
        let update = update.key("client_id", crate::support::s("c-1")).key("sequence", crate::support::n(1));
        let now = crate::support::n(world.time().now().as_second());
        let update =
            update.update_expression("SET updated_at = :now").expression_attribute_values(":now", now);
        update.send().await.expect("the update");
    };
    let check = CrashPoints::new(world, stamping).redelivered_after(Duration::from_secs(5));
    check.volatile(&["updated_at"]).check().await;
}

#[tokio::test(start_paused = true)]
async fn a_consumer_is_delivered_to_again_when_its_message_is_visible() {
    let setup = async || {
        let world = world().await;
        world.send("events", "close", &[]);
        world
    };
    let run = async |world: &World| {
        let consume = async |_: SqsEvent| {
            close_and_tell(world).await;
            SqsBatchResponse::default()
        };
        world.deliver("events", 10, consume).await;
    };
    let effects = CrashPoints::new(setup, run).redelivered_after(VISIBILITY).check().await;
    assert_eq!(effects.len(), 2);
}
