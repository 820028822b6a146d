//! The relay's role allows exactly the calls that it makes (design §9).

use serde_json::json;
use suites::crm::{Crm, OUTBOUND, example_client};
use suites::roles::allowed;
use world::{Fault, On};

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
    assert_eq!(app.world.permissions(), allowed("delivery", "outbox-relay"));
}
