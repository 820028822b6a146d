//! Each function's role allows exactly the calls that it makes (design §9).

use std::collections::BTreeSet;

use serde_json::json;
use suites::callbacks::{Callbacks, ORDER, Platform, start};
use suites::roles::allowed;
use world::{Fault, On};

#[tokio::test(start_paused = true)]
async fn partner_callback_may_do_what_it_does() {
    let app = Callbacks::new().await;
    app.cause_and_wake(&[1, 2]).await;
    app.world.send("partner-callback", "garbage", &[]);
    app.platform.answers(ORDER, [Platform::takes(), Platform::code(1)]);
    app.cause("840#other", 1, &[1]).await;
    app.world.forget_permissions();
    start(&app.world, "partner-callback").await;
    app.work_all().await;
    app.wake("840#other");
    app.world.fail(On::call("UpdateItem").to("callbacks"), Fault::InternalError);
    app.work_all().await;
    // The world's parameters have names of their own.
    let without_secrets = |permissions: BTreeSet<String>| {
        permissions.into_iter().filter(|one| !one.starts_with("ssm:")).collect::<Vec<_>>()
    };
    let made = without_secrets(app.world.permissions());
    assert_eq!(made, without_secrets(allowed("marketplace", "partner-callback")));
}

#[tokio::test(start_paused = true)]
async fn operators_functions_may_do_what_they_do() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    let mut row = app.rows(ORDER)[0].clone();
    row["state"] = json!({"S": "dead"});
    row["dead_at"] = row["created_at"].clone();
    app.world.put_item("callbacks", &row);
    app.world.forget_permissions();
    app.listed("order=840%23120522").await;
    app.listed("state=dead").await;
    assert_eq!(app.world.permissions(), allowed("delivery", "callback-list"));
    app.world.forget_permissions();
    for body in [json!({"dead_since": "2018-01-01T00:00:00Z"}), json!({"callback_id": Callbacks::id(1)})] {
        app.resend(&body).await;
    }
    assert_eq!(app.world.permissions(), allowed("delivery", "callback-resend"));
}
