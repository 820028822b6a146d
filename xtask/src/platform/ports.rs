//! The loopback ports a platform listens on.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context as _, Result, bail};
use clap::Args;

/// Where a platform listens, on 127.0.0.1 only.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Ports {
    /// Port of the AWS endpoint, which serves the HTTP routes too
    #[arg(long = "port", value_name = "PORT", default_value_t = 4566)]
    pub(super) engine: u16,
    /// Port of the partner sandbox
    #[arg(long = "sandbox-port", value_name = "PORT", default_value_t = 3900)]
    pub(super) sandbox: u16,
}

impl Ports {
    /// Two ports that nobody uses.
    pub(crate) fn free() -> Result<Self> {
        // Both are held before either is given back, so that they differ.
        let (engine, sandbox) = (listen(0)?, listen(0)?);
        Ok(Self { engine: engine.local_addr()?.port(), sandbox: sandbox.local_addr()?.port() })
    }

    /// Says which option chooses another port when one is in use.
    pub(crate) fn refuse_if_busy(self) -> Result<()> {
        for (port, option) in [(self.engine, "--port"), (self.sandbox, "--sandbox-port")] {
            if listen(port).is_err() {
                bail!("port {port} is in use by another program; stop that, or choose another with {option}");
            }
        }
        Ok(())
    }

    /// The engine's address.
    pub(super) fn engine_url(self) -> String {
        format!("http://127.0.0.1:{}", self.engine)
    }

    /// The sandbox's address.
    pub(super) fn sandbox_url(self) -> String {
        format!("http://127.0.0.1:{}", self.sandbox)
    }
}

fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).context("no loopback port can be opened")
}
