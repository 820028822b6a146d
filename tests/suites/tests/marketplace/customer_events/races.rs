//! Writers who stand in each other's way, and a database that fails.

use std::time::Duration;

use serde_json::json;
use suites::marketplace::{CUSTOMER_EVENTS, CUSTOMER_EVENTS_DEAD, CUSTOMERS, Marketplace};
use world::{Fault, On};

use super::{reason, rows};
use crate::people::{MD5_UPPER, customer};

/// The newer one is written between the older one's reading and its write, and the reverse.
#[tokio::test(start_paused = true)]
async fn of_two_events_at_once_the_newer_is_shown_in_the_end() {
    for (first, second) in [(2, 1), (1, 2)] {
        let app = Marketplace::new().await;
        let event = |number: u32| {
            let at = format!("2018-08-0{number}T00:00:00Z");
            customer(
                &json!({"event_id": format!("e-{number}"), "occurred_at": at, "blacklisted": number == 2}),
            )
        };
        let (world, inner) = (app.world.clone(), event(first));
        app.world.before(On::call("TransactWriteItems"), move || async move {
            Marketplace::over(world.clone()).await.tell(&[inner]).await;
        });
        app.world.send(CUSTOMER_EVENTS, &event(second).to_string(), &[]);
        app.world.send(CUSTOMER_EVENTS, &event(second).to_string(), &[]);
        app.deliver().await;
        app.world.pass(Duration::from_mins(4)).await;
        app.deliver().await;
        assert_eq!(reason(&app, &json!({"md5": MD5_UPPER})).await, 1, "{first} within {second}");
        assert_eq!(rows(&app).len(), 4);
        assert!(rows(&app).iter().all(|row| row["event_id"]["S"] == "e-2"));
    }
}

#[tokio::test(start_paused = true)]
async fn contention_is_borne_and_a_database_that_fails_is_waited_for() {
    let app = Marketplace::new().await;
    app.world.fail(On::call("TransactWriteItems").times(3), Fault::TransactionConflict);
    app.tell(&[customer(&json!({}))]).await;
    assert_eq!(app.outcomes(), ["applied"]);
    let app = Marketplace::new().await;
    app.world.fail(On::call("TransactWriteItems").times(5), Fault::TransactionConflict);
    app.tell(&[customer(&json!({}))]).await;
    let cause = app.logged("WARN")[0]["cause"].as_str().unwrap().to_owned();
    assert!(cause.contains("Contended"), "{cause}");
    let app = Marketplace::new().await;
    for (minute, operation, fault) in [
        (1, "GetItem", Fault::InternalError),
        (2, "TransactWriteItems", Fault::InternalError),
        (3, "TransactWriteItems", Fault::ResetAfterEffect),
    ] {
        app.world.fail(On::call(operation).to(CUSTOMERS), fault);
        let newer =
            json!({"event_id": format!("c-{minute}"), "occurred_at": format!("2018-08-08T00:0{minute}:00Z")});
        app.tell(&[customer(&newer)]).await;
        app.world.pass(Duration::from_mins(4)).await;
        app.deliver().await;
    }
    assert_eq!(app.world.messages(CUSTOMER_EVENTS_DEAD), Vec::new());
    assert_eq!(app.world.messages(CUSTOMER_EVENTS), Vec::new());
    assert_eq!(rows(&app).len(), 4);
}
