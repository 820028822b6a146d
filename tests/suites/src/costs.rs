//! What each function's operations cost, in the one place that the tests of request units and docs/COST.md share.

mod operations;
mod prices;

use world::{Spent, Units};

pub use operations::{OPERATIONS, Operation};
pub use prices::{
    ALARM, Bill, DASHBOARD, MEMORY_MB, METRIC, OWN_LOG_BYTES, OWN_MS, PARTNER_MS, Picodollars, Price,
    dollars, idle_polls, per_million, prices,
};

/// What an operation was found to cost is what docs/COST.md says of it.
///
/// # Panics
/// When it is not, or the operation is none of [`OPERATIONS`].
#[track_caller]
pub fn assert_priced(function: &str, what: &str, spent: &Spent) {
    let priced = OPERATIONS.iter().find(|operation| (operation.function, operation.what) == (function, what));
    let priced = priced.unwrap_or_else(|| panic!("costs::OPERATIONS has no {what:?} of {function}"));
    let expected = (Units::halves(priced.read_halves), Units::whole(priced.writes));
    assert_eq!((spent.reads(), spent.writes()), expected, "{function}: {what}");
}
