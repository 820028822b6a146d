//! A partner call as it arrived, before the partner looks at it.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Query, Request};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::value::{RawValue, to_raw_value};

use crate::log::{Entry, Partner};

/// The parts of a call, with the instant at which it came.
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) at: Timestamp,
}

impl<S: Send + Sync> FromRequest<S> for Received {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let at = now();
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { method, uri, headers, body, at })
    }
}

impl Received {
    /// What the log keeps of the call; the partner fills in what it made of it.
    pub(crate) fn entry(&self, partner: Partner) -> Entry {
        Entry {
            partner,
            order: None,
            uid: None,
            kind: "unknown",
            method: self.method.to_string(),
            path: self.uri.path().to_owned(),
            at: self.at.to_string(),
            timestamp: None,
            query: self.query(),
            headers: self.headers(),
            form: None,
            body: shown(&self.body),
            decrypted: None,
            verified: true,
            outcome: "unknown_call".into(),
            response: None,
        }
    }

    /// Empty where there is none, or none that is text.
    pub(crate) fn content_type(&self) -> &str {
        let value = self.headers.get(header::CONTENT_TYPE);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn query(&self) -> Option<BTreeMap<String, String>> {
        self.uri.query()?;
        Query::try_from_uri(&self.uri).ok().map(|Query(pairs)| pairs)
    }

    fn headers(&self) -> BTreeMap<String, String> {
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        self.headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
    }
}

/// How the log shows a body: JSON where it is JSON, else its text, nothing where there is none.
pub(crate) fn shown(body: &[u8]) -> Option<Box<RawValue>> {
    if body.is_empty() {
        return None;
    }
    serde_json::from_slice(body).or_else(|_| to_raw_value(&String::from_utf8_lossy(body))).ok()
}

/// The wall clock.
#[expect(clippy::disallowed_methods, reason = "the sandbox is a real process in real time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
