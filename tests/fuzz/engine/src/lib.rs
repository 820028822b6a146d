//! libFuzzer, as the program of the parent folder is linked with it.
#![forbid(unsafe_code)]

pub use libfuzzer_sys::*;
