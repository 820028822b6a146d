//! `cargo xtask down`: stops what `up` or `demo --keep` left running.

use anyhow::Result;

use crate::{
    platform::{Folder, stop},
    ui,
};

/// Stops the platform, if there is one.
pub(crate) fn run() -> Result<()> {
    let stopped = stop(&Folder::standard())?;
    ui::line(if stopped { "The platform is stopped." } else { "No platform is running." });
    Ok(())
}
