//! The sandbox that plays the partners.

use std::process::Command;

use anyhow::Result;

use super::{
    Folder,
    process::{Process, Start},
};
use crate::cargo::Metadata;

pub(super) const NAME: &str = "sandbox";

/// Starts the sandbox.
pub(super) fn start(metadata: &Metadata, folder: &Folder, port: u16) -> Result<Process> {
    let mut command = Command::new(metadata.debug_binary(NAME));
    command.args(["--port", &port.to_string()]);
    Process::start(Start {
        name: "the partner sandbox",
        command,
        log: folder.log(NAME),
        lock: folder.lock(NAME),
        health: format!("http://127.0.0.1:{port}/_control/health"),
    })
}
