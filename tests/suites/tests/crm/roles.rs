//! Each function's role allows exactly the calls that it makes: nothing is missing, nothing is more (design §9).

use std::time::Duration;

use serde_json::json;
use suites::crm::{CLIENTS, Crm, SHARDS, client, example_client};
use suites::roles::allowed;
use world::{Fault, On};

const TIME: &str = "2023-07-27T06:00:00Z";
const LONG_AGO: &str = "2023-07-01T00:00:00+03:00";

#[tokio::test(start_paused = true)]
async fn client_events_may_do_what_it_does() {
    let app = Crm::new();
    app.world.fail(On::call("GetItem"), Fault::InternalError);
    app.tell(&example_client(LONG_AGO)).await;
    app.tell(&[json!("garbage")]).await;
    assert_eq!(app.world.permissions(), allowed("crm", "client-events"));
}

#[tokio::test(start_paused = true)]
async fn infor_scan_may_do_what_it_does() {
    let app = Crm::new();
    app.open(TIME).await.unwrap();
    assert_eq!(app.world.permissions(), allowed("crm", "infor-scan"));
}

#[tokio::test(start_paused = true)]
async fn infor_request_may_do_what_it_does() {
    let app = Crm::new().with_time_left(Duration::from_secs(10));
    for number in 0..60 {
        app.tell(&client(&format!("o-{number}"), &format!("m-{number}"), LONG_AGO)).await;
    }
    // More than a page in one shard, so that a rest is put back; one of them changed meanwhile.
    for mut row in app.world.items(CLIENTS) {
        row["waiting_shard"] = json!({"N": "0"});
        app.world.put_item(CLIENTS, &row);
    }
    app.open(TIME).await.unwrap();
    app.world.send(SHARDS, "garbage", &[]);
    app.world.forget_permissions();
    let world = app.world.clone();
    app.world.before(On::call("TransactWriteItems"), move || async move {
        for mut row in world.items(CLIENTS) {
            row["version"] = json!({"N": "99"});
            world.put_item(CLIENTS, &row);
        }
    });
    app.world.fail(On::call("Query").to(CLIENTS), Fault::InternalError);
    for _ in 0..4 {
        app.work().await;
        app.world.pass(Duration::from_mins(4)).await;
    }
    assert_eq!(app.sent().len(), 60);
    assert_eq!(app.world.permissions(), allowed("crm", "infor-request"));
}

#[tokio::test(start_paused = true)]
async fn infor_inbound_may_do_what_it_does() {
    let app = Crm::new();
    for number in 0..2 {
        app.tell(&client(&format!("o-{number}"), &format!("m-{number}"), LONG_AGO)).await;
    }
    app.scan(TIME).await;
    app.world.forget_permissions();
    let ids: Vec<_> = app.tasks().iter().map(|task| task["vtbc_request_id"]["S"].clone()).collect();
    app.take(&[
        json!({"requestID": "m-0", "replyUID": ids[0], "statusCode": "1"}),
        json!({"requestID": "m-1", "replyUID": ids[1], "statusCode": "0", "taskID": "1"}),
        json!({"requestID": "m-1", "taskID": "1", "statusCode": "0", "taskStatus": "3"}),
        json!({"requestID": "m-9", "taskID": "9", "statusCode": "0", "taskStatus": "3"}),
        json!({"requestID": "m-9", "replyUID": "nobody's", "statusCode": "0"}),
    ])
    .await;
    assert_eq!(app.world.permissions(), allowed("crm", "infor-inbound"));
}
