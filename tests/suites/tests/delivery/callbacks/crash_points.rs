//! A process may die between any two effects of the worker, the relay's wake-ups and a resend; what comes after it ends
//! in the state of the clean run (design §11.5).

use std::time::Duration;

use serde_json::json;
use suites::callbacks::{Callbacks, ORDER, PARTNER_CALLBACK, Platform, furnish};
use suites::marketplace;
use world::{CrashPoints, World};

/// What differs between two runs that end in the same state: a crash may make a callback go out once more, and each
/// process has its own ids.
const VOLATILE: [&str; 13] = [
    "request_stamp",
    "lease_owner",
    "attempts",
    "failures",
    "resends",
    "resent_at",
    "dead_at",
    "waits_since",
    "created_at",
    "correlation_id",
    "x-correlation-id",
    "due_at",
    "waited_ms",
];

/// When the relay makes up for a wake-up that was lost long ago.
const EIGHTH_MINUTE: Duration = Duration::from_secs(490);

suites::crash_points! {
    "callback-resend", callback_resend_ends_as_if_it_had_never_stopped: [
        a_resend_and_what_it_sends(),
    ];
    "partner-callback", partner_callback_ends_as_if_it_had_never_stopped: [
        the_worker_with_three_callbacks(),
        a_try_that_fails_and_the_next_one_which_is_taken(),
        a_try_that_fails_and_was_the_last(),
        a_wake_up_that_is_refused(),
    ];
}

async fn setup(prepare: impl AsyncFn(&Callbacks)) -> World {
    setup_with(prepare, |_| {}).await
}

/// The same with a platform that is told how to answer.
async fn setup_with(prepare: impl AsyncFn(&Callbacks), tell: impl Fn(&Platform)) -> World {
    let prepared = Callbacks::new().await;
    prepare(&prepared).await;
    // What prepares is no effect of what is tried.
    let world = marketplace::world();
    furnish(&world);
    tell(&Platform::in_world(&world));
    for row in prepared.world.items("callbacks") {
        world.put_item("callbacks", &row);
    }
    world
}

async fn the_worker_with_three_callbacks() {
    let setup = async || {
        setup(async |app| {
            for version in 1..=3 {
                app.cause(ORDER, version, &[version]).await;
            }
        })
        .await
    };
    let run = async |world: &World| {
        let app = Callbacks::over(world.clone(), Platform::default()).await;
        app.wake(ORDER);
        app.work_all().await;
    };
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_secs(400)).volatile(&VOLATILE);
    let effects = points.check().await;
    assert_eq!(effects.len(), 7, "{effects:#?}");
}

async fn a_try_that_fails_and_the_next_one_which_is_taken() {
    let setup = async || {
        let prepare = async |app: &Callbacks| {
            for version in 1..=2 {
                app.cause(ORDER, version, &[version]).await;
            }
        };
        setup_with(prepare, |platform| platform.answers(ORDER, [Platform::code(10_001)])).await
    };
    let run = async |world: &World| {
        let app = Callbacks::over(world.clone(), Platform::default()).await;
        app.wake(ORDER);
        app.work_all().await;
        app.live(3).await;
        assert_eq!(app.states(ORDER), ["delivered"; 2]);
    };
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_secs(400)).volatile(&VOLATILE);
    let effects = points.check().await;
    // The lease, the call, what came of it, the wake-up for the next try, by the worker and by the relay; then the lease,
    // and two calls, each with what came of it.
    assert!(effects.len() >= 9, "{effects:#?}");
}

async fn a_try_that_fails_and_was_the_last() {
    let setup = async || {
        let prepare = async |app: &Callbacks| {
            app.cause(ORDER, 1, &[1]).await;
            app.cause(ORDER, 2, &[2]).await;
            for mut row in app.rows(ORDER) {
                row["waited_ms"] = json!({"N": (24 * 3600 * 1000).to_string()});
                app.world.put_item("callbacks", &row);
            }
        };
        setup_with(prepare, |platform| platform.always(ORDER, Some(Platform::code(10_001)))).await
    };
    let run = async |world: &World| {
        let app = Callbacks::over(world.clone(), Platform::default()).await;
        app.wake(ORDER);
        app.work_all().await;
    };
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_secs(400)).volatile(&VOLATILE);
    let effects = points.check().await;
    assert_eq!(effects.len(), 5, "{effects:#?}");
}

pub(crate) async fn the_relay_and_the_worker_it_wakes() {
    let setup = async || setup(async |app| app.cause(ORDER, 1, &[1]).await).await;
    let run = async |world: &World| {
        let app = Callbacks::over(world.clone(), Platform::default()).await;
        app.wake_due().await.expect("a run");
        app.work_all().await;
    };
    let points = CrashPoints::new(setup, run).redelivered_after(EIGHTH_MINUTE).volatile(&VOLATILE);
    points.check().await;
}

async fn a_wake_up_that_is_refused() {
    let setup = async || {
        let world = setup(async |_| {}).await;
        world.send(PARTNER_CALLBACK, "garbage", &[]);
        world
    };
    let run = async |world: &World| {
        Callbacks::over(world.clone(), Platform::default()).await.work_all().await;
    };
    let points = CrashPoints::new(setup, run).redelivered_after(Duration::from_secs(400)).volatile(&VOLATILE);
    let effects = points.check().await;
    assert_eq!(effects.len(), 1, "the copy in the dead-letter queue: {effects:#?}");
}

async fn a_resend_and_what_it_sends() {
    let setup = async || {
        setup(async |app| {
            app.cause(ORDER, 1, &[1]).await;
            let mut row = app.rows(ORDER)[0].clone();
            row["waited_ms"] = json!({"N": (24 * 3600 * 1000).to_string()});
            app.world.put_item("callbacks", &row);
            app.platform.answers(ORDER, [Platform::code(10_001)]);
            app.wake(ORDER);
            app.work_all().await;
            assert_eq!(app.states(ORDER), ["dead"]);
        })
        .await
    };
    let run = async |world: &World| {
        let app = Callbacks::over(world.clone(), Platform::default()).await;
        app.resend(&json!({"callback_id": Callbacks::id(1)})).await;
        app.work_all().await;
        app.live(1).await;
    };
    let points = CrashPoints::new(setup, run).redelivered_after(EIGHTH_MINUTE).volatile(&VOLATILE);
    points.check().await;
}
