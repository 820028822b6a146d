//! The table of callbacks as `platform::callbacks` writes it, over the embedded database.

use std::time::Duration;

use platform::Scope;
use platform::callbacks::{Callbacks, Change, NewCallback};
use platform::dynamodb::{Transacted, Transaction};
use serde_json::{Value, json};
use world::{Projection, Table, Units, World};

use crate::support::dynamo;

const ORDER: &str = "840#120522";

fn world() -> World {
    let world = World::new();
    let table = Table::new("callbacks", "order:S").sort("seq:S");
    world.table(table.index("due", "due_shard:N", Some("due_at:S"), Projection::KeysOnly));
    world
}

fn callback(kind: &'static str, body: &str) -> NewCallback {
    NewCallback { kind, body: body.to_owned() }
}

/// Has a change of this version cause these callbacks.
async fn tell(world: &World, version: u64, stamp: &str, callbacks: &[NewCallback]) -> Transacted {
    let deadline = world.clock().now() + Duration::from_secs(29);
    let scope = Scope::new("r-1".to_owned(), "c-1".to_owned(), deadline, world.clock());
    let change = Change { order: ORDER, version, stamp };
    let transaction =
        Callbacks::new("callbacks".to_owned()).add(&scope, Transaction::new(), change, callbacks);
    transaction.commit(&dynamo(world), &scope, stamp).await.expect("no failure")
}

fn head(world: &World) -> Value {
    world.items("callbacks").pop().expect("a head")
}

#[tokio::test(start_paused = true)]
async fn a_change_puts_its_callback_and_makes_the_order_due_now() {
    let world = world();
    let refused = callback("audit", r#"{"status":6004}"#);
    let (told, spent) = world.measure(tell(&world, 4, "stamp-1", &[refused])).await;
    assert_eq!(told, Transacted::Applied);
    let row = json!({
        "order": {"S": ORDER}, "seq": {"S": "00000000000000000004-000"}, "kind": {"S": "audit"},
        "body": {"S": "{\"status\":6004}"}, "state": {"S": "pending"}, "attempts": {"L": []},
        "created_at": {"S": "2026-01-02T03:04:05.000000000Z"}, "correlation_id": {"S": "c-1"},
        "schema_version": {"N": "1"}, "request_stamp": {"S": "stamp-1"},
    });
    let head = json!({
        "order": {"S": ORDER}, "seq": {"S": "head"}, "last_seq": {"S": "00000000000000000004-000"},
        "due_at": {"S": "2026-01-02T03:04:05.000000000Z"}, "due_shard": head(&world)["due_shard"],
        "waits_since": {"S": "2026-01-02T03:04:05.000000000Z"},
        "schema_version": {"N": "1"}, "request_stamp": {"S": "stamp-1"},
    });
    assert_eq!(world.items("callbacks"), [row, head]);
    // Two rows in a transaction, and the head's entry in the index.
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(0), Units::whole(5)));
}

#[tokio::test(start_paused = true)]
async fn two_callbacks_of_one_change_keep_their_order() {
    let world = world();
    let both = [callback("repay", "1"), callback("plan", "2")];
    assert_eq!(tell(&world, 7, "stamp-1", &both).await, Transacted::Applied);
    let items = world.items("callbacks");
    let kinds: Vec<_> = items.iter().map(|item| item["kind"]["S"].as_str().unwrap_or("head")).collect();
    assert_eq!(kinds, ["repay", "plan", "head"]);
    assert_eq!(items[2]["last_seq"], items[1]["seq"]);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_waits_stays_due_when_it_was() {
    let world = world();
    tell(&world, 1, "stamp-1", &[callback("audit", "1")]).await;
    let first = head(&world);
    world.pass(Duration::from_mins(1)).await;
    tell(&world, 2, "stamp-2", &[callback("loan", "2")]).await;
    let second = head(&world);
    assert_eq!(second["due_at"], first["due_at"]);
    assert_eq!(second["last_seq"]["S"], "00000000000000000002-000");
}

#[tokio::test(start_paused = true)]
async fn a_change_that_was_told_already_is_not_told_again() {
    let world = world();
    tell(&world, 2, "stamp-1", &[callback("audit", "1")]).await;
    let before = world.items("callbacks");
    for version in [2, 1] {
        let again = tell(&world, version, "stamp-2", &[callback("audit", "other")]).await;
        assert!(matches!(again, Transacted::Lost(_)), "{version}");
    }
    assert_eq!(world.items("callbacks"), before);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_causes_nothing_adds_nothing() {
    let world = world();
    let deadline = world.clock().now();
    let scope = Scope::new("r-1".to_owned(), "c-1".to_owned(), deadline, world.clock());
    let change = Change { order: ORDER, version: 1, stamp: "stamp-1" };
    let added = Callbacks::new("callbacks".to_owned()).add(&scope, Transaction::new(), change, &[]);
    assert_eq!(format!("{added:?}"), format!("{:?}", Transaction::new()));
}
