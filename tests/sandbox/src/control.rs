//! The controls that concern every partner, and how a control refuses.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Shared;
use crate::log::{Entry, Filter, Partner};

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/_control/health", get(async || done()))
        .route("/_control/reset", post(reset))
        .route("/_control/requests", get(requests))
        .route("/_control/{*rest}", any(unknown))
}

/// Why a control does not do what it was asked, in words.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It asks for something that cannot be: 400.
    Impossible(String),
    /// Something has to be told to the sandbox first: 409.
    TooEarly(String),
    /// Somebody else does not do his part: 502.
    Failed(String),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, reason) = match self {
            Self::Impossible(reason) => (StatusCode::BAD_REQUEST, reason),
            Self::TooEarly(reason) => (StatusCode::CONFLICT, reason),
            Self::Failed(reason) => (StatusCode::BAD_GATEWAY, reason),
        };
        (status, Json(json!({"error": reason}))).into_response()
    }
}

/// A control's JSON body, whatever its content type says.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::Impossible(error.to_string()))
}

/// What a percent-encoded path segment says.
pub(crate) fn decoded(segment: &str) -> Result<String, Refused> {
    let text = percent_decode_str(segment).decode_utf8();
    text.map(Into::into).map_err(|_| Refused::Impossible(format!("{segment} is not percent-encoded UTF-8")))
}

/// What a control answers when it did what it was asked.
pub(crate) fn done() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

async fn reset(State(sandbox): State<Shared>) -> Json<Value> {
    sandbox.reset().await;
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    partner: Option<String>,
    order: Option<String>,
}

async fn requests(
    State(sandbox): State<Shared>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Vec<Entry>>, Refused> {
    let Query(Wanted { partner, order }) =
        wanted.map_err(|rejection| Refused::Impossible(rejection.body_text()))?;
    let partner = partner.as_deref().map(Partner::named).transpose()?;
    Ok(Json(sandbox.log.matching(&Filter { partner, order })))
}

async fn unknown(uri: Uri) -> Response {
    let error = json!({"error": format!("there is no control {}", uri.path())});
    (StatusCode::NOT_FOUND, Json(error)).into_response()
}
