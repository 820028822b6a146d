//! Requests to our API, and Ant's notifications, as API Gateway hands them over.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::CALLER;

/// A request about one order.
#[derive(Clone, Debug)]
pub struct Request {
    method: &'static str,
    order: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    base64: bool,
    arn: Option<String>,
}

impl Request {
    fn new(method: &'static str, order: &str, path: &str) -> Self {
        Self {
            method,
            order: order.to_owned(),
            path: path.to_owned(),
            query: String::new(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: None,
            base64: false,
            arn: Some(CALLER.to_owned()),
        }
    }

    /// `PUT /ant-lease/orders/{order}`.
    #[must_use]
    pub fn put(order: &str) -> Self {
        Self::new("PUT", order, "")
    }

    /// `POST /ant-lease/orders/{order}{path}`.
    #[must_use]
    pub fn post(order: &str, path: &str) -> Self {
        Self::new("POST", order, path)
    }

    /// `GET /ant-lease/orders/{order}{path}`.
    #[must_use]
    pub fn get(order: &str, path: &str) -> Self {
        Self::new("GET", order, path)
    }

    /// `DELETE /ant-lease/orders/{order}{path}`.
    #[must_use]
    pub fn delete(order: &str, path: &str) -> Self {
        Self::new("DELETE", order, path)
    }

    /// With this JSON body.
    #[must_use]
    pub fn body(self, body: &Value) -> Self {
        self.text(&body.to_string())
    }

    /// With this text as its body.
    #[must_use]
    pub fn text(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    /// With the body in base64, as API Gateway sends what is not text.
    #[must_use]
    pub fn base64(mut self) -> Self {
        self.base64 = true;
        self
    }

    /// With this query, as it stands behind the `?`.
    #[must_use]
    pub fn query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// With this header in place of any of the same name.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With this Idempotency-Key.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// By the caller with this ARN.
    #[must_use]
    pub fn by(mut self, arn: &str) -> Self {
        self.arn = Some(arn.to_owned());
        self
    }

    /// By nobody whom IAM knows.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.arn = None;
        self
    }

    pub(super) fn route(&self) -> (&str, &str) {
        (self.method, &self.path)
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> Value {
        let route = format!("{} /ant-lease/orders/{{order_id}}{}", self.method, self.path);
        let path = format!("/ant-lease/orders/{}{}", self.order, self.path);
        let mut event = event(self.method, &route, &path, &self.headers);
        event["pathParameters"] = json!({"order_id": self.order});
        event["rawQueryString"] = self.query.clone().into();
        if let Some(arn) = &self.arn {
            event["requestContext"]["authorizer"] = json!({"iam": {"userArn": arn}});
        }
        if let Some(body) = &self.body {
            event["body"] = if self.base64 { STANDARD.encode(body).into() } else { body.clone().into() };
            event["isBase64Encoded"] = self.base64.into();
        }
        event
    }
}

/// A notification's event with this body.
#[must_use]
pub fn notification_event(content_type: &str, body: &str, base64: bool) -> Value {
    let path = "/antchain/ato/notify";
    let headers = [("content-type".to_owned(), content_type.to_owned())];
    let mut event = event("POST", &format!("POST {path}"), path, &headers);
    event["body"] = if base64 { STANDARD.encode(body).into() } else { body.into() };
    event["isBase64Encoded"] = base64.into();
    event
}

fn event(method: &str, route: &str, path: &str, headers: &[(String, String)]) -> Value {
    let headers: Map<String, Value> =
        headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {"http": {"method": method, "path": path}, "requestId": "gateway-1"},
        "isBase64Encoded": false,
    })
}
