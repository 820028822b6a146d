//! Events of API Gateway, as a client's request makes them, and what is answered.

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::contract;
use crate::session::Key;

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Post {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    base64: bool,
    iam: bool,
}

impl Post {
    /// A JSON request without a session.
    #[must_use]
    pub fn anonymous(body: impl Into<Vec<u8>>) -> Self {
        let content_type = ("content-type".to_owned(), "application/json".to_owned());
        Self { headers: vec![content_type], body: body.into(), base64: false, iam: false }
    }

    /// A JSON request in the session of `client`.
    #[must_use]
    pub fn by(client: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::anonymous(body).bearer(&Key::first().token(client))
    }

    /// A JSON request that API Gateway's IAM authorizer let through.
    #[must_use]
    pub fn signed(body: impl Into<Vec<u8>>) -> Self {
        Self { iam: true, ..Self::anonymous(body) }
    }

    /// With this token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With this header in place of any of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without this header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self
    }

    /// With the body in base64, as API Gateway sends what is not text.
    #[must_use]
    pub fn base64(mut self) -> Self {
        self.base64 = true;
        self
    }

    /// The event. A body that is no text can only be sent as base64.
    ///
    /// # Panics
    /// When such a body is not.
    #[must_use]
    pub fn event(&self, path: &str) -> Value {
        let body = if self.base64 {
            STANDARD.encode(&self.body)
        } else {
            String::from_utf8(self.body.clone()).expect("a body of text")
        };
        let headers: serde_json::Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let mut context = json!({"http": {"method": "POST", "path": path}, "requestId": "gateway-1"});
        if self.iam {
            context["authorizer"] = json!({"iam": {"userArn": "arn:aws:iam::123456789012:role/ops"}});
        }
        json!({
            "version": "2.0",
            "routeKey": format!("POST {path}"),
            "rawPath": path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": context,
            "body": body,
            "isBase64Encoded": self.base64,
        })
    }
}

/// What the caller got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    /// The HTTP status.
    pub status: i64,
    /// The body's text.
    pub body: String,
    /// The headers, by name.
    pub headers: Vec<(String, String)>,
}

impl Got {
    /// Reads the answer to `event`.
    ///
    /// # Panics
    /// When a header is no text, or the answer is none that docs/openapi.yaml describes.
    #[must_use]
    #[track_caller]
    pub fn of(event: &Value, response: &ApiGatewayV2httpResponse) -> Self {
        let got = Self::read(response);
        contract::held(event, &got);
        got
    }

    /// The same without holding it against the document.
    ///
    /// # Panics
    /// When a header is no text.
    #[must_use]
    pub fn read(response: &ApiGatewayV2httpResponse) -> Self {
        let body = response.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned());
        let headers = response.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), value.to_str().expect("a header of text").to_owned())
        });
        Self { status: response.status_code, body: body.unwrap_or_default(), headers: headers.collect() }
    }

    /// Status and body, for comparing.
    #[must_use]
    pub fn brief(&self) -> (i64, &str) {
        (self.status, &self.body)
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}
