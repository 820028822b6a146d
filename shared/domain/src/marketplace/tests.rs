//! The rules, case by case, and what holds of any sequence of them.

mod admitting;
mod calculating;
mod contents;
mod loans;
mod people;
mod planning;
mod pulling;
mod pushing;
mod repaying;
mod telling;

use jiff::Timestamp;
use proptest::prelude::ProptestConfig;

use super::Yuan;

/// How property tests run: a failure leaves no file behind.
pub(super) fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

pub(super) fn yuan(text: &str) -> Yuan {
    Yuan::parse(text).unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
