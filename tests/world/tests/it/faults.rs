//! Faults at the connector, seen through the SDK.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use aws_smithy_async::rt::sleep::TokioSleep;
use serde_json::json;
use world::{Fault, On, Reply, World};

use crate::support::{call_partner, dynamo, dynamo_config, n, put_state, s, sqs, world_with_contracts};

fn has_closed(world: &World) -> bool {
    world.items("contracts").iter().any(|item| item["state"] == json!({"S": "CLOSED"}))
}

#[tokio::test(start_paused = true)]
async fn wire_errors_are_what_dynamodb_sends() {
    for (fault, code) in [
        (Fault::Throttled, "ProvisionedThroughputExceededException"),
        (Fault::InternalError, "InternalServerError"),
        (Fault::Invalid, "ValidationException"),
        (Fault::TransactionConflict, "TransactionConflictException"),
        (Fault::TransactionInProgress, "TransactionInProgressException"),
    ] {
        let world = world_with_contracts();
        world.fail(On::call("UpdateItem").to("contracts"), fault);
        let error = put_state(&dynamo(&world), "CLOSED").await.expect_err("the fault");
        assert_eq!(error.code(), Some(code));
        assert!(!has_closed(&world));
        assert!(world.effects()[0].ends_with(&format!("-> {code}")), "{:?}", world.effects());
    }
}

#[tokio::test(start_paused = true)]
async fn a_conflict_cancels_a_transaction() {
    let world = world_with_contracts();
    world.fail(On::call("TransactWriteItems"), Fault::TransactionConflict);
    let put = |id| {
        let put = Put::builder().table_name("contracts").item("client_id", s(id)).item("sequence", n(1));
        TransactWriteItem::builder().put(put.build().expect("a put")).build()
    };
    let transaction = dynamo(&world).transact_write_items().transact_items(put("a")).transact_items(put("b"));
    let error = transaction.send().await.expect_err("the conflict").into_service_error();
    assert!(error.is_transaction_canceled_exception());
    assert!(error.to_string().contains("Canceled"), "{error}");
    assert_eq!(world.items("contracts").len(), 0);
    let what =
        "TransactWriteItems [Put contracts client_id=a sequence=1; Put contracts client_id=b sequence=1]";
    assert_eq!(world.effects(), [format!("{what} -> TransactionCanceledException")]);
}

#[tokio::test(start_paused = true)]
async fn a_fault_strikes_the_calls_it_names() {
    let world = world_with_contracts();
    world.fail(On::call("UpdateItem").after(1).times(2), Fault::InternalError);
    let client = dynamo(&world);
    let mut worked = Vec::new();
    for state in ["a", "b", "c", "d"] {
        worked.push(put_state(&client, state).await.is_ok());
    }
    assert_eq!(worked, [true, false, false, true]);
    world.fail(On::any().to("elsewhere").always(), Fault::InternalError);
    put_state(&client, "e").await.expect("another table");
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "planned faults that no call met")]
async fn a_fault_that_no_call_meets_fails_the_test() {
    let world = world_with_contracts();
    world.fail(On::call("TransactWriteItems"), Fault::InternalError);
    put_state(&dynamo(&world), "a").await.expect("another call");
}

#[tokio::test(start_paused = true)]
async fn a_write_whose_answer_is_lost_has_happened() {
    for fault in [Fault::ResetAfterEffect, Fault::InternalErrorAfterEffect] {
        let world = world_with_contracts();
        world.fail(On::call("UpdateItem"), fault);
        put_state(&dynamo(&world), "CLOSED").await.expect_err("no answer");
        assert!(has_closed(&world));
    }
}

#[tokio::test(start_paused = true)]
async fn an_sdk_retry_meets_its_own_write_a_little_later() {
    let world = world_with_contracts();
    let start = world.time().now();
    world.fail(On::call("UpdateItem"), Fault::ResetAfterEffect);
    let config = dynamo_config(&world).retry_config(RetryConfig::standard());
    let error = put_state(&aws_sdk_dynamodb::Client::from_conf(config.build()), "CLOSED").await;
    assert_eq!(error.expect_err("its condition fails").code(), Some("ConditionalCheckFailedException"));
    assert_eq!(world.effects().len(), 2);
    assert!(world.time().now() > start, "the pause between the attempts took time");
}

#[tokio::test(start_paused = true)]
async fn a_hang_ends_with_the_callers_time_outs() {
    for (fault, closed) in [(Fault::Hang, false), (Fault::HangAfterEffect, true)] {
        let world = world_with_contracts();
        world.fail(On::call("UpdateItem"), fault);
        let attempt = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(2)).build();
        let read = TimeoutConfig::builder().read_timeout(Duration::from_secs(2)).build();
        for timeouts in [attempt, read] {
            let config = dynamo_config(&world).retry_config(RetryConfig::disabled()).timeout_config(timeouts);
            world.fail(On::call("UpdateItem"), fault);
            let client = aws_sdk_dynamodb::Client::from_conf(config.sleep_impl(TokioSleep::new()).build());
            put_state(&client, "CLOSED").await.expect_err("the time-out");
        }
        assert_eq!(has_closed(&world), closed);
    }
}

#[tokio::test(start_paused = true)]
async fn queues_and_partners_fail_likewise() {
    let world = World::new();
    world.queue(world::Queue::new("events"));
    world.partner("http://mkk.test", |_| Reply::new(200, ""));
    world.fail(On::call("SendMessage").to("events"), Fault::Throttled);
    let send =
        sqs(&world).send_message().queue_url(World::queue_url("events")).message_body("x").send().await;
    assert_eq!(send.expect_err("throttled").into_service_error().code(), Some("RequestThrottled"));
    world.fail(On::call("GET").to("http://mkk.test"), Fault::Refused);
    call_partner(&world, "GET", "http://mkk.test/a", "").await.expect_err("refused");
    assert_eq!(world.received("http://mkk.test").len(), 0, "nothing was sent");
    world.fail(On::any().to("http://mkk.test"), Fault::ResetAfterEffect);
    call_partner(&world, "GET", "http://mkk.test/a", "").await.expect_err("reset");
    assert_eq!(world.received("http://mkk.test").len(), 1, "the partner has seen it");
}
