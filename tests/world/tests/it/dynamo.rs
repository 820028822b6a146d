//! `DynamoDB` in its wire form, and what it bills.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::types::{
    Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};
use serde_json::json;
use world::{Units, World};

use crate::support::{dynamo, n, s, world_with_contracts};

fn seed(world: &World, state: &str, padding: usize) {
    world.put_item(
        "contracts",
        &json!({
            "client_id": {"S": "c-1"}, "sequence": {"N": "1"}, "contract_number": {"S": "77-1"},
            "state": {"S": state}, "padding": {"S": "x".repeat(padding)},
        }),
    );
}

fn closing() -> Update {
    Update::builder()
        .table_name("contracts")
        .key("client_id", s("c-1"))
        .key("sequence", n(1))
        .update_expression("SET #s = :closed")
        .condition_expression("#s <> :closed")
        .expression_attribute_names("#s", "state")
        .expression_attribute_values(":closed", s("CLOSED"))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .expect("an update")
}

fn outbox_row(id: &str) -> TransactWriteItem {
    let put = Put::builder().table_name("contracts").item("client_id", s(id)).item("sequence", n(0));
    TransactWriteItem::builder().put(put.build().expect("a put")).build()
}

async fn close(client: &Client) -> Result<(), aws_sdk_dynamodb::Error> {
    client
        .update_item()
        .table_name("contracts")
        .key("client_id", s("c-1"))
        .key("sequence", n(1))
        .update_expression("SET #s = :closed")
        .condition_expression("#s <> :closed")
        .expression_attribute_names("#s", "state")
        .expression_attribute_values(":closed", s("CLOSED"))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await?;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_row_written_is_a_row_read() {
    let world = world_with_contracts();
    let (client, start) = (dynamo(&world), world.time().now());
    let put = client.put_item().table_name("contracts").item("client_id", s("c-1")).item("sequence", n(7));
    put.send().await.expect("the write");
    let get = client.get_item().table_name("contracts").key("client_id", s("c-1")).key("sequence", n(7));
    let answer = get.send().await.expect("the read");
    assert_eq!(answer.item().and_then(|item| item.get("sequence")), Some(&n(7)));
    assert!(answer.consumed_capacity().is_none(), "nobody asked for it");
    assert_eq!(world.time().now(), start, "no time passes in a call that nobody delays");
    assert_eq!(world.items("contracts"), [json!({"client_id": {"S": "c-1"}, "sequence": {"N": "7"}})]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_condition_returns_the_row_to_who_asks() {
    let world = world_with_contracts();
    seed(&world, "CLOSED", 0);
    let error = close(&dynamo(&world)).await.expect_err("the condition fails");
    let aws_sdk_dynamodb::Error::ConditionalCheckFailedException(failed) = error else {
        panic!("another error: {error:?}");
    };
    assert_eq!(failed.item().and_then(|item| item.get("state")), Some(&s("CLOSED")));
    assert!(failed.meta().request_id().is_some(), "errors carry a request id");
}

#[tokio::test(start_paused = true)]
async fn a_failed_condition_keeps_the_row_from_who_does_not_ask() {
    let world = world_with_contracts();
    seed(&world, "CLOSED", 0);
    let delete = dynamo(&world).delete_item().table_name("contracts");
    let error = delete
        .key("client_id", s("c-1"))
        .key("sequence", n(1))
        .condition_expression("attribute_not_exists(client_id)")
        .send()
        .await
        .expect_err("the condition fails")
        .into_service_error();
    assert!(error.is_conditional_check_failed_exception());
    assert!(!format!("{error:?}").contains("CLOSED"));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_transaction_gives_a_reason_per_action_and_writes_nothing() {
    let world = world_with_contracts();
    seed(&world, "CLOSED", 0);
    let update = TransactWriteItem::builder().update(closing()).build();
    let error = dynamo(&world)
        .transact_write_items()
        .transact_items(update)
        .transact_items(outbox_row("o-1"))
        .send()
        .await
        .expect_err("the condition fails")
        .into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        cancelled,
    ) = error
    else {
        panic!("another error: {error:?}");
    };
    let reasons = cancelled.cancellation_reasons();
    assert_eq!(reasons[0].code(), Some("ConditionalCheckFailed"));
    assert_eq!(reasons[0].item().and_then(|item| item.get("state")), Some(&s("CLOSED")));
    assert_eq!(reasons[1].code(), Some("None"));
    assert_eq!(world.items("contracts").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_repeated_request_token_writes_once() {
    let world = world_with_contracts();
    seed(&world, "active", 0);
    let client = dynamo(&world);
    for _ in 0..2 {
        let update = TransactWriteItem::builder().update(closing()).build();
        let transaction = client.transact_write_items().client_request_token("t-1").transact_items(update);
        transaction.send().await.expect("the first is applied, the second replayed");
    }
}

#[tokio::test(start_paused = true)]
async fn an_unknown_table_is_a_wire_error() {
    let error = close(&dynamo(&World::new())).await.expect_err("there is no table");
    assert_eq!(error.code(), Some("ResourceNotFoundException"));
}

#[tokio::test(start_paused = true)]
async fn reads_are_billed_by_consistency_and_size() {
    let world = world_with_contracts();
    seed(&world, "active", 5000);
    let client = dynamo(&world);
    let read = |strong| {
        let get = client.get_item().table_name("contracts").key("client_id", s("c-1")).key("sequence", n(1));
        get.consistent_read(strong).send()
    };
    let (answer, spent) = world.measure(read(true)).await;
    answer.expect("the read");
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(2), Units::whole(0)));
    let (answer, spent) = world.measure(read(false)).await;
    answer.expect("the read");
    assert_eq!(spent.reads(), Units::whole(1));
    seed(&world, "active", 0);
    let (answer, spent) = world.measure(read(false)).await;
    answer.expect("the read");
    assert_eq!(spent.reads(), Units::halves(1));
    assert_eq!(world.units().on("contracts").by("GetItem").reads(), Units::halves(7));
}

#[tokio::test(start_paused = true)]
async fn writes_are_billed_with_the_indexes_they_change() {
    let world = world_with_contracts();
    seed(&world, "active", 0);
    let client = dynamo(&world);
    let (closed, spent) = world.measure(close(&client)).await;
    closed.expect("the closing");
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(0), Units::whole(1)), "state is not indexed");
    let renumbered = client
        .update_item()
        .table_name("contracts")
        .key("client_id", s("c-1"))
        .key("sequence", n(1))
        .update_expression("SET contract_number = :n")
        .expression_attribute_values(":n", s("77-2"))
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send();
    let (answer, spent) = world.measure(renumbered).await;
    let consumed = answer.expect("the update").consumed_capacity.expect("asked for");
    assert!(consumed.table().is_none(), "the total alone was asked for");
    assert_eq!(spent.writes(), Units::whole(3), "the index loses a row and gains one");
}

#[tokio::test(start_paused = true)]
async fn a_transaction_costs_double_and_its_replay_is_a_read() {
    let world = world_with_contracts();
    seed(&world, "active", 0);
    let client = dynamo(&world);
    let transaction = || {
        let update = TransactWriteItem::builder().update(closing()).build();
        client.transact_write_items().client_request_token("t-1").transact_items(update).send()
    };
    let (answer, spent) = world.measure(transaction()).await;
    answer.expect("the transaction");
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(0), Units::whole(2)));
    let (answer, spent) = world.measure(transaction()).await;
    answer.expect("the replay");
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(2), Units::whole(0)));
}

#[tokio::test(start_paused = true)]
async fn a_failed_condition_is_billed_by_the_row_it_failed_on() {
    let world = world_with_contracts();
    seed(&world, "CLOSED", 1900);
    let (answer, spent) = world.measure(close(&dynamo(&world))).await;
    answer.expect_err("the condition fails");
    assert_eq!(spent.writes(), Units::whole(2));
}

#[tokio::test(start_paused = true)]
async fn whoever_writes_a_row_it_is_seen_by_who_looks_again() {
    let world = world_with_contracts();
    let state = |world: &World| world.items("contracts")[0]["state"]["S"].clone();
    seed(&world, "OPEN", 1900);
    assert_eq!(state(&world), "OPEN");
    close(&dynamo(&world)).await.expect("the contract is closed");
    assert_eq!(state(&world), "CLOSED");
    seed(&world, "OPEN", 1900);
    assert_eq!(state(&world), "OPEN");
}

#[tokio::test(start_paused = true)]
async fn expired_rows_go_on_the_worlds_clock() {
    let world = world_with_contracts();
    let expires_at = (world.time().now().as_second() + 60).to_string();
    world.put_item(
        "contracts",
        &json!({"client_id": {"S": "c-1"}, "sequence": {"N": "1"}, "expires_at": {"N": expires_at}}),
    );
    world.sweep_expired();
    assert_eq!(world.items("contracts").len(), 1);
    world.pass(Duration::from_mins(2)).await;
    world.sweep_expired();
    assert_eq!(world.items("contracts").len(), 0);
}
