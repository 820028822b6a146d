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

use super::Yuan;

pub(super) fn yuan(text: &str) -> Yuan {
    Yuan::parse(text).unwrap()
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
