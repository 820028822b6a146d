//! That no consumer is forgotten.

use std::collections::BTreeSet;

use suites::load::Source;
use suites::template;

/// Every function that a burst here comes to.
const BURSTS: [&str; 14] = [
    "audit-result",
    "client-events",
    "contract-events",
    "credit-events",
    "credit-result",
    "customer-events",
    "depository-events",
    "infor-inbound",
    "infor-request",
    "loan-result",
    "overdue",
    "partner-callback",
    "repay-plan",
    "repay-result",
];

#[test]
fn every_function_that_takes_from_a_queue_has_its_burst() {
    let named: BTreeSet<_> = BURSTS.into_iter().map(template::logical_id).collect();
    assert_eq!((named.len(), named), (BURSTS.len(), Source::functions()));
}
