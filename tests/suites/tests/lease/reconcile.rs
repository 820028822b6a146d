//! lease-reconcile (§2, §9, §12): what it takes and when, and that nothing holds it up.

mod due;
mod obstacles;

use std::time::Duration;

use suites::lease::ant::Spoil;
use suites::lease::{Lease, ORDER, refused};

use crate::operations::Operation;

const TRADE_GET: &str = "antchain.ato.trade.get";
const FLOW_GET: &str = "antchain.ato.sign.flow.get";
const SIGN_QUERY: &str = "antchain.ato.withhold.sign.query";

/// An order whose operation was lost, after it was done or before; Ant's calls forgotten.
async fn lost(operation: Operation, after_effect: bool) -> Lease {
    let lease = operation.prepared().await;
    lease.ant.plan(operation.method(), None, Spoil::Reset, after_effect, 1);
    assert_eq!(refused(&lease.send(&operation.request()).await), (504, "ANT_UNKNOWN".into()));
    lease.ant.heard();
    lease
}

/// Runs it so much later, and tells what Ant was asked.
async fn after(lease: &Lease, wait: Duration) -> Vec<String> {
    lease.world.pass(wait).await;
    lease.reconcile().await.unwrap();
    lease.ant.heard()
}

fn is_unknown(lease: &Lease) -> bool {
    lease.row(ORDER).unwrap().get("unknown_operation").is_some()
}
