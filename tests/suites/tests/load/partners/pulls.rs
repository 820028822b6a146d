//! The platform has the data of many users, and for a while does not give it, or takes its time.

use std::collections::BTreeSet;
use std::time::Duration;

use suites::load::Traffic;
use suites::marketplace::channels::PLATFORM;
use suites::orders::bodies::push;
use suites::orders::{BUCKET, Orders, Pulled, data};

use super::{ABSENT, SILENT, in_time, names, of_order, orders, tell_of, too_late};

/// What is pulled of a user.
const KINDS: [&str; 3] = ["operator", "creditCard", "device"];
/// How long we wait for the platform.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Of how many orders a run pulls the three kinds at a time.
const ORDERS_AT_A_TIME: usize = 4;
const MINUTE: Duration = Duration::from_mins(1);

/// Orders were pushed, and all that is to be pulled is to be had in this way.
async fn pushed(pulled: impl Fn(String) -> Pulled) -> Orders {
    let app = Orders::new().await;
    for order in 0..orders() {
        assert_eq!(app.push(&of_order(order, &push())).await.status(), 2001);
        answer(&app, order, &pulled);
    }
    app
}

fn answer(app: &Orders, order: usize, pulled: impl Fn(String) -> Pulled) {
    let [_, (_, uid)] = names(order);
    for kind in KINDS {
        app.platform.answers(&uid, kind, pulled(data(&uid, kind)));
    }
}

/// Lets so many minutes pass, with a run in each: it ends in an error if its time was up before its work.
async fn live(app: &Orders, minutes: u32) {
    for _ in 0..minutes {
        let minute_over = app.world.time().now() + MINUTE;
        // Whether it got through shows in what is stored.
        app.pull().await.ok();
        let left = minute_over.duration_since(app.world.time().now()).unsigned_abs();
        app.world.pass(left).await;
    }
}

/// The orders that have all their data.
fn complete(app: &Orders) -> usize {
    let of = |order: usize| names(order)[0].1.clone();
    (0..orders()).filter(|order| app.status(&of(*order)) == Some(2)).count()
}

/// Every order has all its data, each kind in an object that its row names, and went one step.
fn all_are_complete(app: &Orders) {
    assert_eq!(complete(app), orders());
    let objects = app.world.objects(BUCKET).len();
    assert!(objects >= orders() * (KINDS.len() + 1), "{objects}");
    for order in 0..orders() {
        let [(_, order), _] = names(order);
        assert_eq!(app.pull_states(&order).concat(), "111", "{order}");
        let steps = app.history(&order).into_iter().filter(|step| step.starts_with("0>2 ")).count();
        assert_eq!(steps, 1, "{order}");
    }
}

#[tokio::test(start_paused = true)]
async fn orders_wait_while_the_platform_gives_no_data_and_all_have_theirs_when_it_does() {
    let app = pushed(Pulled::Data).await;
    let traffic = Traffic::in_world(&app.world, 0);
    traffic.leaves(PLATFORM, SILENT);
    live(&app, 10).await;
    let at_once = traffic.at_once(PLATFORM, TIMEOUT);
    assert_eq!(at_once, KINDS.len() * ORDERS_AT_A_TIME.min(orders()), "as many as a run takes on at a time");
    traffic.leaves(PLATFORM, ABSENT);
    live(&app, 15).await;
    assert_eq!(complete(&app), 0);
    let absent = traffic.calls_to(PLATFORM).len();
    // Now, and after 1, 5 and 15 minutes; of those that come to nothing because we cannot be sure, none is left out.
    assert!(absent <= orders() * KINDS.len() * 4, "{absent}");
    traffic.returns(PLATFORM);
    live(&app, 75).await;
    all_are_complete(&app);
    let after: Vec<_> = app.platform.pulls();
    let different: BTreeSet<_> = after.iter().collect();
    assert_eq!(different.len(), orders() * KINDS.len());
    let calls = [absent, traffic.calls_to(PLATFORM).len()];
    assert_eq!(calls[1] - calls[0], orders() * KINDS.len(), "each kind once when it is back");
    tell_of("data pulls", orders() * KINDS.len(), calls, Some(at_once), calls[1] - calls[0]);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_answers_just_in_time_is_asked_once() {
    let app = pushed(|data| Pulled::Late(in_time(TIMEOUT), data)).await;
    live(&app, u32::try_from(orders()).unwrap_or_default()).await;
    all_are_complete(&app);
    assert_eq!(app.platform.pulls().len(), orders() * KINDS.len());
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_answers_too_late_is_asked_again_later() {
    let app = pushed(|data| Pulled::Late(too_late(TIMEOUT), data)).await;
    live(&app, 3).await;
    assert_eq!(complete(&app), 0);
    (0..orders()).for_each(|order| answer(&app, order, Pulled::Data));
    live(&app, 25).await;
    all_are_complete(&app);
}
