use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use serde::de::DeserializeOwned;

use super::{Refusal, depth};
use crate::json::{self, JsonError};

/// A request whose caller is verified and whose body, where the route takes one, is JSON.
#[derive(Debug)]
pub struct Request<C> {
    /// Who calls.
    pub caller: C,
    body: String,
}

impl<C> Request<C> {
    pub(super) fn new(caller: C, body: String) -> Self {
        Self { caller, body }
    }

    /// Reads the JSON body into the operation's wire struct.
    ///
    /// # Errors
    /// [`Refusal::Request`]: no object, or a member is missing or of the wrong type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        json::object(self.body.as_bytes()).map_err(|error| Refusal::Request(error.to_string()))
    }
}

/// Takes a JSON body out of the event, in the order of design §3: size, content type, UTF-8, JSON.
pub(super) fn json_body(event: &mut ApiGatewayV2httpRequest, limit: usize) -> Result<String, Refusal> {
    let body = event.body.take().unwrap_or_default();
    let bytes = if event.is_base64_encoded {
        STANDARD.decode(body).map_err(|_| Refusal::Encoding)?
    } else {
        body.into_bytes()
    };
    if bytes.len() > limit {
        return Err(Refusal::TooLarge { limit });
    }
    if !is_json(&event.headers) {
        return Err(Refusal::ContentType);
    }
    let text = String::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?;
    depth::check(&text).map_err(|error| Refusal::Json(JsonError::from(error)))?;
    Ok(text)
}

/// `application/json` in any case, its parameters ignored (RFC 9110).
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}
