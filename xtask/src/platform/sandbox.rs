//! The sandbox that plays the partners.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use local::{Outputs, Platform};
use serde::Deserialize;
use serde_json::json;

use super::{
    Folder,
    process::{Process, Start},
    secrets::LocalSecrets,
};
use crate::cargo::Metadata;

pub(super) const NAME: &str = "sandbox";

/// A pair of RSA keys, each as a PEM.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyPair {
    pub(super) private_key: String,
    pub(super) public_key: String,
}

/// Has the sandbox make a pair of keys: it can do RSA anyhow, and need not be built before these commands show something.
pub(super) fn new_key_pair(metadata: &Metadata) -> Result<KeyPair> {
    let made = Command::new(metadata.debug_binary(NAME))
        .arg("--new-key-pair")
        .stdin(Stdio::null())
        .output()
        .context("the sandbox cannot be started")?;
    if !made.status.success() {
        bail!("the sandbox made no keys: {}", String::from_utf8_lossy(&made.stderr).trim());
    }
    // The parser's own message is not shown: it may quote the private key.
    serde_json::from_slice(&made.stdout).ok().context("the sandbox's keys have an unknown shape")
}

/// Starts the sandbox, with the partners' sides of their secrets.
pub(super) fn start(
    metadata: &Metadata,
    folder: &Folder,
    port: u16,
    secrets: &LocalSecrets,
) -> Result<Process> {
    let mut command = Command::new(metadata.debug_binary(NAME));
    command.args(["--port", &port.to_string()]);
    command.arg("--ant-secrets").arg(secrets.ant_sandbox());
    command.arg("--rongshu-secrets").arg(secrets.rongshu_sandbox());
    Process::start(Start {
        name: "the partner sandbox",
        command,
        log: folder.log(NAME),
        lock: folder.lock(NAME),
        health: format!("http://127.0.0.1:{port}/_control/health"),
    })
}

/// Tells the sandbox where the stack's queues and routes are: it was there before them.
pub(super) fn tell(outputs: &Outputs) -> Result<()> {
    let queues = json!({
        "aws_endpoint": outputs.aws_endpoint,
        "region": outputs.region,
        "access_key_id": outputs.iam.access_key_id,
        "secret_access_key": outputs.iam.secret_access_key,
        "queues": outputs.queues,
    });
    let target = json!({"http_url": outputs.http_url});
    let platform = Platform::new(outputs.clone())?;
    for (path, told) in [("/queues", queues), ("/target", target)] {
        platform
            .control("PUT", path, told.to_string().as_bytes())
            .with_context(|| format!("the sandbox cannot be told {path}"))?;
    }
    Ok(())
}
