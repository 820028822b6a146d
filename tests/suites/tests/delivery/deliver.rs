//! What an operation sends itself, right after its commit.

use std::time::Duration;

use platform::metrics::Count;
use platform::outbox::LEFT;
use suites::delivery::{BUS, CORRELATION_ID, Delivery, OTHER_QUEUE, OUTBOX, QUEUE};
use world::{Fault, On, Units};

const MILLISECOND: Duration = Duration::from_millis(1);

/// An operation commits a message and an event and delivers them with this much time left; tells how long the
/// delivery took and what was counted.
async fn delivered_within(app: &Delivery, time_left: Duration) -> (Duration, Vec<(Count, u64)>) {
    let scope = app.scope_with(time_left);
    let pendings = [app.message(&scope, "hello"), app.event(&scope, "77-1")];
    app.commit(&scope, &scope.stamp(), &pendings).await;
    let started = app.world.time().now();
    app.outbox.deliver(&scope, &pendings).await;
    let took = app.world.time().now().duration_since(started);
    (Duration::try_from(took).expect("time goes on"), scope.counts())
}

async fn delivered(app: &Delivery) -> (Duration, Vec<(Count, u64)>) {
    delivered_within(app, Duration::from_secs(15)).await
}

#[tokio::test(start_paused = true)]
async fn what_is_committed_is_sent_at_once_and_its_rows_are_deleted_in_one_call() {
    let app = Delivery::new();
    let (took, counts) = delivered(&app).await;
    assert_eq!((took, counts), (Duration::ZERO, Vec::new()));
    let message = &app.world.messages(QUEUE)[0];
    assert_eq!((message.body.as_str(), message.attribute("kind")), ("hello", Some("test")));
    assert_eq!(message.attribute("x-correlation-id"), Some(CORRELATION_ID));
    assert_eq!(app.world.events(BUS)[0].detail["correlation_id"], CORRELATION_ID);
    assert_eq!(app.rows().len(), 0);
    let calls = ["SendMessageBatch", "PutEvents", "BatchWriteItem"].map(|call| app.calls(call));
    assert_eq!((calls, app.world.effects().len()), ([1, 1, 1], 4), "{:?}", app.world.effects());
}

#[tokio::test(start_paused = true)]
async fn a_row_costs_two_units_in_its_transaction_and_one_for_its_deletion() {
    let app = Delivery::new();
    let scope = app.scope();
    let pendings = [app.message(&scope, "hello"), app.event(&scope, "77-1")];
    let ((), spent) = app
        .world
        .measure(async {
            app.commit(&scope, "state", &pendings).await;
            app.outbox.deliver(&scope, &pendings).await;
        })
        .await;
    assert_eq!((spent.reads(), spent.writes()), (Units::whole(0), Units::whole(2 + 2 * 2 + 2)));
    assert_eq!(spent.on(OUTBOX).by("BatchWriteItem").writes(), Units::whole(2));
    assert_eq!((scope.units().read_halves(), scope.units().write_halves()), (0, 16));
}

#[tokio::test(start_paused = true)]
async fn messages_for_one_queue_go_out_together_as_far_as_sqs_takes_them() {
    let app = Delivery::new();
    let scope = app.scope();
    let mut pendings: Vec<_> = (0..21).map(|number| app.message(&scope, &number.to_string())).collect();
    pendings.extend((0..3).map(|_| app.message_to(OTHER_QUEUE, &scope, &"x".repeat(100_000))));
    app.commit(&scope, "many", &pendings).await;
    app.outbox.deliver(&scope, &pendings).await;
    assert_eq!(app.calls(&format!("SendMessageBatch {QUEUE} ")), 3, "ten, ten and one");
    assert_eq!(app.calls(&format!("SendMessageBatch {OTHER_QUEUE} ")), 2, "262,144 bytes in a call");
    assert_eq!((app.told().len(), app.world.messages(OTHER_QUEUE).len(), app.rows().len()), (21, 3, 0));
    assert_eq!(app.calls("BatchWriteItem"), 1, "24 rows");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_not_the_callers_and_the_relay_sends_what_was_left() {
    for (call, fault) in [
        ("SendMessageBatch", Fault::Throttled),
        ("SendMessageBatch", Fault::Reset),
        ("SendMessageBatch", Fault::SomeEntries(&[0])),
        ("SendMessageBatch", Fault::Invalid),
        ("PutEvents", Fault::InternalError),
        ("PutEvents", Fault::SomeEntries(&[0])),
    ] {
        let app = Delivery::new();
        app.world.fail(On::call(call), fault);
        let (_, counts) = delivered(&app).await;
        assert_eq!(counts, [(LEFT, 1)], "{call} {fault:?}");
        let warned = app.logged("WARN");
        assert_eq!((warned.len(), &warned[0]["left"]), (1, &1.into()), "{call} {fault:?}");
        assert_eq!((app.rows().len(), app.logged("ERROR").len()), (1, 0), "the other is sent and gone");
        app.let_become_due().await;
        assert_eq!(app.relay().await, Ok(()));
        assert_eq!((app.rows().len(), app.told().len(), app.world.events(BUS).len()), (0, 1, 1), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn rows_that_were_sent_and_could_not_be_deleted_are_sent_again_by_the_relay() {
    for fault in [Fault::InternalError, Fault::Hang] {
        let app = Delivery::new();
        app.world.fail(On::call("BatchWriteItem"), fault);
        let (took, counts) = delivered(&app).await;
        assert!(took <= Duration::from_millis(501), "{took:?}");
        assert_eq!((counts, app.logged("WARN").len()), (vec![(LEFT, 2)], 1), "{fault:?}");
        app.let_become_due().await;
        assert_eq!(app.relay().await, Ok(()));
        assert_eq!((app.rows().len(), app.told().len(), app.world.events(BUS).len()), (0, 2, 2), "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_destination_that_hangs_costs_the_caller_half_a_second_at_most_and_holds_no_other_up() {
    let app = Delivery::new();
    app.world.fail(On::call("PutEvents").always(), Fault::Hang);
    let (took, counts) = delivered(&app).await;
    assert!(took <= Duration::from_millis(500), "{took:?}");
    assert_eq!(counts, [(LEFT, 1)]);
    assert_eq!((app.told().len(), app.rows().len()), (1, 1), "the message's row is deleted");
}

#[tokio::test(start_paused = true)]
async fn where_everything_hangs_the_caller_waits_no_longer() {
    let app = Delivery::new();
    app.world.fail(On::call("PutEvents").always(), Fault::Hang);
    app.world.fail(On::call("BatchWriteItem").always(), Fault::Hang);
    let (took, counts) = delivered(&app).await;
    assert!(took <= Duration::from_millis(501), "{took:?}");
    assert_eq!(counts, [(LEFT, 2)]);
}

#[tokio::test(start_paused = true)]
async fn the_delivery_is_over_before_the_operations_own_time_is() {
    let app = Delivery::new();
    app.world.fail(On::call("SendMessageBatch").always(), Fault::Hang);
    app.world.fail(On::call("PutEvents").always(), Fault::Hang);
    let (took, counts) = delivered_within(&app, Duration::from_millis(700)).await;
    assert!(took <= Duration::from_millis(200), "half a second is the entry point's: {took:?}");
    assert_eq!(counts, [(LEFT, 2)]);
}

#[tokio::test(start_paused = true)]
async fn without_time_nothing_is_begun() {
    let app = Delivery::new();
    for time_left in [Duration::ZERO, Duration::from_millis(500)] {
        let (took, counts) = delivered_within(&app, time_left).await;
        assert_eq!((took, counts), (Duration::ZERO, vec![(LEFT, 2)]));
    }
    assert_eq!((app.told().len(), app.world.events(BUS).len(), app.rows().len()), (0, 0, 4));
    delivered_within(&app, Duration::from_millis(500) + MILLISECOND).await;
    assert_eq!(app.rows().len(), 4, "those of before: where calls take no time, a millisecond is enough");
}

#[tokio::test(start_paused = true)]
async fn what_an_operation_has_no_client_for_is_the_relays_from_the_start() {
    let app = Delivery::new();
    let outbox = app.outbox_alone();
    app.operate(&outbox, "state", |scope| vec![app.message(scope, "hello"), app.event(scope, "77-1")]).await;
    assert_eq!((app.rows().len(), app.world.effects().len()), (2, 1));
    assert_eq!(app.output.text().matches("left").count(), 0, "that is how it is meant");
    app.let_become_due().await;
    assert_eq!(app.relay().await, Ok(()));
    assert_eq!((app.rows().len(), app.told().len(), app.world.events(BUS).len()), (0, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn what_was_not_committed_is_never_told() {
    let app = Delivery::new();
    for _ in 0..2 {
        app.operate(&app.outbox, "once", |scope| vec![app.message(scope, "hello")]).await;
    }
    assert_eq!((app.told(), app.rows().len()), (vec!["hello".into()], 0));
}
