//! The platform takes no callbacks for half an hour, or takes its time.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use suites::callbacks::{CALLBACKS, Callbacks, PARTNER_CALLBACK, Platform};
use suites::load::{Source, Traffic};
use suites::marketplace::channels::PLATFORM;
use world::Fault;

use super::{in_time, orders, tell_of, too_late};

/// The callbacks of an order.
const NUMBERS: [u64; 3] = [1, 2, 3];
/// How long we wait for the platform.
const TIMEOUT: Duration = Duration::from_secs(8);
/// The first pause after a failure, less a fifth.
const SHORTEST_PAUSE: Duration = Duration::from_secs(48);
/// Before half an hour is over an order is tried now, after 1, after 5 and after 15 minutes.
const MOST_TRIES: usize = 4;

fn order(number: usize) -> String {
    format!("840#9{number:08}")
}

/// Callbacks of many orders wait, and whoever sends them is awake: as many workers as the template allows.
async fn waiting() -> (Callbacks, Vec<Callbacks>) {
    let app = Callbacks::new().await;
    let mut workers = vec![];
    for _ in 0..Source::of(PARTNER_CALLBACK).concurrency {
        workers.push(app.another().await);
    }
    for place in 0..orders() {
        for number in NUMBERS {
            app.cause(&order(place), number, &[number]).await;
        }
        app.wake(&order(place));
    }
    (app, workers)
}

/// Lets so many minutes pass, each with a run of the relay, and all workers at work.
async fn live(app: &Callbacks, workers: &[Callbacks], minutes: u32) {
    for _ in 0..minutes {
        let minute_over = app.world.time().now() + Duration::from_mins(1);
        app.wake_due().await.expect("a run of the relay");
        while app.world.time().now() < minute_over {
            join_all(workers.iter().map(Callbacks::work_all)).await;
            app.world.pass(Duration::from_secs(5)).await;
        }
    }
}

/// Every callback has arrived, in the order of its causes; one whose answer was lost came again before the next.
fn all_are_delivered(app: &Callbacks, at_most: usize) -> usize {
    let mut arrived = 0;
    for place in 0..orders() {
        let mut numbers = app.platform.numbers(&order(place));
        assert!(numbers.len() <= at_most, "{numbers:?}");
        arrived += numbers.len();
        numbers.dedup();
        assert_eq!((numbers, app.states(&order(place))), (NUMBERS.to_vec(), vec!["delivered".to_owned(); 3]));
    }
    let is_due = app.world.items(CALLBACKS).iter().any(|row| row.get("due_at").is_some());
    assert!(!is_due, "nothing waits");
    arrived
}

/// One at a time, and not before its pause.
fn is_spared(arrived: &[Timestamp]) {
    assert!(arrived.len() <= MOST_TRIES, "{arrived:?}");
    let pauses = arrived.windows(2).map(|two| two[1].duration_since(two[0]).unsigned_abs());
    assert!(pauses.min().is_none_or(|pause| pause >= SHORTEST_PAUSE), "{arrived:?}");
}

#[tokio::test(start_paused = true)]
async fn callbacks_wait_while_the_platform_is_absent_and_all_arrive_when_it_is_back() {
    let (app, workers) = waiting().await;
    let traffic = Traffic::in_world(&app.world, 0);
    // They arrive, and no answer ever comes.
    traffic.leaves(PLATFORM, &[Fault::HangAfterEffect]);
    live(&app, &workers, 30).await;
    let at_once = traffic.at_once(PLATFORM, TIMEOUT);
    assert_eq!(at_once, Source::of(PARTNER_CALLBACK).concurrency.min(orders()), "as many as may be");
    for place in 0..orders() {
        let arrived: Vec<_> = app.platform.arrived(&order(place)).into_iter().map(|one| one.at).collect();
        is_spared(&arrived);
        assert_eq!(app.states(&order(place)), ["pending"; 3]);
    }
    let absent = traffic.calls_to(PLATFORM).len();
    traffic.returns(PLATFORM);
    live(&app, &workers, 75).await;
    let arrived = all_are_delivered(&app, MOST_TRIES + NUMBERS.len());
    let calls = [absent, traffic.calls_to(PLATFORM).len()];
    assert_eq!(calls[1], arrived);
    tell_of("callbacks", orders() * NUMBERS.len(), calls, Some(at_once), arrived - absent);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_answers_just_in_time_is_sent_each_callback_once() {
    let (app, workers) = waiting().await;
    let traffic = Traffic::in_world(&app.world, 0);
    for place in 0..orders() {
        app.platform.always(&order(place), Some(Platform::takes().delayed(in_time(TIMEOUT))));
    }
    live(&app, &workers, 20).await;
    let arrived = all_are_delivered(&app, NUMBERS.len());
    assert_eq!(arrived, orders() * NUMBERS.len());
    assert!(traffic.at_once(PLATFORM, in_time(TIMEOUT)) <= Source::of(PARTNER_CALLBACK).concurrency);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_answers_too_late_is_as_one_that_does_not() {
    let (app, workers) = waiting().await;
    for place in 0..orders() {
        app.platform.always(&order(place), Some(Platform::takes().delayed(too_late(TIMEOUT))));
    }
    live(&app, &workers, 4).await;
    for place in 0..orders() {
        let arrived: Vec<_> = app.platform.arrived(&order(place)).into_iter().map(|one| one.at).collect();
        is_spared(&arrived);
        app.platform.always(&order(place), None);
    }
    live(&app, &workers, 20).await;
    all_are_delivered(&app, MOST_TRIES + NUMBERS.len());
}
