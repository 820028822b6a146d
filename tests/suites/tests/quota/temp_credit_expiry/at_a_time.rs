//! On how many grants of a shard the job works at a time.

use serde_json::Value;
use suites::quota::Quota;
use world::On;

use crate::one_grant::{LATER, lasting};

/// As docs/contexts/quota.md says.
const AT_A_TIME: usize = 32;

/// So many pins of one shard, with a grant each.
fn of_one_shard(pins: usize) -> Vec<Value> {
    let is_ours = |pin: &String| platform::fingerprint(&[pin]).starts_with(['0', '4', '8', 'c']);
    let ours = (0..).map(|number| format!("pin-{number}")).filter(is_ours);
    ours.take(pins).map(|pin| lasting(&pin, "W1")).collect()
}

/// How many of one grant more than go at a time are taken off and how many fail, if each waits for `others` to come.
async fn taken_off_when_waiting_for(others: usize) -> (u64, u64) {
    let app = Box::pin(Quota::new()).await;
    app.take(&of_one_shard(AT_A_TIME + 1)).await;
    app.world.meet(On::call("TransactWriteItems"), others);
    let ended = app.expire(LATER).await;
    let counts = (app.counted("temp_credit_expired"), app.counted("temp_credit_expiry_failed"));
    assert_eq!(ended.is_ok(), counts.1 == 0);
    counts
}

#[tokio::test(start_paused = true)]
async fn thirty_two_grants_of_a_shard_are_taken_off_at_a_time_and_never_one_more() {
    assert_eq!(taken_off_when_waiting_for(AT_A_TIME).await, (33, 0), "so many come together");
    assert_eq!(
        taken_off_when_waiting_for(AT_A_TIME + 1).await,
        (1, 32),
        "the last comes when the others are gone"
    );
}

#[tokio::test(start_paused = true)]
async fn the_grants_of_one_pin_are_taken_off_in_turn() {
    let app = Box::pin(Quota::new()).await;
    let grants: Vec<Value> = (0..4).map(|number| lasting("p-1", &format!("W{number}"))).collect();
    app.take(&grants).await;
    // Two at once would meet here, and none would wait in vain.
    app.world.meet(On::call("TransactWriteItems"), 2);
    app.expire(LATER).await.unwrap_err();
    assert_eq!((app.counted("temp_credit_expired"), app.counted("temp_credit_expiry_failed")), (3, 1));
}
