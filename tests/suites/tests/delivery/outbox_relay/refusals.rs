//! What can never be sent: it stays, is made known, and holds nothing up.

use serde_json::json;
use suites::delivery::{BUS, Delivery, OUTBOX};
use world::{Fault, On, World};

/// What SQS takes in no body.
const POISON: &str = "\u{1}";

#[tokio::test(start_paused = true)]
async fn a_message_that_sqs_refuses_for_good_stays_and_the_others_go_out() {
    let app = Delivery::new();
    app.leave(&["a", POISON, "b"]).await;
    let error = app.relay().await.expect_err("it is made known");
    assert_eq!(error.to_string(), "failed: 0 left, 1 stuck, 0 shards not read, out of time: false");
    assert_eq!((app.told(), app.unsent()), (vec!["a".into(), "b".into()], vec![POISON.into()]));
    assert_eq!((app.counted("outbox_stuck"), app.counted("outbox_left")), (1, 0));
    let errors = app.logged("ERROR");
    let cause = "InvalidMessageContents: Invalid characters found in the message body.";
    let told: Vec<_> = errors.iter().filter(|line| line["cause"] == cause).collect();
    assert_eq!(told.len(), 1, "{errors:?}");
    let entry = app.rows()[0]["entry"]["S"].as_str().expect("a key").to_owned();
    assert!(told[0]["row"].as_str().is_some_and(|row| row.contains(&entry)), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn what_is_stuck_is_made_known_in_every_run_and_what_comes_after_it_goes_out() {
    let app = Delivery::new();
    app.leave(&vec![POISON; 90]).await;
    for round in 1..=3 {
        app.leave(&["later"]).await;
        app.relay().await.expect_err("it is made known");
        assert_eq!((app.told().len(), app.rows().len()), (round, 90));
        assert_eq!(app.counted("outbox_stuck"), 90 * u64::try_from(round).expect("small"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_that_the_bus_refuses_for_good_stays_and_the_others_go_out() {
    let app = Delivery::new();
    let scope = app.scope();
    let large = "x".repeat(262_144);
    let events = [app.event(&scope, "1"), app.event(&scope, &large), app.event(&scope, "3")];
    app.leave_these(&scope, &events).await;
    let error = app.relay().await.expect_err("it is made known");
    assert_eq!(error.to_string(), "failed: 0 left, 1 stuck, 0 shards not read, out of time: false");
    assert_eq!((app.world.events(BUS).len(), app.rows().len()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_refused_as_a_whole_is_sent_one_by_one() {
    let app = Delivery::new();
    let scope = app.scope();
    let pendings = [
        app.message(&scope, "a"),
        app.message(&scope, "b"),
        app.message(&scope, POISON),
        app.event(&scope, "1"),
        app.event(&scope, "2"),
    ];
    app.leave_these(&scope, &pendings).await;
    app.world.fail(On::call("SendMessageBatch"), Fault::Invalid);
    app.world.fail(On::call("PutEvents"), Fault::Invalid);
    app.relay().await.expect_err("one is stuck");
    assert_eq!((app.told(), app.unsent()), (vec!["a".into(), "b".into()], vec![POISON.into()]));
    assert_eq!(app.world.events(BUS).len(), 2);
    assert_eq!((app.calls("SendMessageBatch"), app.calls("PutEvents")), (4, 3));
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_gone_is_asked_once_a_batch_and_holds_no_other_up() {
    let app = Delivery::new();
    let scope = app.scope();
    let gone = World::queue_url("gone");
    let to_nowhere = || app.outbox.queue_message(&scope, &gone, "lost", &[]);
    app.leave_these(&scope, &[to_nowhere(), app.message(&scope, "hello"), to_nowhere()]).await;
    app.relay().await.expect_err("two are stuck");
    assert_eq!((app.told().len(), app.unsent()), (1, vec!["lost".into(), "lost".into()]));
    assert_eq!((app.counted("outbox_stuck"), app.calls("SendMessageBatch")), (2, 2));
    app.world.queue(world::Queue::new("gone"));
    assert_eq!(app.relay().await, Ok(()), "somebody has looked at it");
    assert_eq!((app.world.messages("gone").len(), app.rows().len()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_stays_and_holds_no_other_up() {
    let app = Delivery::new();
    app.leave(&["a", "b"]).await;
    let mut later = app.rows()[0].clone();
    later["schema_version"] = json!({"N": "2"});
    app.world.put_item(OUTBOX, &later);
    let error = app.relay().await.expect_err("it is made known");
    assert_eq!(error.to_string(), "failed: 0 left, 1 stuck, 0 shards not read, out of time: false");
    assert_eq!((app.told().len(), app.rows().len(), app.counted("outbox_stuck")), (1, 1, 1));
    let entry = later["entry"]["S"].as_str().expect("a key");
    let errors = app.logged("ERROR");
    assert!(errors[0]["failure"].as_str().is_some_and(|failure| failure.contains(entry)), "{errors:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_message_says_is_never_logged() {
    let app = Delivery::new();
    app.leave(&["personal \u{1}", "personal too"]).await;
    app.world.fail(On::call("BatchWriteItem"), Fault::InternalError);
    app.relay().await.expect_err("one is stuck, one is left");
    assert!(!app.output.text().contains("personal"), "{}", app.output.text());
}
