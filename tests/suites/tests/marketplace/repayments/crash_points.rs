//! A wish to repay, stopped before and after each of its effects (design §11.5); then the platform asks again.

use std::cell::RefCell;
use std::time::Duration;

use suites::host::OUTBOX;
use suites::orders::{CUSTOMERS, ORDER, Platform, TABLES};
use suites::repayments::{LOANS, Repayments, furnish, planned};
use world::{CrashPoints, World};

/// What differs between two runs that end in the same state.
const VOLATILE: [&str; 6] = ["request_stamp", "updated_at", "at", "id", "correlation_id", "x-correlation-id"];
/// Until the relay looks at what was left.
const LATER: Duration = Duration::from_mins(1);

suites::crash_points! {
    "repay", repay_ends_as_if_it_had_never_stopped: [
        a_wish_for_a_period_and_for_everything(),
    ];
}

async fn a_wish_for_a_period_and_for_everything() {
    for period in [2, -1] {
        let prepared = Repayments::of(&planned()).await;
        let platforms = RefCell::<Option<Platform>>::default();
        let begin = async || {
            let world = World::starting_at(prepared.world.time().now());
            furnish(&world);
            for table in TABLES.into_iter().chain([CUSTOMERS, LOANS]) {
                prepared.world.items(table).iter().for_each(|row| world.put_item(table, row));
            }
            platforms.replace(Some(prepared.platform.copied_to(&world)));
            world
        };
        let deliver = async |world: &World| {
            let platform = platforms.borrow().clone().expect("a world has begun");
            let app = Repayments::over(world.clone(), platform).await;
            assert_eq!(app.repay(period).await.status(), 5001);
            // Whatever was left in the outbox is the relay's.
            world.others_follow();
            app.relay().await.unwrap();
            assert!(app.world.items(OUTBOX).is_empty());
            let commands = app.commands();
            assert!(
                !commands.is_empty() && commands.iter().all(|command| command == &commands[0]),
                "{commands:?}"
            );
            assert_eq!(app.history(ORDER).len(), 2, "the push, and one attempt");
        };
        let points = CrashPoints::new(begin, deliver).redelivered_after(LATER).volatile(&VOLATILE);
        let effects = points.check().await;
        assert_eq!(effects.len(), 3, "one transaction, the message, its row's end: {effects:#?}");
    }
}
