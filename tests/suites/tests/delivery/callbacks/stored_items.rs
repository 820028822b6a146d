//! Rows of callbacks as they were ever written are read (design §4).

use serde_json::{Value, json};
use suites::callbacks::{Callbacks, ORDER};

/// What the first version that caused callbacks wrote: nothing yet of a worker.
fn first() -> [Value; 2] {
    let at = "2018-08-08T06:37:39.153000000Z";
    [
        json!({
            "order": {"S": ORDER}, "seq": {"S": "00000000000000000004-000"}, "kind": {"S": "audit"},
            "body": {"S": "{\"orderId\":\"120522\",\"n\":4}"}, "state": {"S": "pending"}, "attempts": {"L": []},
            "created_at": {"S": at}, "correlation_id": {"S": "c-1"}, "schema_version": {"N": "1"},
            "request_stamp": {"S": "0"},
        }),
        json!({
            "order": {"S": ORDER}, "seq": {"S": "head"}, "last_seq": {"S": "00000000000000000004-000"},
            "due_at": {"S": at}, "due_shard": {"N": "2"}, "schema_version": {"N": "1"}, "request_stamp": {"S": "0"},
        }),
    ]
}

#[tokio::test(start_paused = true)]
async fn a_callback_of_the_first_version_is_listed_and_delivered() {
    let app = Callbacks::new().await;
    for row in first() {
        app.world.put_item("callbacks", &row);
    }
    app.live(1).await;
    assert_eq!(app.platform.numbers(ORDER), [4]);
    assert_eq!(app.listed("order=840%23120522").await["items"][0]["state"], "delivered");
}

#[tokio::test(start_paused = true)]
async fn what_stands_before_a_row_of_a_version_to_come_goes_out_and_what_stands_behind_it_waits() {
    let app = Callbacks::new().await;
    app.cause_and_wake(&[1, 2, 3]).await;
    let read = app.rows(ORDER)[1].clone();
    let mut unreadable = read.clone();
    unreadable["schema_version"] = json!({"N": "2"});
    app.world.put_item("callbacks", &unreadable);
    app.work().await;
    assert_eq!((app.outcomes(), app.platform.numbers(ORDER)), (vec!["retry".to_owned()], vec![1]));
    app.world.put_item("callbacks", &read);
    app.live(3).await;
    assert_eq!(app.platform.numbers(ORDER), [1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn a_row_of_a_version_to_come_is_left_alone_and_tried_again() {
    let app = Callbacks::new().await;
    app.cause_and_wake(&[1]).await;
    let mut row = app.rows(ORDER)[0].clone();
    row["schema_version"] = json!({"N": "2"});
    app.world.put_item("callbacks", &row);
    app.work().await;
    assert_eq!(app.outcomes(), ["retry"]);
    assert_eq!(app.platform.arrived(ORDER).len(), 0);
}
