//! The scheduler's event, and forms of texts that the contexts' tables have in common.

use std::fmt::Write as _;

use bench::Error;
use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use serde::Deserialize;

/// The scheduler's event.
#[derive(Deserialize)]
pub(crate) struct Occasion {
    pub(crate) time: String,
}

/// The SHA-256 of these texts, each with its length before it.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    context.finish().as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// An instant as the tables have it.
pub(crate) fn sortable(instant: &str) -> Result<String, Error> {
    Ok(format!("{:.9}", instant.parse::<Timestamp>()?))
}
