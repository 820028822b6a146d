//! The relay's role allows exactly the calls that it makes (design §9).

use std::collections::BTreeSet;

use serde_json::json;
use suites::callbacks::{Callbacks, ORDER};
use suites::crm::{Crm, OUTBOUND, example_client};
use suites::delivery::Delivery;
use suites::roles::allowed;
use world::{Fault, On, Queue};

#[tokio::test(start_paused = true)]
async fn outbox_relay_may_do_what_it_does() {
    let app = Crm::new();
    app.tell(&example_client("2023-07-01T00:00:00+03:00")).await;
    app.world.fail(On::any().to(OUTBOUND), Fault::InternalError);
    app.world.fail(On::call("PutEvents"), Fault::InternalError);
    app.scan("2023-07-27T06:00:00Z").await;
    let request = app.tasks()[0]["vtbc_request_id"]["S"].clone();
    app.take(&[json!({"requestID": "m", "replyUID": request, "statusCode": "0", "taskID": "1"})]).await;
    assert_eq!((app.sent().len(), app.told().len(), app.world.items("outbox").len()), (0, 0, 2));
    app.world.forget_permissions();
    app.relay().await;
    assert_eq!((app.sent().len(), app.told().len(), app.world.items("outbox").len()), (1, 1, 0));
    let made = &(&app.world.permissions() | &told_the_core().await) | &woken().await;
    assert_eq!(made, allowed("delivery", "outbox-relay"));
}

/// What a run calls that finds a command to the loan core.
async fn told_the_core() -> BTreeSet<String> {
    let app = Delivery::new();
    app.world.queue(Queue::new("core-commands"));
    let scope = app.scope();
    app.leave_these(&scope, &[app.message_to("core-commands", &scope, "a")]).await;
    app.world.forget_permissions();
    app.relay().await.expect("a run");
    app.world.permissions()
}

/// What a run calls that finds a callback due.
async fn woken() -> BTreeSet<String> {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.world.forget_permissions();
    app.wake_due().await.expect("a run");
    app.world.permissions()
}
