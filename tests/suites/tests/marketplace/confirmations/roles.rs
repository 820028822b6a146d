//! Each function may call exactly what it calls (design §9).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;
use suites::confirmations::{Confirmations, bind, confirm, event, start};
use suites::marketplace::channels::PREFIX;
use suites::orders::credit::but;
use suites::orders::{DIGEST_SECRET, ORDER, SEALING_SECRET, UID};
use suites::roles::allowed;

/// What `run` calls in the process of a function that has just begun.
async fn called(app: &Confirmations, function: &str, run: impl AsyncFn(&Confirmations)) -> BTreeSet<String> {
    let alone = app.another().await;
    alone.world.forget_permissions();
    start(&alone.world, function).await;
    run(&alone).await;
    let named = |call: String| {
        let call = call.replace(PREFIX, "/tenor/rongshu").replace(DIGEST_SECRET, "/tenor/digest");
        call.replace(SEALING_SECRET, "/tenor/sealing")
    };
    alone.world.permissions().into_iter().map(named).collect()
}

#[tokio::test(start_paused = true)]
async fn confirm_loan_may_do_what_it_does() {
    let app = Confirmations::approved().await;
    let run = async |app: &Confirmations| {
        app.confirm(&confirm()).await;
        app.partners.opens(UID);
        app.confirm(&confirm()).await;
        assert_eq!(app.status(ORDER), Some(1));
    };
    assert_eq!(called(&app, "confirm-loan", run).await, allowed("marketplace", "confirm-loan"));
}

#[tokio::test(start_paused = true)]
async fn bind_card_may_do_what_it_does() {
    let app = Confirmations::approved().await;
    let before = called(&app, "bind-card", async |app: &Confirmations| {
        assert_eq!(app.bind(&bind()).await.status(), 3004);
    });
    let before = before.await;
    app.partners.opens(UID);
    app.confirm(&confirm()).await;
    let after = called(&app, "bind-card", async |app: &Confirmations| {
        let other = json!({"bankCardNum": "622202020001"});
        assert_eq!(app.bind(&but(bind(), &other)).await.status(), 3001);
    });
    assert_eq!(&before | &after.await, allowed("marketplace", "bind-card"));
}

#[tokio::test(start_paused = true)]
async fn depository_check_may_do_what_it_does() {
    let app = Confirmations::approved().await;
    app.approve("840", "120523").await;
    app.confirm(&confirm()).await;
    app.world.pass(Duration::from_mins(61)).await;
    let run = async |app: &Confirmations| {
        app.check().await.unwrap();
        assert_eq!(app.register(ORDER).as_deref(), Some("timed_out"));
    };
    let in_vain = called(&app, "depository-check", run).await;
    app.confirm(&but(confirm(), &json!({"orderId": "120523"}))).await;
    app.partners.opens(UID);
    app.world.pass(Duration::from_mins(61)).await;
    let run = async |app: &Confirmations| {
        app.check().await.unwrap();
        assert_eq!(app.status("120523"), Some(1));
    };
    let found = called(&app, "depository-check", run).await;
    assert_eq!(&in_vain | &found, allowed("marketplace", "depository-check"));
}

#[tokio::test(start_paused = true)]
async fn depository_events_may_do_what_it_does() {
    let app = Confirmations::approved().await;
    app.confirm(&confirm()).await;
    let run = async |app: &Confirmations| {
        app.world.fail(world::On::call("GetItem").to("third_orders"), world::Fault::InternalError);
        app.tell(&event("open")).await;
        app.world.pass(Duration::from_mins(15)).await;
        app.take().await;
        app.tell(&json!([])).await;
        assert_eq!((app.status(ORDER), app.dead_events().len()), (Some(1), 1));
    };
    assert_eq!(called(&app, "depository-events", run).await, allowed("marketplace", "depository-events"));
}
