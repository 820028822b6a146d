//! What the relay sends, and how it arrives.

use std::time::Duration;

use serde_json::json;
use suites::delivery::{BUS, CORRELATION_ID, Delivery, OTHER_QUEUE, QUEUE};

const THIRTY_SECONDS: Duration = Duration::from_secs(30);

#[tokio::test(start_paused = true)]
async fn nothing_younger_than_thirty_seconds_is_touched() {
    let app = Delivery::new();
    let scope = app.scope();
    app.commit(&scope, "young", &[app.message(&scope, "hello"), app.event(&scope, "77-1")]).await;
    for wait in [Duration::ZERO, THIRTY_SECONDS] {
        app.world.pass(wait).await;
        assert_eq!(app.relay().await, Ok(()));
        assert_eq!(
            (app.rows().len(), app.world.effects().len()),
            (2, 1),
            "the transaction, and nothing else"
        );
    }
    app.world.pass(Duration::from_millis(1)).await;
    assert_eq!(app.relay().await, Ok(()));
    assert_eq!((app.rows().len(), app.told().len(), app.world.events(BUS).len()), (0, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_message_arrives_as_it_was_committed_and_its_row_is_gone() {
    let app = Delivery::new();
    app.leave(&["hello ☂"]).await;
    assert_eq!(app.relay().await, Ok(()));
    let messages = app.world.messages(QUEUE);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].body, "hello ☂");
    assert_eq!(messages[0].attribute("kind"), Some("test"));
    assert_eq!(
        messages[0].attribute("x-correlation-id"),
        Some(CORRELATION_ID),
        "the operation's, not the run's"
    );
    assert_eq!(messages[0].attributes.len(), 2);
    assert_eq!(app.rows().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_event_arrives_as_it_was_committed_with_the_time_at_which_it_happened() {
    let app = Delivery::new();
    let scope = app.scope();
    let (event, happened) = (app.event(&scope, "77-1"), scope.now());
    app.leave_these(&scope, std::slice::from_ref(&event)).await;
    assert_eq!(app.relay().await, Ok(()));
    let events = app.world.events(BUS);
    assert_eq!(events.len(), 1);
    assert_eq!(
        (events[0].source.as_str(), events[0].detail_type.as_str()),
        ("tenor.test", "contract_closed")
    );
    assert_eq!(events[0].time, happened);
    let detail = json!({
        "event_id": event.id(), "event": "contract_closed", "version": 1, "occurred_at": happened.to_string(),
        "correlation_id": CORRELATION_ID, "contract_number": "77-1",
    });
    assert_eq!(events[0].detail, detail);
    assert_eq!(app.rows().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn every_page_of_every_shard_is_sent_in_one_run() {
    let app = Delivery::new();
    for round in 0..12 {
        let scope = app.scope();
        let mut pendings = Vec::new();
        for number in 0..45 {
            pendings.push(app.message(&scope, &format!("{round}-{number}")));
            pendings.push(app.message_to(OTHER_QUEUE, &scope, "too"));
        }
        pendings.push(app.event(&scope, "77-1"));
        app.leave_these(&scope, &pendings).await;
    }
    assert_eq!(app.relay().await, Ok(()));
    assert_eq!(app.told().len(), 12 * 45);
    assert_eq!(app.world.messages(OTHER_QUEUE).len(), 12 * 45);
    assert_eq!(app.world.events(BUS).len(), 12);
    assert_eq!(app.rows().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn messages_of_all_shards_for_one_queue_share_their_calls() {
    let app = Delivery::new();
    app.leave(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]).await;
    assert_eq!(app.relay().await, Ok(()));
    let calls = ["TransactWriteItems", "SendMessageBatch", "BatchWriteItem"].map(|call| app.calls(call));
    assert_eq!(calls, [1, 1, 1], "{:?}", app.world.effects());
}

#[tokio::test(start_paused = true)]
async fn a_run_says_what_it_did() {
    let app = Delivery::new();
    app.leave(&["a", "b"]).await;
    assert_eq!(app.relay().await, Ok(()));
    let lines = app.logged("INFO");
    let relay = lines.iter().find(|line| line["message"] == "relay").expect("a line");
    let told = ["sent", "left", "stuck", "unread", "out_of_time"].map(|member| relay[member].clone());
    assert_eq!(told, [json!(2), json!(0), json!(0), json!(0), json!(false)]);
    assert_eq!(app.counted("job_done"), 1);
    assert_eq!((app.logged("WARN").len(), app.logged("ERROR").len()), (0, 0));
}
