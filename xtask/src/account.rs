//! The AWS account that the environment names.

use std::{env, fs, path::PathBuf};

use anyhow::{Context as _, Result};
use local::{Credentials, Engine};

use crate::cargo;

/// An account, and where it is reached.
#[derive(Debug)]
pub(crate) struct Account {
    region: String,
    credentials: Credentials,
    endpoint: Option<String>,
}

impl Account {
    /// That of `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; `endpoint`, or
    /// `AWS_ENDPOINT_URL`, is another endpoint than AWS's own.
    pub(crate) fn of_environment(endpoint: Option<&str>) -> Result<Self> {
        Ok(Self {
            region: required("AWS_REGION")?,
            credentials: Credentials {
                access_key_id: required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
                session_token: optional("AWS_SESSION_TOKEN"),
            },
            endpoint: endpoint.map(str::to_owned).or_else(|| optional("AWS_ENDPOINT_URL")),
        })
    }

    /// A client of one service, named as in its addresses. Only an endpoint of `http:` goes without TLS; `AWS_CA_BUNDLE`
    /// names a file of other roots than Amazon's.
    pub(crate) fn client(&self, service: &str) -> Result<Engine> {
        let endpoint = self.endpoint.as_deref();
        if let Some(endpoint) = endpoint.filter(|endpoint| endpoint.starts_with("http:")) {
            return Ok(Engine::new(endpoint, &self.region, &self.credentials));
        }
        let bundle = optional("AWS_CA_BUNDLE").map(PathBuf::from);
        let roots = bundle.unwrap_or_else(|| cargo::root().join("shared/platform/roots/amazon.pem"));
        let pem = fs::read(&roots).with_context(|| format!("{} cannot be read", roots.display()))?;
        Ok(Engine::over_tls(service, endpoint, &self.region, &self.credentials, &pem)?)
    }
}

fn required(name: &str) -> Result<String> {
    optional(name).with_context(|| format!("{name} is not set"))
}

/// An empty variable is none.
fn optional(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
