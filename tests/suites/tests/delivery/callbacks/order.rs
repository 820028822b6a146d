//! Order per order without a queue's order: wake-ups may be lost, doubled and shuffled.

use suites::callbacks::{CALLBACKS, Callbacks, ORDER, PARTNER_CALLBACK, Platform};
use suites::marketplace::channels::{AES, PLAIN, PLATFORM};
use world::On;

/// A number that looks like chance and is the same each time.
fn drawn(seed: u64) -> u64 {
    let mixed = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 33
}

#[tokio::test(start_paused = true)]
async fn a_thousand_orders_whose_wake_ups_are_thrown_away_doubled_and_shuffled_each_arrive_once_in_order() {
    let app = Callbacks::new().await;
    let orders: Vec<_> =
        (0..1000).map(|order| format!("{}#{order}", if order % 3 == 0 { AES } else { PLAIN })).collect();
    let mut wake_ups = Vec::new();
    for version in 1..=3 {
        for (place, order) in orders.iter().enumerate() {
            app.cause(order, version, &[version]).await;
            let luck = drawn(version * 10_000 + place as u64);
            // A third is thrown away, a third is doubled.
            wake_ups.extend((0..luck % 3).map(|copy| (drawn(luck + copy), order.clone())));
        }
    }
    wake_ups.sort_unstable();
    for (_, order) in wake_ups {
        app.wake(&order);
    }
    app.work_all().await;
    app.live(2).await;
    // The table is read once: it has four thousand rows.
    let (heads, rows): (Vec<_>, Vec<_>) =
        app.world.items(CALLBACKS).into_iter().partition(|row| row["seq"]["S"] == "head");
    assert_eq!((heads.len(), rows.len()), (1000, 3000));
    assert!(heads.iter().all(|head| head.get("due_at").is_none()));
    assert!(rows.iter().all(|row| row["state"]["S"] == "delivered"));
    for order in &orders {
        assert_eq!(app.platform.numbers(order), [1, 2, 3], "{order}");
    }
    assert_eq!(app.world.messages(PARTNER_CALLBACK).len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_callback_is_signed_afresh_for_each_try_and_goes_where_its_kind_goes() {
    let app = Callbacks::new().await;
    app.platform.answers(ORDER, [Platform::code(10_001)]);
    app.cause_and_wake(&[1]).await;
    app.work_all().await;
    app.live(3).await;
    let arrived = app.platform.arrived(ORDER);
    assert_eq!(arrived.len(), 2);
    for one in &arrived {
        assert_eq!((one.timestamp, one.path.as_str()), (one.at.as_millisecond(), "api/v2/order/feedback.do"));
    }
    assert!(arrived[0].timestamp < arrived[1].timestamp);
}

#[tokio::test(start_paused = true)]
async fn callbacks_of_one_change_go_out_in_their_order_in_one_pass() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 9, &[1, 2, 3]).await;
    app.cause(ORDER, 10, &[4]).await;
    app.wake(ORDER);
    app.work().await;
    assert_eq!(app.platform.numbers(ORDER), [1, 2, 3, 4]);
    assert_eq!(app.outcomes(), ["drained"]);
    assert_eq!(app.counted("callback_delivered"), 4);
}

#[tokio::test(start_paused = true)]
async fn an_order_with_more_callbacks_than_one_page_is_sent_whole() {
    let app = Callbacks::new().await;
    for version in 1..=60 {
        app.cause(ORDER, version, &[version]).await;
    }
    app.wake(ORDER);
    app.work().await;
    assert_eq!(app.platform.numbers(ORDER), (1..=60).collect::<Vec<_>>());
    app.cause_and_wake(&[61]).await;
    let (_, spent) = app.world.measure(app.work()).await;
    assert_eq!(spent.reads(), world::Units::whole(1), "what is done is not read again");
}

#[tokio::test(start_paused = true)]
async fn one_order_that_fails_holds_no_other_up() {
    let app = Callbacks::new().await;
    app.platform.always(ORDER, Some(Platform::code(10_001)));
    app.cause_and_wake(&[1, 2]).await;
    app.cause("840#other", 1, &[7]).await;
    app.wake("840#other");
    app.work_all().await;
    assert_eq!(app.platform.numbers(ORDER), [1], "the second waits behind the first");
    assert_eq!(app.platform.numbers("840#other"), [7]);
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_comes_while_another_is_sent_is_sent_in_the_same_pass() {
    let app = Callbacks::new().await;
    app.cause(ORDER, 1, &[1]).await;
    let (world, scope) = (app.world.clone(), app.scope());
    app.world.before(On::call("POST").to(PLATFORM), move || async move {
        suites::callbacks::cause(&world, &scope, ORDER, 2, &[2]).await;
    });
    app.wake(ORDER);
    app.work().await;
    assert_eq!(app.platform.numbers(ORDER), [1, 2]);
    assert_eq!(app.states(ORDER), ["delivered"; 2]);
}
