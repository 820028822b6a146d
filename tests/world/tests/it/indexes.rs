//! Indexes that hold few of a table's rows: who enters and leaves them, how they are read, and what they cost.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Put, ReturnConsumedCapacity, TransactWriteItem, Update};
use world::{Direction, Director, Projection, Seen, Spent, Table, Units, World};

use crate::support::{dynamo, n, s};

/// Grants by client; `live` and `due` hold the ones in force, by their start and by their end.
fn world_with_grants() -> World {
    let world = World::new();
    let amount = || Projection::Include(vec!["amount".to_owned()]);
    let grants = Table::new("grants", "pin:S")
        .sort("grant_id:S")
        .local_index("live", "live_since:S", amount())
        .index("due", "due_shard:N", Some("due_at:S"), amount());
    world.table(grants);
    world.table(Table::new("accounts", "pin:S"));
    world
}

/// A grant in force and its account, in one transaction.
async fn grant(client: &Client, grant_id: &str, padding: usize) {
    let row = Put::builder()
        .table_name("grants")
        .item("pin", s("p-1"))
        .item("grant_id", s(grant_id))
        .item("live_since", s("2026-01-02"))
        .item("due_shard", n(3))
        .item("due_at", s("2026-02-02"))
        .item("amount", n(500))
        .item("padding", s(&"x".repeat(padding)));
    let account = Put::builder().table_name("accounts").item("pin", s("p-1")).build().expect("a put");
    client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(row.build().expect("a put")).build())
        .transact_items(TransactWriteItem::builder().put(account).build())
        .send()
        .await
        .expect("the transaction");
}

fn leaving(grant_id: &str) -> Update {
    Update::builder()
        .table_name("grants")
        .key("pin", s("p-1"))
        .key("grant_id", s(grant_id))
        .update_expression("SET ended = :t REMOVE live_since, due_shard, due_at")
        .condition_expression("attribute_exists(live_since)")
        .expression_attribute_values(":t", s("2026-01-09"))
        .build()
        .expect("an update")
}

async fn end(client: &Client, grant_id: &str) {
    let update = TransactWriteItem::builder().update(leaving(grant_id)).build();
    client.transact_write_items().transact_items(update).send().await.expect("the transaction");
}

fn live(client: &Client) -> QueryFluentBuilder {
    let query = client.query().table_name("grants").index_name("live");
    query.key_condition_expression("pin = :k").expression_attribute_values(":k", s("p-1"))
}

fn due(client: &Client) -> QueryFluentBuilder {
    let query = client.query().table_name("grants").index_name("due");
    query.key_condition_expression("due_shard = :k").expression_attribute_values(":k", n(3))
}

async fn ids(query: QueryFluentBuilder) -> Vec<String> {
    let answer = query.send().await.expect("the query");
    answer.items().iter().map(|item| item["grant_id"].as_s().cloned().expect("a text")).collect()
}

/// What a transaction on the grants cost.
fn written(spent: &Spent) -> Units {
    spent.on("grants").writes()
}

#[tokio::test(start_paused = true)]
async fn a_row_enters_and_leaves_its_sparse_indexes_in_a_transaction() {
    let world = world_with_grants();
    let client = dynamo(&world);
    grant(&client, "g-1", 0).await;
    grant(&client, "g-2", 0).await;
    assert_eq!(ids(live(&client)).await, ["g-1", "g-2"]);
    assert_eq!(ids(due(&client)).await, ["g-1", "g-2"]);
    end(&client, "g-1").await;
    assert_eq!(ids(live(&client)).await, ["g-2"]);
    assert_eq!(ids(due(&client)).await, ["g-2"]);
    assert_eq!(world.items("grants").len(), 2, "the table keeps both");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_transaction_leaves_the_indexes_as_they_were() {
    let world = world_with_grants();
    let client = dynamo(&world);
    grant(&client, "g-1", 0).await;
    let transaction = client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().update(leaving("g-1")).build())
        .transact_items(TransactWriteItem::builder().update(leaving("g-2")).build());
    transaction.send().await.expect_err("there is no g-2");
    assert_eq!(ids(live(&client)).await, ["g-1"]);
    assert_eq!(ids(due(&client)).await, ["g-1"]);
}

#[tokio::test(start_paused = true)]
async fn an_index_gives_no_more_than_the_keys_and_what_it_includes() {
    let world = world_with_grants();
    let client = dynamo(&world);
    grant(&client, "g-1", 10).await;
    for (query, expected) in [
        (live(&client), vec!["amount", "grant_id", "live_since", "pin"]),
        (due(&client), vec!["amount", "due_at", "due_shard", "grant_id", "pin"]),
    ] {
        let answer = query.send().await.expect("the query");
        let mut attributes: Vec<_> = answer.items()[0].keys().map(String::as_str).collect();
        attributes.sort_unstable();
        assert_eq!(attributes, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_local_index_alone_may_be_read_strongly() {
    let world = world_with_grants();
    let client = dynamo(&world);
    grant(&client, "g-1", 0).await;
    assert_eq!(ids(live(&client).consistent_read(true)).await, ["g-1"]);
    let error = due(&client).consistent_read(true).send().await.expect_err("a global index is never strong");
    assert_eq!(error.code(), Some("ValidationException"));
}

#[tokio::test(start_paused = true)]
async fn a_query_of_an_index_is_billed_by_what_the_index_holds() {
    let world = world_with_grants();
    let client = dynamo(&world);
    grant(&client, "g-1", 9000).await;
    for (query, units) in [
        (live(&client).consistent_read(true), Units::whole(1)),
        (live(&client), Units::halves(1)),
        (due(&client), Units::halves(1)),
    ] {
        let (ids, spent) = world.measure(ids(query)).await;
        assert_eq!((ids.len(), spent.reads()), (1, units), "the padding is not in the index");
    }
}

#[tokio::test(start_paused = true)]
async fn each_index_that_a_transaction_changes_adds_its_own_units_undoubled() {
    // The documentation doubles the writes of a transaction and says nothing of indexes; the engine follows
    // what DynamoDB was seen to report.
    let world = world_with_grants();
    let client = dynamo(&world);
    let ((), spent) = world.measure(grant(&client, "g-1", 0)).await;
    assert_eq!(written(&spent), Units::whole(4), "the row twice, each index once");
    assert_eq!(spent.on("accounts").writes(), Units::whole(2));
    let ((), spent) = world.measure(end(&client, "g-1")).await;
    assert_eq!(written(&spent), Units::whole(4), "the row twice, each index loses its entry");
}

#[tokio::test(start_paused = true)]
async fn the_entry_of_an_index_is_billed_by_its_own_size() {
    let world = world_with_grants();
    let client = dynamo(&world);
    let ((), spent) = world.measure(grant(&client, "g-1", 2500)).await;
    assert_eq!(written(&spent), Units::whole(8), "three units of a row, doubled, and two small entries");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_leaves_the_indexes_alone_pays_for_none() {
    let world = world_with_grants();
    let client = dynamo(&world);
    grant(&client, "g-1", 0).await;
    end(&client, "g-1").await;
    let noted = client
        .update_item()
        .table_name("grants")
        .key("pin", s("p-1"))
        .key("grant_id", s("g-1"))
        .update_expression("SET note = :n")
        .expression_attribute_values(":n", s("by hand"))
        .send();
    let (answer, spent) = world.measure(noted).await;
    answer.expect("the update");
    assert_eq!(spent.writes(), Units::whole(1));
}

#[tokio::test(start_paused = true)]
async fn the_total_that_a_caller_asks_for_has_no_shares_of_indexes() {
    let world = world_with_grants();
    let client = dynamo(&world);
    grant(&client, "g-1", 0).await;
    let query = live(&client).return_consumed_capacity(ReturnConsumedCapacity::Total);
    let consumed = query.send().await.expect("the query").consumed_capacity.expect("asked for");
    assert!(consumed.local_secondary_indexes().is_none() && consumed.table().is_none());
    let query = live(&client).return_consumed_capacity(ReturnConsumedCapacity::Indexes);
    let consumed = query.send().await.expect("the query").consumed_capacity.expect("asked for");
    assert!(consumed.local_secondary_indexes().is_some_and(|shares| shares.contains_key("live")));
}

#[tokio::test(start_paused = true)]
async fn reading_an_index_needs_a_permission_of_its_own() {
    let world = world_with_grants();
    let client = dynamo(&world);
    ids(live(&client)).await;
    ids(due(&client)).await;
    let expected = ["dynamodb:Query grants/index/due", "dynamodb:Query grants/index/live"];
    assert_eq!(world.permissions().into_iter().collect::<Vec<_>>(), expected);
}

/// Every index lags.
struct Lagging;

impl Director for Lagging {
    fn turns(&self, _: &Seen) -> u32 {
        0
    }

    fn direct(&self, seen: &Seen) -> Direction {
        Direction { is_stale: seen.reads_index, ..Direction::default() }
    }
}

#[tokio::test]
async fn an_index_that_lags_shows_nothing_of_a_new_row_except_to_a_consistent_read() {
    let world = world_with_grants();
    let client = dynamo(&world);
    world.direct(Arc::new(Lagging));
    grant(&client, "g-1", 0).await;
    assert_eq!(ids(due(&client)).await, [""; 0]);
    assert_eq!(ids(live(&client)).await, [""; 0]);
    assert_eq!(ids(live(&client).consistent_read(true)).await, ["g-1"]);
}

/// Every second read of an index lags.
#[derive(Default)]
struct LaggingBetween(AtomicBool);

impl Director for LaggingBetween {
    fn turns(&self, _: &Seen) -> u32 {
        0
    }

    fn direct(&self, seen: &Seen) -> Direction {
        let is_stale = seen.reads_index && self.0.fetch_xor(true, Ordering::SeqCst);
        Direction { is_stale, ..Direction::default() }
    }
}

#[tokio::test]
async fn an_index_that_lags_shows_what_it_showed_but_nothing_that_is_not_asked_for() {
    let world = world_with_grants();
    let client = dynamo(&world);
    world.direct(Arc::new(LaggingBetween::default()));
    let until = |day| {
        let query = client.query().table_name("grants").index_name("due");
        let query = query.key_condition_expression("due_shard = :k AND due_at <= :t");
        query.expression_attribute_values(":k", n(3)).expression_attribute_values(":t", s(day))
    };
    grant(&client, "g-1", 0).await;
    assert_eq!(ids(until("2026-02-03")).await, ["g-1"]);
    end(&client, "g-1").await;
    assert_eq!(ids(until("2026-02-02")).await, ["g-1"]);
    assert_eq!(ids(until("2026-02-03")).await, [""; 0]);
    grant(&client, "g-1", 0).await;
    assert_eq!(ids(until("2026-02-03")).await, [""; 0]);
    assert_eq!(ids(until("2026-02-03")).await, ["g-1"]);
    assert_eq!(ids(until("2026-02-01")).await, [""; 0]);
}
