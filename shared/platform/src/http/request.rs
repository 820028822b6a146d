use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;

use super::event::RawBody;
use super::{Headers, Refusal};
use crate::json;

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
    /// [`Refusal::Json`]: no JSON, no object, too deep, or a member is missing or of the wrong type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        json::object(self.body.as_bytes()).map_err(Refusal::Json)
    }
}

/// Takes a JSON body out of the event, in the order of design §3: size, content type, UTF-8. The JSON itself is
/// read by [`Request::json`].
pub(super) fn json_body(headers: &Headers, body: RawBody, limit: usize) -> Result<String, Refusal> {
    let bytes = if body.is_base64 {
        STANDARD.decode(body.text).map_err(|_| Refusal::Encoding)?
    } else {
        body.text.into_bytes()
    };
    if bytes.len() > limit {
        return Err(Refusal::TooLarge { limit });
    }
    if !is_json(headers) {
        return Err(Refusal::ContentType);
    }
    String::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)
}

/// `application/json` in any case, its parameters ignored (RFC 9110).
fn is_json(headers: &Headers) -> bool {
    let media_type = headers.get("content-type").and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}
