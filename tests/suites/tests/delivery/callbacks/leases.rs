//! Two workers on one order: only who holds the lease sends, and who lost it writes nothing over the other.

use std::time::Duration;

use futures_util::future::join;
use platform::callbacks::Passed;
use serde_json::json;
use suites::callbacks::{Callbacks, ORDER, Platform};
use suites::marketplace::channels::PLATFORM;
use world::{Fault, On};

#[tokio::test(start_paused = true)]
async fn of_two_workers_at_once_one_sends_and_the_other_leaves_it_to_it() {
    for _ in 0..5 {
        let app = Callbacks::new().await;
        let other = app.another().await;
        app.cause(ORDER, 1, &[1]).await;
        app.cause(ORDER, 2, &[2]).await;
        for _ in 0..2 {
            app.wake(ORDER);
        }
        app.world.meet(On::call("UpdateItem").to("callbacks"), 2);
        join(app.work(), other.work()).await;
        assert_eq!(app.platform.numbers(ORDER), [1, 2]);
        assert_eq!(app.states(ORDER), ["delivered"; 2]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_whose_lease_ran_out_writes_nothing_over_the_one_that_took_it() {
    let app = Callbacks::new().await;
    let other = app.another().await;
    app.cause(ORDER, 1, &[1]).await;
    app.cause(ORDER, 2, &[2]).await;
    app.wake(ORDER);
    app.platform.answers(ORDER, [Platform::code(10_001)]);
    // The first hangs between its call and what it writes of it, until the second has sent everything.
    let (world, worker, scope) = (app.world.clone(), other.worker().worker.clone(), other.scope());
    app.world.before(On::call("TransactWriteItems").to("callbacks"), move || async move {
        world.time().advance(Duration::from_secs(19));
        assert_eq!(worker.pass(&scope, ORDER).await.expect("a pass"), Passed::Leased);
        world.time().advance(Duration::from_secs(2));
        assert_eq!(worker.pass(&scope, ORDER).await.expect("a pass"), Passed::Drained);
    });
    app.work().await;
    // The process that began last has the thread's logs.
    assert_eq!(other.outcomes(), ["lease_lost"]);
    assert_eq!(app.platform.numbers(ORDER), [1, 1, 2], "once more, and never out of order");
    assert_eq!(app.states(ORDER), ["delivered"; 2]);
    assert_eq!(app.attempts(0), [("delivered".to_owned(), Some(0))], "the first wrote nothing over it");
    assert!(app.head(ORDER).get("due_at").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stale_workers_write_is_refused_by_the_owner_in_the_head() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.wake(ORDER);
    // While the call is under way another worker takes the order, and holds it.
    let world = app.world.clone();
    app.world.before(On::call("POST").to(PLATFORM), move || async move {
        let mut rows = world.items("callbacks").into_iter();
        let mut head = rows.find(|row| row["seq"]["S"] == "head").expect("a head");
        head["lease_owner"] = json!({"S": "another"});
        head["request_stamp"] = json!({"S": "another"});
        world.put_item("callbacks", &head);
    });
    app.work().await;
    assert_eq!(app.outcomes(), ["lease_lost"]);
    assert_eq!((app.states(ORDER), app.attempts(0)), (vec!["pending".to_owned()], vec![]));
    assert_eq!(app.head(ORDER)["lease_owner"]["S"], "another");
    assert_eq!(app.counted("callback_delivered"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_died_leaves_the_order_to_the_next_wake_up() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    app.wake(ORDER);
    app.world.fail(On::call("TransactWriteItems").to("callbacks").times(3), Fault::InternalError);
    app.work().await;
    assert_eq!((app.outcomes(), app.states(ORDER)), (vec!["retry".to_owned()], vec!["pending".to_owned()]));
    app.live(6).await;
    assert_eq!(app.states(ORDER), ["delivered"]);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_in_taking_or_in_writing_is_tried_again_and_the_callback_goes_out_once() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    for call in ["UpdateItem", "TransactWriteItems"] {
        app.world.fail(On::call(call).to("callbacks"), Fault::TransactionConflict);
    }
    app.wake(ORDER);
    app.live(5).await;
    assert_eq!(app.states(ORDER), ["delivered"]);
    assert_eq!(app.platform.numbers(ORDER), [1]);
}

/// The lease is taken, and its answer lost: the SDK asks once more, and the head shows its own stamp.
#[tokio::test(start_paused = true)]
async fn a_lease_whose_answer_is_lost_is_known_by_its_stamp_and_the_callback_goes_out_at_once() {
    for lost in [Fault::InternalErrorAfterEffect, Fault::ResetAfterEffect, Fault::HangAfterEffect] {
        let app = Callbacks::new().await.with_sdk_retries();
        app.cause_and_wake(&[1]).await;
        app.world.fail(On::call("UpdateItem").to("callbacks"), lost);
        app.work_all().await;
        assert_eq!(
            (app.outcomes(), app.states(ORDER)),
            (vec!["drained".to_owned()], vec!["delivered".to_owned()])
        );
        assert_eq!(app.platform.numbers(ORDER), [1], "{lost:?}");
        let leases = app.world.effects().iter().filter(|effect| effect.contains("UpdateItem")).count();
        assert_eq!(leases, 2, "{lost:?}: the SDK asked once more");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_after_a_try_whose_answer_is_lost_is_known_and_nothing_is_sent_twice() {
    for lost in [Fault::InternalErrorAfterEffect, Fault::ResetAfterEffect, Fault::HangAfterEffect] {
        let app = Callbacks::new().await.with_sdk_retries();
        app.cause_and_wake(&[1, 2]).await;
        app.world.fail(On::call("TransactWriteItems").to("callbacks"), lost);
        app.work_all().await;
        assert_eq!(app.states(ORDER), ["delivered"; 2], "{lost:?}");
        assert_eq!(app.platform.numbers(ORDER), [1, 2], "{lost:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_with_too_little_time_begins_nothing_and_gives_the_order_back() {
    let app = Callbacks::new().await;
    for version in 1..=20 {
        app.cause(ORDER, version, &[version]).await;
    }
    app.platform.answers(ORDER, (0..20).map(|_| Platform::takes().delayed(Duration::from_secs(7))));
    app.wake(ORDER);
    app.work().await;
    assert_eq!(app.outcomes(), ["out_of_time"]);
    let sent = app.platform.numbers(ORDER).len();
    assert!((5..=8).contains(&sent), "{sent}");
    assert!(app.head(ORDER).get("lease_until").is_none());
    app.live(6).await;
    assert_eq!(app.platform.numbers(ORDER), (1..=20).collect::<Vec<_>>());
}
