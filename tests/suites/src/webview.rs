//! The webview's endpoint, called as API Gateway calls it.

use std::time::Duration;

use instalment::webview::Webview;
use platform::{Clock, Output};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};

use crate::gateway::Got;

/// The route.
pub const PATH: &str = "/webview";
/// How long the function may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Calls `GET /webview` as a browser does.
pub async fn open() -> Got {
    open_with("").await
}

/// The event of `GET /webview` with this query.
#[must_use]
pub fn event(query: &str) -> Value {
    json!({
        "version": "2.0",
        "routeKey": format!("GET {PATH}"),
        "rawPath": PATH,
        "rawQueryString": query,
        "headers": {"accept": "text/html"},
        "requestContext": {"http": {"method": "GET", "path": PATH}, "requestId": "gateway-1"},
        "isBase64Encoded": false,
    })
}

/// Calls `GET /webview` with this query.
///
/// # Panics
/// Never: the event is JSON.
pub async fn open_with(query: &str) -> Got {
    let event = event(query);
    let raw = to_raw_value(&event).expect("JSON");
    let clock = Clock::system();
    let deadline = clock.now() + TIMEOUT;
    let webview = Webview::new();
    let response =
        platform::http::respond(&webview, &clock, &Output::memory(), "request-1", deadline, &raw).await;
    Got::of(&event, &response)
}
