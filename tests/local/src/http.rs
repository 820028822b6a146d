//! Blocking HTTP: without TLS, since the platform listens on loopback ports, but for the commands that change something
//! in a real account.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, Request};
use rustls::crypto::ring;
use serde_json::Value;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::{Error, Result};

/// Longer than any answer of the platform may take, a partner's time-out included.
const CALL_TIMEOUT: Duration = Duration::from_mins(1);

/// One HTTP client, kept for all calls.
#[derive(Debug, Clone)]
pub struct Http {
    agent: ureq::Agent,
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Http {
    /// A client that takes every status as an answer and goes through no proxy.
    #[must_use]
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(CALL_TIMEOUT))
            .proxy(None)
            .build();
        Self { agent: config.new_agent() }
    }

    /// A client that speaks TLS, and only to servers that one of these roots (PEM) vouches for. It goes through the proxy
    /// that the environment names.
    ///
    /// # Errors
    /// When there is no root among them.
    pub fn trusting(roots: &[u8]) -> Result<Self> {
        let certificate = |item| if let Ok(PemItem::Certificate(root)) = item { Some(root) } else { None };
        let roots: Vec<_> = parse_pem(roots).filter_map(certificate).collect();
        if roots.is_empty() {
            return Err(Error::unreadable("the file of trusted roots", &"it has no certificate"));
        }
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
            .build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .https_only(true)
            .timeout_global(Some(CALL_TIMEOUT))
            .tls_config(tls)
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// Sends `request` and reads the whole answer.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn send(&self, request: Request<Vec<u8>>) -> Result<Response> {
        let url = request.uri().to_string();
        let unreachable = |source| Error::Unreachable { url: url.clone(), source: Box::new(source) };
        let (head, mut body) = self.agent.run(request).map_err(unreachable)?.into_parts();
        let body = body.read_to_vec().map_err(unreachable)?;
        Ok(Response { status: head.status.as_u16(), headers: head.headers, body })
    }

    /// Sends a GET and reads the whole answer.
    ///
    /// # Errors
    /// When nobody answers or `url` is no address.
    pub fn get(&self, url: &str) -> Result<Response> {
        let request = Request::get(url).body(Vec::new()).map_err(|error| Error::unsendable(url, &error))?;
        self.send(request)
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new()
    }
}

impl Response {
    /// The body as text, with what is no UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is none; the error shows the body.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Error::unreadable(format!("the answer {:?}", self.text()), &error))
    }

    /// A header's value, empty when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}
