//! How large a test is, and what it tells of what it measured.

use std::fmt::Display;
use std::{env, fs};

/// A size that a variable may set.
///
/// # Panics
/// When it sets something else.
#[must_use]
pub fn size(variable: &str, in_the_gate: usize) -> usize {
    env::var(variable).map_or(in_the_gate, |size| size.parse().expect("a number"))
}

/// A line of what Linux tells of this process.
#[must_use]
pub fn kilobytes(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

/// How many of one there are for each of the others, to a tenth.
#[must_use]
pub fn ratio(ones: u64, others: u64) -> String {
    let tenths = (ones * 10 + others / 2) / others.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Tells a row of one of the tables of docs/RELIABILITY.md, by which `cargo xtask load` finds it.
pub fn tell_row(table: &str, cells: &[&dyn Display]) {
    let cells: Vec<_> = cells.iter().map(|cell| format!(" {cell} |")).collect();
    tell(&format!("{table}: |{}", cells.concat()));
}

/// Tells what was measured.
#[expect(clippy::print_stdout, reason = "what was measured is for whoever asks with --nocapture")]
pub fn tell(measured: &str) {
    println!("{measured}");
}
