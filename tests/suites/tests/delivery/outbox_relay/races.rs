//! Runs that overlap.

use suites::delivery::{BUS, Delivery};
use world::On;

#[tokio::test(start_paused = true)]
async fn two_runs_at_once_send_everything_at_least_once_and_leave_nothing() {
    let app = Delivery::new();
    let scope = app.scope();
    app.leave_these(&scope, &[app.message(&scope, "a"), app.message(&scope, "b"), app.event(&scope, "1")])
        .await;
    app.world.meet(On::call("BatchWriteItem"), 2);
    let (first, second) = tokio::join!(app.relay(), app.relay());
    assert_eq!((first, second), (Ok(()), Ok(())));
    assert_eq!(app.told(), ["a", "a", "b", "b"], "both had read before either deleted");
    let events = app.world.events(BUS);
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].detail, events[1].detail, "whoever listens knows it by its id");
    assert_eq!(app.rows().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_row_whose_function_is_late_may_go_out_twice_and_is_gone() {
    let app = Delivery::new();
    let scope = app.scope();
    let pendings = [app.message(&scope, "hello")];
    app.leave_these(&scope, &pendings).await;
    let late = app.scope();
    app.world.meet(On::call("BatchWriteItem"), 2);
    let (run, left) = tokio::join!(app.relay(), app.outbox.deliver(&late, &pendings));
    assert_eq!((run, left), (Ok(()), 0));
    assert_eq!((app.told(), app.rows().len()), (vec!["hello".into(), "hello".into()], 0));
    assert_eq!(late.counts(), []);
}
