use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, StatusCode};
use lambda_http::Body;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use serde::Serialize;

/// What an endpoint answers: a status, a body, and a word for the request's log line.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    outcome: &'static str,
}

impl Answer {
    /// A JSON answer that no cache may keep. `outcome` is the log's word for it, in `snake_case`.
    ///
    /// The body's type must serialise: a struct with string keys always does.
    pub fn json(status: StatusCode, outcome: &'static str, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self { status, headers, body, outcome }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The body's text.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The log's word for this answer.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        self.outcome
    }

    /// As API Gateway takes it, with the request's correlation id.
    pub(super) fn into_event(mut self, correlation_id: &str) -> ApiGatewayV2httpResponse {
        if let Ok(value) = HeaderValue::from_str(correlation_id) {
            self.headers.insert(HeaderName::from_static("x-correlation-id"), value);
        }
        let mut response = ApiGatewayV2httpResponse::default();
        response.status_code = i64::from(self.status.as_u16());
        response.headers = self.headers;
        response.body = Some(Body::Text(self.body));
        response
    }
}
