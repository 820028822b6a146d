//! A fuzz target for every reader of bytes that come from outside (docs/RELIABILITY.md, Fuzzing). A target takes any bytes,
//! gives them to the reader as whoever sends them would, and holds what comes of it. `cargo xtask fuzz` runs them under
//! libFuzzer; the tests hold them to their seeds and to every input that is kept in `corpus/`.
#![forbid(unsafe_code)]

mod decimal;
mod input;
mod seeds;
mod targets;

pub use targets::{TARGETS, operations, queues};

/// A reader, or several of a kind, and what is held of them.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What it is called: its folder in `corpus/`.
    pub name: &'static str,
    /// Reads an input, and panics where something does not hold.
    pub hold: fn(&[u8]),
    /// Inputs that are known to lead far: what fuzzing begins with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

impl Target {
    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        TARGETS.iter().find(|target| target.name == name)
    }
}
