//! The acceptance examples of the specification (§11).

use serde_json::json;
use suites::lease::{Lease, ORDER, done};

#[tokio::test(start_paused = true)]
async fn a_lease_goes_from_its_first_sync_to_its_unbinding() {
    let lease = Lease::new().await;
    lease.unbound(ORDER).await;
    assert_eq!(
        lease.history(ORDER),
        [
            "->NEW",
            "NEW>SYNCED",
            "SYNCED>CONTRACT_SIGNING",
            "CONTRACT_SIGNING>WITHHOLD_SIGNING",
            "WITHHOLD_SIGNING>WITHHOLD_SIGNED",
            "WITHHOLD_SIGNED>ACTIVE",
            "ACTIVE>FULFILLED",
            "FULFILLED>CLOSED",
            "CLOSED>UNBOUND",
        ]
    );
    let told = done(&lease.get(ORDER, "").await);
    assert_eq!(told["state"], json!("UNBOUND"));
    assert_eq!(lease.told(), ["lease_closed"]);
}
