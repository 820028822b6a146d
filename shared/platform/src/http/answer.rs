use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use lambda_http::Body;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use ring::digest;
use serde::Serialize;

#[derive(Serialize)]
struct WireForbidden {
    message: &'static str,
}

/// What an endpoint answers: a status, a body, and a word for the request's log line.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    outcome: &'static str,
    our_fault: bool,
}

impl Answer {
    /// A JSON answer that no cache may keep. `outcome` is the log's word for it, in `snake_case`.
    ///
    /// The body's type must serialise: a struct with string keys always does.
    pub fn json(status: StatusCode, outcome: &'static str, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).unwrap_or_else(|_| "{}".to_owned());
        Self::json_text(status, outcome, body)
    }

    /// A JSON answer whose text stands already.
    #[must_use]
    pub fn json_text(status: StatusCode, outcome: &'static str, body: String) -> Self {
        Self::new(status, outcome, "application/json", body)
    }

    /// A word that no cache may keep.
    #[must_use]
    pub fn plain_text(status: StatusCode, outcome: &'static str, text: &str) -> Self {
        Self::new(status, outcome, "text/plain; charset=utf-8", text.to_owned())
    }

    /// A page that no cache may keep, held to `policy` (Content-Security-Policy).
    #[must_use]
    pub fn html(status: StatusCode, outcome: &'static str, page: &str, policy: &str) -> Self {
        let mut answer = Self::new(status, outcome, "text/html; charset=utf-8", page.to_owned());
        if let Ok(policy) = HeaderValue::from_str(policy) {
            answer.headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        answer.headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        answer.headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        answer
    }

    /// What API Gateway itself answers to a call that its IAM authorizer does not let through.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::json(StatusCode::FORBIDDEN, "forbidden", &WireForbidden { message: "Forbidden" })
    }

    fn new(status: StatusCode, outcome: &'static str, content_type: &'static str, body: String) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Self { status, headers, body, outcome, our_fault: status.is_server_error() }
    }

    /// The same answer, counted as our fault although its status is none of 5xx: some wire formats answer
    /// everything with 200.
    #[must_use]
    pub fn our_fault(mut self) -> Self {
        self.our_fault = true;
        self
    }

    /// The same answer, not counted as our fault although its status is one of 5xx: a partner's failure that is passed on.
    #[must_use]
    pub fn partners_fault(mut self) -> Self {
        self.our_fault = false;
        self
    }

    /// Whether the entry point counts it as our fault: 5xx, or [marked](Self::our_fault).
    pub(super) fn is_our_fault(&self) -> bool {
        self.our_fault
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
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

/// How a Content-Security-Policy names an inline script or style: `sha256-` and the digest in base64.
#[must_use]
pub fn source_hash(source: &str) -> String {
    let digest = digest::digest(&digest::SHA256, source.as_bytes());
    format!("sha256-{}", STANDARD.encode(digest))
}
