//! The controls that concern every partner, and how a control refuses.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
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

/// A control that asks for something that cannot be: 400, with the reason in words.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({"error": self.0}))).into_response()
    }
}

/// What a percent-encoded path segment says.
pub(crate) fn decoded(segment: &str) -> Result<String, Refused> {
    let text = percent_decode_str(segment).decode_utf8();
    text.map(Into::into).map_err(|_| Refused(format!("{segment} is not percent-encoded UTF-8")))
}

/// What a control answers when it did what it was asked.
pub(crate) fn done() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

async fn reset(State(sandbox): State<Shared>) -> Json<Value> {
    sandbox.reset();
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
    let Query(Wanted { partner, order }) = wanted.map_err(|rejection| Refused(rejection.body_text()))?;
    let partner = partner.as_deref().map(Partner::named).transpose()?;
    Ok(Json(sandbox.log.matching(&Filter { partner, order })))
}

async fn unknown(uri: Uri) -> Response {
    let error = json!({"error": format!("there is no control {}", uri.path())});
    (StatusCode::NOT_FOUND, Json(error)).into_response()
}
