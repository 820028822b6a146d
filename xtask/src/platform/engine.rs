//! The engine that plays AWS: `MiniStack`.

use std::{path::Path, process::Command};

use anyhow::Result;
use local::Credentials;

use super::{
    Folder,
    process::{Process, Start},
};

pub(super) const NAME: &str = "engine";
pub(super) const REGION: &str = "us-east-1";

/// What signs calls to the engine: its root key, good for nothing else.
pub(super) fn credentials() -> Credentials {
    Credentials {
        access_key_id: "local".to_owned(),
        secret_access_key: "local-secret".to_owned(),
        session_token: None,
    }
}

/// Whom the engine takes that key for: the root of its only account.
pub(super) const CALLER_ARN: &str = "arn:aws:iam::000000000000:root";

/// Starts the engine with a clean environment, since it hands its own on to the functions.
pub(super) fn start(python: &Path, folder: &Folder, port: u16) -> Result<Process> {
    let scratch = folder.scratch();
    let endpoint = format!("http://127.0.0.1:{port}");
    let credentials = credentials();
    let mut command = Command::new(python);
    command
        .args(["-m", "ministack"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &scratch)
        .env("TMPDIR", &scratch)
        .env("S3_DATA_DIR", scratch.join("s3"))
        .env("STATE_DIR", scratch.join("state"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("BIND_HOST", "127.0.0.1")
        .env("MINISTACK_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_REGION", REGION)
        // Roles are enforced, as in the cloud.
        .env("AUTH", "true")
        .env("AWS_ACCESS_KEY_ID", credentials.access_key_id)
        .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key)
        // Where the functions find their services.
        .env("AWS_ENDPOINT_URL", &endpoint)
        // Otherwise it opens ports of its own for these two.
        .env("IOT_MTLS_ENABLED", "0")
        .env("SFTP_ENABLED", "0");
    Process::start(Start {
        name: "the local engine",
        command,
        log: folder.log(NAME),
        lock: folder.lock(NAME),
        health: format!("{endpoint}/_ministack/health"),
    })
}
