//! Where we ourselves are, for the partners that call us: `PUT /_control/target`.

use std::sync::Mutex;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::put;
use axum::{Json, Router};
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::Value;

use crate::control::{Refused, done, read};
use crate::{Shared, lock};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The base of our own routes, once it is known.
#[derive(Default)]
pub(crate) struct Target(Mutex<Option<String>>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    http_url: String,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new().route("/_control/target", put(tell))
}

impl Target {
    /// Posts to one of our routes; gives the status and the body that came back.
    pub(crate) async fn send(
        &self,
        path: &str,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<(StatusCode, Bytes), Refused> {
        let base = lock(&self.0).clone().ok_or_else(|| {
            Refused::TooEarly("nobody has said where our routes are: PUT /_control/target does".to_owned())
        })?;
        let url = format!("{base}{path}");
        let failed = |why: &dyn std::fmt::Display| Refused::Failed(format!("POST {url} failed: {why}"));
        let called = tokio::time::timeout(timeout, post(&url, request));
        let answered = called.await.map_err(|_| failed(&"there was no answer in time"))?;
        answered.map_err(|error| failed(&error))
    }
}

async fn post(url: &str, mut request: Request<Bytes>) -> Result<(StatusCode, Bytes), Failure> {
    *request.method_mut() = Method::POST;
    *request.uri_mut() = url.parse()?;
    let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
    let (head, body) = client.request(request.map(Full::new)).await?.into_parts();
    Ok((head.status, body.collect().await?.to_bytes()))
}

async fn tell(State(sandbox): State<Shared>, body: Bytes) -> Result<Json<Value>, Refused> {
    let Told { http_url } = read(&body)?;
    let is_base = |url: &Uri| url.scheme_str() == Some("http") && url.query().is_none();
    if !http_url.parse().is_ok_and(|url| is_base(&url)) {
        return Err(Refused::Impossible(format!("{http_url:?} is no address such as http://127.0.0.1:4566")));
    }
    *lock(&sandbox.target.0) = Some(http_url.trim_end_matches('/').to_owned());
    Ok(done())
}
