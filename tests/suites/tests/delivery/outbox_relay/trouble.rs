//! What passes by itself: the row stays, the run ends in an error, and the next one sends it.

use platform::schedule::RunError;
use suites::delivery::{BUS, Delivery, OUTBOX};
use world::{Fault, On};

/// Runs the relay, which must find that it could not do everything.
async fn incomplete(app: &Delivery) -> String {
    match app.relay().await {
        Err(RunError::Job(error)) => error.to_string(),
        other => panic!("the run must end in the job's own error: {other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_queue_does_not_take_now_it_takes_in_the_next_run() {
    for (fault, copies) in [
        (Fault::Throttled, 1),
        (Fault::InternalError, 1),
        (Fault::Refused, 1),
        (Fault::Reset, 1),
        (Fault::Hang, 1),
        (Fault::InternalErrorAfterEffect, 2),
        (Fault::ResetAfterEffect, 2),
        (Fault::HangAfterEffect, 2),
    ] {
        let app = Delivery::new();
        app.leave(&["hello"]).await;
        app.world.fail(On::call("SendMessageBatch"), fault);
        let error = incomplete(&app).await;
        assert_eq!(error, "1 left, 0 stuck, 0 shards not read, out of time: false", "{fault:?}");
        assert_eq!((app.rows().len(), app.counted("outbox_left")), (1, 1), "{fault:?}");
        assert_eq!((app.counted("outbox_stuck"), app.counted("job_done")), (0, 0), "{fault:?}");
        assert_eq!(app.logged("WARN").len(), 1, "{fault:?}");
        assert_eq!(app.relay().await, Ok(()), "{fault:?}");
        assert_eq!((app.rows().len(), app.told().len()), (0, copies), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_bus_does_not_take_now_it_takes_in_the_next_run() {
    for (fault, copies) in [
        (Fault::Throttled, 1),
        (Fault::InternalError, 1),
        (Fault::Reset, 1),
        (Fault::Hang, 1),
        (Fault::ResetAfterEffect, 2),
    ] {
        let app = Delivery::new();
        let scope = app.scope();
        app.leave_these(&scope, &[app.event(&scope, "77-1")]).await;
        app.world.fail(On::call("PutEvents").to(BUS), fault);
        let error = incomplete(&app).await;
        assert_eq!(error, "1 left, 0 stuck, 0 shards not read, out of time: false", "{fault:?}");
        assert_eq!(app.relay().await, Ok(()), "{fault:?}");
        let events = app.world.events(BUS);
        assert_eq!((app.rows().len(), events.len()), (0, copies), "{fault:?}");
        assert!(events.iter().all(|event| event.detail["event_id"] == events[0].detail["event_id"]));
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_batch_only_the_messages_that_failed_stay() {
    let app = Delivery::new();
    app.leave(&["a", "b", "c", "d"]).await;
    app.world.fail(On::call("SendMessageBatch"), Fault::SomeEntries(&[1, 2]));
    assert!(incomplete(&app).await.starts_with("2 left, 0 stuck"));
    assert_eq!((app.told().len(), app.rows().len(), app.counted("outbox_left")), (2, 2, 2));
    assert_eq!(app.relay().await, Ok(()));
    assert_eq!((app.told(), app.rows().len()), (["a", "b", "c", "d"].map(str::to_owned).to_vec(), 0));
}

#[tokio::test(start_paused = true)]
async fn of_several_events_only_those_that_failed_stay() {
    let app = Delivery::new();
    let scope = app.scope();
    let events: Vec<_> = ["1", "2", "3"].iter().map(|number| app.event(&scope, number)).collect();
    app.leave_these(&scope, &events).await;
    app.world.fail(On::call("PutEvents"), Fault::SomeEntries(&[2]));
    assert!(incomplete(&app).await.starts_with("1 left, 0 stuck"));
    assert_eq!((app.world.events(BUS).len(), app.rows().len()), (2, 1));
    assert_eq!(app.relay().await, Ok(()));
    assert_eq!((app.world.events(BUS).len(), app.rows().len()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn one_destination_in_trouble_holds_no_other_up() {
    let app = Delivery::new();
    let scope = app.scope();
    app.leave_these(&scope, &[app.event(&scope, "77-1"), app.message(&scope, "hello")]).await;
    app.world.fail(On::call("PutEvents").always(), Fault::Hang);
    assert!(incomplete(&app).await.starts_with("1 left, 0 stuck"));
    assert_eq!((app.told().len(), app.world.events(BUS).len(), app.rows().len()), (1, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_row_that_was_sent_and_could_not_be_deleted_is_sent_again() {
    for fault in [Fault::Throttled, Fault::InternalError, Fault::Hang] {
        let app = Delivery::new();
        app.leave(&["hello"]).await;
        app.world.fail(On::call("BatchWriteItem").to(OUTBOX), fault);
        assert!(incomplete(&app).await.starts_with("1 left, 0 stuck"), "{fault:?}");
        assert_eq!((app.told().len(), app.rows().len()), (1, 1), "{fault:?}");
        assert_eq!(app.relay().await, Ok(()));
        assert_eq!((app.told().len(), app.rows().len()), (2, 0), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_shard_that_cannot_be_read_holds_no_other_up() {
    let app = Delivery::new();
    let bodies: Vec<String> = (10..90).map(|number| number.to_string()).collect();
    app.leave(&bodies.iter().map(String::as_str).collect::<Vec<_>>()).await;
    app.world.fail(On::call("Query").to(OUTBOX).after(1).times(2), Fault::InternalError);
    let error = incomplete(&app).await;
    assert_eq!(error, "0 left, 0 stuck, 2 shards not read, out of time: false");
    let left = app.rows();
    assert!(
        !left.is_empty() && left.iter().all(|row| ["1", "2"].contains(&row["shard"]["N"].as_str().unwrap()))
    );
    assert_eq!(app.told().len() + left.len(), 80);
    assert_eq!(app.relay().await, Ok(()));
    assert_eq!((app.told(), app.rows().len()), (bodies, 0));
}
