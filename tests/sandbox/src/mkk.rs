//! MKK, the lender: `GET /mkk/lines/{contract_number}`, and the control that says what it answers.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, put};
use axum::{Json, Router};
use serde_json::Value;

use crate::control::{Refused, decoded, done};
use crate::log::Partner;
use crate::received::{Received, shown};
use crate::{Shared, lock};

const LINES: &str = "/mkk/lines/";
const CONTROL: &str = "/_control/mkk/lines/";

/// How long a line with the fault `timeout` holds the connection.
const HOLD: Duration = Duration::from_secs(10);

/// The lines that MKK knows.
#[derive(Default)]
pub(crate) struct Mkk(Mutex<BTreeMap<String, Line>>);

/// What MKK says about a line, until told otherwise.
#[derive(Clone, Debug)]
enum Line {
    Answer(Bytes),
    Timeout,
    Http500,
    Garbage,
    NotFound,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/mkk/{*call}", any(call))
        .route("/_control/mkk/lines/{contract_number}", put(set_line))
}

impl Mkk {
    pub(crate) fn reset(&self) {
        lock(&self.0).clear();
    }

    fn set(&self, contract_number: String, line: Line) {
        lock(&self.0).insert(contract_number, line);
    }

    fn line(&self, contract_number: &str) -> Line {
        lock(&self.0).get(contract_number).cloned().unwrap_or(Line::NotFound)
    }
}

impl Line {
    /// A body is kept byte for byte, unless it is an object that names a fault and nothing else.
    fn read(body: Bytes) -> Result<Self, Refused> {
        let Ok(Value::Object(members)) = serde_json::from_slice(&body) else { return Ok(Self::Answer(body)) };
        match members.get("fault") {
            Some(fault) if members.len() == 1 => Self::fault(fault),
            _ => Ok(Self::Answer(body)),
        }
    }

    fn fault(name: &Value) -> Result<Self, Refused> {
        match name.as_str() {
            Some("timeout") => Ok(Self::Timeout),
            Some("http_500") => Ok(Self::Http500),
            Some("garbage") => Ok(Self::Garbage),
            Some("not_found") => Ok(Self::NotFound),
            _ => {
                let known = "timeout, http_500, garbage, not_found";
                Err(Refused::Impossible(format!("{name} is no fault of MKK; there are: {known}")))
            }
        }
    }

    fn outcome(&self) -> &'static str {
        match self {
            Self::Answer(_) => "answered",
            Self::Timeout => "timeout",
            Self::Http500 => "http_500",
            Self::Garbage => "garbage",
            Self::NotFound => "not_found",
        }
    }

    /// The answer on the wire; a held connection ends without one.
    fn answer(self) -> (StatusCode, Bytes) {
        match self {
            Self::Answer(body) => (StatusCode::OK, body),
            Self::Timeout => (StatusCode::GATEWAY_TIMEOUT, Bytes::new()),
            Self::Http500 => {
                (StatusCode::INTERNAL_SERVER_ERROR, Bytes::from_static(br#"{"error":"internal"}"#))
            }
            Self::Garbage => (StatusCode::OK, Bytes::from_static(b"<html>not what was asked for")),
            Self::NotFound => (StatusCode::NOT_FOUND, Bytes::from_static(br#"{"error":"not_found"}"#)),
        }
    }
}

async fn call(State(sandbox): State<Shared>, received: Received) -> Response {
    let mut entry = received.entry(Partner::Mkk);
    let Some(contract_number) = asked_for(&received) else {
        sandbox.log.add(entry);
        return StatusCode::NOT_FOUND.into_response();
    };
    let line = sandbox.mkk.line(&contract_number);
    (entry.kind, entry.order, entry.outcome) = ("line", Some(contract_number), line.outcome().into());
    let held = matches!(line, Line::Timeout);
    let (status, body) = line.answer();
    entry.response = shown(&body);
    sandbox.log.add(entry);
    if held {
        tokio::time::sleep(HOLD).await;
    }
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The contract number of `GET /mkk/lines/{contract_number}`, one percent-encoded segment.
fn asked_for(received: &Received) -> Option<String> {
    let segment = received.uri.path().strip_prefix(LINES)?;
    let one = received.method == Method::GET && !segment.is_empty() && !segment.contains('/');
    one.then(|| decoded(segment).ok()).flatten()
}

async fn set_line(State(sandbox): State<Shared>, uri: Uri, body: Bytes) -> Result<Json<Value>, Refused> {
    let segment = uri.path().strip_prefix(CONTROL).unwrap_or_default();
    sandbox.mkk.set(decoded(segment)?, Line::read(body)?);
    Ok(done())
}
