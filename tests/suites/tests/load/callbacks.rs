//! Many orders have callbacks to send, and each is woken for more than once.

use serde_json::json;
use suites::callbacks::{CALLBACKS, Callbacks, PARTNER_CALLBACK};

use crate::burst::{Burst, Taken, messages};

/// The callbacks of an order.
const NUMBERS: [u64; 4] = [1, 2, 3, 4];

fn order(number: usize) -> String {
    format!("840#9{number:08}")
}

pub(crate) async fn every_callback_is_taken_by_the_platform_in_the_order_of_its_causes() -> Taken {
    let orders = messages() / NUMBERS.len();
    let app = Callbacks::new().await;
    for place in 0..orders {
        for number in NUMBERS {
            app.cause(&order(place), number, &[number]).await;
        }
    }
    let wake_ups = (0..orders).flat_map(|place| NUMBERS.map(|_| json!({"order": order(place)}).to_string()));
    let burst = Burst { world: &app.world, function: PARTNER_CALLBACK, messages: wake_ups.collect() };
    let taken = burst.take(async || app.another().await, async |app: &Callbacks| app.work().await).await;
    // What a failure left is for the relay, which wakes the worker once it is due.
    app.live(30).await;
    let mut arrived = 0;
    for place in 0..orders {
        let mut numbers = app.platform.numbers(&order(place));
        arrived += numbers.len();
        // One whose outcome could not be written is sent again before the next.
        numbers.dedup();
        assert_eq!((numbers, app.states(&order(place))), (NUMBERS.to_vec(), vec!["delivered".to_owned(); 4]));
    }
    taken.hold_repeats(orders * NUMBERS.len(), arrived);
    let callbacks = app.world.items(CALLBACKS).into_iter().filter(|row| row["seq"]["S"] != "head");
    taken.tell(callbacks.count())
}
