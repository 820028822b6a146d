//! A process that dies before or after each of its effects, and the message that comes again.

use std::time::Duration;

use serde_json::{Value, json};
use suites::marketplace::{CUSTOMER_EVENTS, Marketplace, furnish, world};
use world::{CrashPoints, World};

use crate::people::customer;

suites::crash_points! {
    "customer-events", customer_events_ends_as_if_it_had_never_stopped: [
        the_first_event_a_newer_one_and_one_that_changes_the_phone(),
    ];
}

/// Checks a message's crash points behind what was told before, and tells its effects.
async fn check(before: &[Value], message: &str) -> usize {
    let setup = async || {
        let world = world();
        furnish(&world);
        Marketplace::over(world.clone()).await.tell(before).await;
        let prepared = suites::marketplace::world();
        furnish(&prepared);
        for row in world.items(suites::marketplace::CUSTOMERS) {
            prepared.put_item(suites::marketplace::CUSTOMERS, &row);
        }
        prepared.send(CUSTOMER_EVENTS, message, &[]);
        prepared
    };
    let run = async |world: &World| {
        Marketplace::over(world.clone()).await.deliver().await;
    };
    let points = CrashPoints::new(setup, run);
    let points = points.redelivered_after(Duration::from_mins(4)).volatile(&["request_stamp"]);
    points.check().await.len()
}

async fn the_first_event_a_newer_one_and_one_that_changes_the_phone() {
    let newer = |members: Value| {
        let mut event = customer(&members);
        event["event_id"] = json!("e-2");
        event["occurred_at"] = json!("2018-08-02T00:00:00Z");
        event.to_string()
    };
    assert_eq!(check(&[], &customer(&json!({})).to_string()).await, 1, "one transaction");
    let told = [customer(&json!({}))];
    assert_eq!(check(&told, &newer(json!({"blacklisted": true}))).await, 1);
    assert_eq!(check(&told, &newer(json!({"phone": "13900139000", "name": "张三丰"}))).await, 1);
    assert_eq!(check(&told, &told[0].to_string()).await, 0, "a repeat");
    assert_eq!(check(&told, "garbage").await, 1, "the copy in the dead-letter queue");
}
