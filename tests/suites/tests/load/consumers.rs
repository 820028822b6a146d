//! That no consumer is forgotten.

use std::collections::BTreeSet;

use suites::load::Source;
use suites::template;

/// Every function that a burst here comes to.
const BURSTS: [&str; 13] = [
    "audit-result",
    "client-events",
    "contract-events",
    "credit-events",
    "credit-result",
    "customer-events",
    "infor-inbound",
    "infor-request",
    "loan-result",
    "overdue",
    "partner-callback",
    "repay-plan",
    "repay-result",
];
/// Those that have none yet (docs/RELIABILITY.md).
const WITHOUT: [&str; 1] = ["depository-events"];

#[test]
fn every_function_that_takes_from_a_queue_has_its_burst_or_is_named_as_without() {
    let named: BTreeSet<_> = BURSTS.into_iter().chain(WITHOUT).map(template::logical_id).collect();
    assert_eq!((named.len(), named), (BURSTS.len() + WITHOUT.len(), Source::functions()));
}
