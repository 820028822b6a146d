//! The event source: batches as Lambda makes them.

use std::cell::RefCell;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use world::{Delivery, Queue, World};

use crate::support::sqs;

const VISIBILITY: Duration = Duration::from_secs(90);

fn world(bodies: &[&str]) -> World {
    let world = World::new();
    world.queue(Queue::new("dead"));
    world.queue(Queue::new("events").visibility(VISIBILITY).dead_letters("dead", 2));
    for body in bodies {
        world.send("events", body, &[("correlation_id", "co-1")]);
    }
    world
}

fn failing(ids: impl IntoIterator<Item = String>) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for id in ids {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        response.batch_item_failures.push(failure);
    }
    response
}

/// The ids of those messages of the event whose body is one of these.
fn ids(event: &SqsEvent, bodies: &[&str]) -> Vec<String> {
    let picked =
        event.records.iter().filter(|record| bodies.contains(&record.body.as_deref().unwrap_or_default()));
    picked.filter_map(|record| record.message_id.clone()).collect()
}

fn left(world: &World) -> Vec<String> {
    world.messages("events").into_iter().map(|message| message.body).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_handled_is_deleted_and_what_failed_comes_again() {
    let world = world(&["a", "b", "c"]);
    let delivery = world.deliver("events", 10, async |event| failing(ids(&event, &["b"]))).await;
    assert_eq!((delivery.handled.len(), delivery.failed.len()), (2, 1));
    assert_eq!(left(&world), ["b"]);
    let early = world.deliver("events", 10, async |_| panic!("nothing is visible")).await;
    assert_eq!(early, Delivery::default());
    world.pass(VISIBILITY).await;
    let count = RefCell::new(String::new());
    let take = async |event: SqsEvent| {
        count.replace(event.records[0].attributes["ApproximateReceiveCount"].clone());
        SqsBatchResponse::default()
    };
    world.deliver("events", 10, take).await;
    assert_eq!(count.into_inner(), "2");
    assert_eq!(left(&world), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_record_is_what_lambda_hands_over() {
    let world = world(&["a"]);
    let take = async |event: SqsEvent| {
        let record = &event.records[0];
        assert_eq!(record.event_source.as_deref(), Some("aws:sqs"));
        assert_eq!(record.event_source_arn.as_deref(), Some("arn:aws:sqs:eu-central-1:000000000000:events"));
        assert_eq!(record.message_attributes["correlation_id"].string_value.as_deref(), Some("co-1"));
        assert_eq!(record.md5_of_body.as_deref(), Some("0cc175b9c0f1b6a831c399e269772661"));
        assert_eq!(record.attributes["SentTimestamp"], world.time().now().as_millisecond().to_string());
        SqsBatchResponse::default()
    };
    assert_eq!(world.deliver("events", 10, take).await.handled.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_no_larger_than_asked() {
    let world = world(&["a", "b", "c"]);
    world.deliver("events", 2, async |_| SqsBatchResponse::default()).await;
    assert_eq!(left(&world), ["c"]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_names_no_message_fails_the_batch() {
    let world = world(&["a", "b"]);
    let delivery = world.deliver("events", 10, async |_| failing(["nobody".to_owned()])).await;
    assert_eq!((delivery.handled.len(), delivery.failed.len()), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn a_function_may_change_when_its_failures_come_again() {
    let world = world(&["a"]);
    let client = sqs(&world);
    let postpone = async |event: SqsEvent| {
        let handle = event.records[0].receipt_handle.clone().expect("a handle");
        let change = client.change_message_visibility().queue_url(World::queue_url("events"));
        change.receipt_handle(handle).visibility_timeout(10).send().await.expect("the change");
        failing(ids(&event, &["a"]))
    };
    world.deliver("events", 10, postpone).await;
    world.pass(Duration::from_secs(10)).await;
    let again = world.deliver("events", 10, async |_| SqsBatchResponse::default()).await;
    assert_eq!(again.handled.len(), 1);
    assert_eq!(world.effects(), ["ChangeMessageVisibility events -> 200"]);
}

#[tokio::test(start_paused = true)]
async fn what_always_fails_ends_in_the_dead_letter_queue() {
    let world = world(&["a"]);
    for _ in 0..3 {
        world.deliver("events", 10, async |event| failing(ids(&event, &["a"]))).await;
        world.pass(VISIBILITY).await;
    }
    assert_eq!(left(&world), Vec::<String>::new());
    assert_eq!(world.messages("dead")[0].receives, 2);
}
