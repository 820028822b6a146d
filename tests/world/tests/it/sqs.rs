//! SQS in its wire form, on the world's clock.

use std::time::Duration;

use aws_sdk_sqs::error::ProvideErrorMetadata;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, MessageAttributeValue,
    MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry,
};
use world::{Fault, On, Queue, World};

use crate::support::sqs;

const VISIBILITY: Duration = Duration::from_secs(30);

fn world() -> World {
    let world = World::new();
    world.queue(Queue::new("events").visibility(VISIBILITY));
    world
}

fn url() -> String {
    World::queue_url("events")
}

async fn receive(world: &World) -> Vec<aws_sdk_sqs::types::Message> {
    let receive = sqs(world).receive_message().queue_url(url()).max_number_of_messages(10);
    let receive = receive
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .message_attribute_names("All");
    receive.send().await.expect("the receive").messages.unwrap_or_default()
}

fn text(value: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder().data_type("String").string_value(value).build().expect("an attribute")
}

#[tokio::test(start_paused = true)]
async fn a_message_arrives_with_its_attributes() {
    let world = world();
    let send = sqs(&world).send_message().queue_url(url()).message_body("hello ☂");
    let receipt = send.message_attributes("correlation_id", text("co-1")).send().await.expect("the send");
    let received = receive(&world).await;
    let [message] = received.as_slice() else { panic!("one message: {received:?}") };
    assert_eq!(message.body(), Some("hello ☂"));
    assert_eq!(message.message_id(), receipt.message_id());
    assert_eq!(message.md5_of_body(), receipt.md5_of_message_body());
    let attribute = message.message_attributes().and_then(|attributes| attributes.get("correlation_id"));
    assert_eq!(attribute, Some(&text("co-1")));
    let system = message.attributes().expect("system attributes");
    let sent_at = world.time().now().as_millisecond().to_string();
    assert_eq!(system[&MessageSystemAttributeName::SentTimestamp], sent_at);
    assert_eq!(system[&MessageSystemAttributeName::ApproximateReceiveCount], "1");
}

#[tokio::test(start_paused = true)]
async fn attributes_come_only_when_they_are_asked_for() {
    let world = world();
    world.send("events", "body", &[("order.id", "1"), ("colour", "red")]);
    let receive = sqs(&world).receive_message().queue_url(url()).message_attribute_names("order.*");
    let messages = receive.send().await.expect("the receive").messages.unwrap_or_default();
    assert!(messages[0].attributes().is_none());
    let names: Vec<_> = messages[0].message_attributes().expect("one").keys().collect();
    assert_eq!(names, ["order.id"]);
}

#[tokio::test(start_paused = true)]
async fn a_received_message_is_hidden_until_its_visibility_ends() {
    let world = world();
    world.send("events", "body", &[]);
    assert_eq!(receive(&world).await.len(), 1);
    world.pass(Duration::from_millis(29_999)).await;
    assert_eq!(receive(&world).await.len(), 0);
    world.pass(Duration::from_millis(1)).await;
    let again = receive(&world).await;
    let count =
        &again[0].attributes().expect("asked for")[&MessageSystemAttributeName::ApproximateReceiveCount];
    assert_eq!(count, "2");
}

#[tokio::test(start_paused = true)]
async fn visibility_can_be_changed_while_a_message_is_in_flight() {
    let world = world();
    world.send("events", "body", &[]);
    let handle = receive(&world).await[0].receipt_handle().expect("a handle").to_owned();
    let client = sqs(&world);
    let change = |seconds| {
        client
            .change_message_visibility()
            .queue_url(url())
            .receipt_handle(handle.clone())
            .visibility_timeout(seconds)
            .send()
    };
    change(600).await.expect("the change");
    world.pass(Duration::from_secs(599)).await;
    assert_eq!(receive(&world).await.len(), 0);
    change(0).await.expect("the change");
    let refused = change(60).await.expect_err("it is visible").into_service_error();
    assert!(refused.is_message_not_inflight());
    assert_eq!(receive(&world).await.len(), 1);
    let refused = change(43_201).await.expect_err("over twelve hours").into_service_error();
    assert_eq!(refused.code(), Some("InvalidParameterValue"));
}

#[tokio::test(start_paused = true)]
async fn a_message_is_deleted_by_its_latest_handle_only() {
    let world = world();
    world.send("events", "body", &[]);
    let old = receive(&world).await[0].receipt_handle().expect("a handle").to_owned();
    world.pass(VISIBILITY).await;
    let latest = receive(&world).await[0].receipt_handle().expect("a handle").to_owned();
    let client = sqs(&world);
    let delete = |handle| client.delete_message().queue_url(url()).receipt_handle(handle).send();
    delete(old).await.expect("SQS says yes");
    assert_eq!(world.messages("events").len(), 1, "and does nothing");
    delete(latest).await.expect("the delete");
    assert_eq!(world.messages("events").len(), 0);
    let refused = delete("nonsense".to_owned()).await.expect_err("no handle").into_service_error();
    assert!(refused.is_receipt_handle_is_invalid());
}

#[tokio::test(start_paused = true)]
async fn a_delayed_message_comes_later() {
    let world = world();
    let send = sqs(&world).send_message().queue_url(url()).message_body("later").delay_seconds(90);
    send.send().await.expect("the send");
    assert_eq!(receive(&world).await.len(), 0);
    world.pass(Duration::from_secs(90)).await;
    assert_eq!(receive(&world).await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_batch_fails_entry_by_entry() {
    let world = world();
    let entry = |id: &str, body: &str| {
        SendMessageBatchRequestEntry::builder().id(id).message_body(body).build().expect("an entry")
    };
    let client = sqs(&world);
    let batch = client.send_message_batch().queue_url(url());
    let answer =
        batch.entries(entry("a", "fine")).entries(entry("b", "\u{1}")).send().await.expect("the batch");
    assert_eq!(answer.successful()[0].id(), "a");
    assert_eq!((answer.failed()[0].id(), answer.failed()[0].code()), ("b", "InvalidMessageContents"));
    let twice =
        client.send_message_batch().queue_url(url()).entries(entry("a", "x")).entries(entry("a", "y"));
    let refused = twice.send().await.expect_err("one id twice").into_service_error();
    assert!(refused.is_batch_entry_ids_not_distinct());
    assert_eq!(world.messages("events").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn batches_change_visibility_and_delete() {
    let world = world();
    world.send("events", "a", &[]);
    world.send("events", "b", &[]);
    let received = receive(&world).await;
    let handle = |index: usize| received[index].receipt_handle().expect("a handle");
    let client = sqs(&world);
    let change = ChangeMessageVisibilityBatchRequestEntry::builder().id("a").receipt_handle(handle(0));
    let change = change.visibility_timeout(0).build().expect("an entry");
    let answer = client.change_message_visibility_batch().queue_url(url()).entries(change).send().await;
    assert_eq!(answer.expect("the change").successful()[0].id(), "a");
    let delete = DeleteMessageBatchRequestEntry::builder().id("b").receipt_handle(handle(1));
    let delete = delete.build().expect("an entry");
    client.delete_message_batch().queue_url(url()).entries(delete).send().await.expect("the delete");
    let left: Vec<_> = receive(&world).await.into_iter().filter_map(|message| message.body).collect();
    assert_eq!(left, ["a"]);
}

#[tokio::test(start_paused = true)]
async fn a_message_received_too_often_goes_to_the_dead_letter_queue() {
    let world = World::new();
    world.queue(Queue::new("dead"));
    world.queue(Queue::new("events").visibility(VISIBILITY).dead_letters("dead", 2));
    world.send("events", "poison", &[("correlation_id", "co-1")]);
    for _ in 0..2 {
        assert_eq!(receive(&world).await.len(), 1);
        world.pass(VISIBILITY).await;
    }
    assert_eq!(receive(&world).await.len(), 0);
    assert_eq!(world.messages("events"), []);
    let dead = world.messages("dead");
    assert_eq!((dead[0].body.as_str(), dead[0].attribute("correlation_id")), ("poison", Some("co-1")));
}

#[tokio::test(start_paused = true)]
async fn a_queue_counts_what_lies_in_it() {
    let world = world();
    world.send("events", "in flight", &[]);
    receive(&world).await;
    world.send("events", "visible", &[]);
    let client = sqs(&world);
    let delayed = client.send_message().queue_url(url()).message_body("delayed").delay_seconds(1).send();
    delayed.await.expect("the send");
    let asked = client.get_queue_attributes().queue_url(url()).attribute_names(QueueAttributeName::All);
    let attributes = asked.send().await.expect("the answer").attributes.expect("attributes");
    for name in [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ] {
        assert_eq!(attributes[&name], "1", "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_sqs_does_not_take_is_refused() {
    let world = world();
    let client = sqs(&world);
    let send = |queue: &str, body: String| {
        client.send_message().queue_url(World::queue_url(queue)).message_body(body).send()
    };
    let no_queue =
        send("nowhere", "x".into()).await.expect_err("there is no such queue").into_service_error();
    assert!(no_queue.is_queue_does_not_exist());
    let too_long = send("events", "x".repeat((1 << 20) + 1)).await.expect_err("over 1 MiB");
    assert_eq!(too_long.into_service_error().code(), Some("InvalidParameterValue"));
    send("events", "x".repeat(1 << 20)).await.expect("1 MiB is fine");
}

#[tokio::test(start_paused = true)]
async fn some_entries_of_a_batch_may_fail_at_the_service_while_the_others_are_done() {
    let world = world();
    world.fail(On::call("SendMessageBatch").to("events"), Fault::SomeEntries(&[1]));
    let entry =
        |id: &str| SendMessageBatchRequestEntry::builder().id(id).message_body(id).build().expect("an entry");
    let batch = sqs(&world).send_message_batch().queue_url(url());
    let answer = batch.entries(entry("a")).entries(entry("b")).entries(entry("c")).send().await;
    let failed = answer.expect("the answer").failed;
    assert_eq!((failed[0].id(), failed[0].code(), failed[0].sender_fault()), ("b", "InternalError", false));
    let sent: Vec<_> = world.messages("events").into_iter().map(|message| message.body).collect();
    assert_eq!(sent, ["a", "c"]);
}

#[tokio::test(start_paused = true)]
async fn messages_that_are_too_long_together_are_refused_together() {
    let world = world();
    let entry = |id: &str, size: usize| {
        let entry = SendMessageBatchRequestEntry::builder().id(id).message_body("x".repeat(size));
        entry.build().expect("an entry")
    };
    let client = sqs(&world);
    let send = |size| {
        let batch = client.send_message_batch().queue_url(url());
        batch.entries(entry("a", 1 << 19)).entries(entry("b", size)).send()
    };
    let refused = send((1 << 19) + 1).await.expect_err("over 1 MiB").into_service_error();
    assert!(refused.is_batch_request_too_long());
    send(1 << 19).await.expect("1 MiB is fine");
}
