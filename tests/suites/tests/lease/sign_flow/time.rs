//! A flow begins no step that it may not live to see the end of: it asks to be called again.

use std::time::Duration;

use serde_json::json;
use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, done};

use super::{ALL, AUTH, CREATE, SUBMIT, SYNC, finished, flow, hasty};

#[tokio::test(start_paused = true)]
async fn a_flow_that_runs_out_of_time_stops_between_two_steps_and_goes_on_in_the_next_call() {
    let lease = hasty().await;
    for method in [SYNC, SUBMIT, CREATE, AUTH] {
        lease.ant.plan(method, None, Spoil::Slow(Duration::from_secs(7)), true, 1);
    }
    // 29 seconds are enough for three of them: after that, 8 are left.
    let first = done(&lease.send(&flow()).await);
    let expected = json!({
        "order_id": ORDER, "state": "WITHHOLD_SIGNING", "waiting_for": "retry", "sign_info": null,
        "sign_str": null,
    });
    assert_eq!(first, expected);
    assert_eq!(lease.ant.heard(), ALL[..3]);
    assert_eq!(done(&lease.send(&flow()).await), finished());
    assert_eq!(lease.ant.heard(), ALL[3..]);
}

#[tokio::test(start_paused = true)]
async fn with_less_than_9_seconds_left_nothing_is_begun_and_with_9_it_is() {
    for (milliseconds, state) in [(8_999, "NEW"), (9_000, "ACTIVE")] {
        let lease: Lease = hasty().await.with_time_left(Duration::from_millis(milliseconds));
        let data = done(&lease.send(&flow()).await);
        assert_eq!(data["state"], state, "{milliseconds}");
        let waiting_for = if state == "NEW" { json!("retry") } else { json!(null) };
        assert_eq!(data["waiting_for"], waiting_for);
    }
}
