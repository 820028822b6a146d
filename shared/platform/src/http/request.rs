use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;

use super::event::RawBody;
use super::target::Target;
use super::{Headers, Query, Refusal};
use crate::json;

/// A request whose caller is verified and whose body, where the route takes one, is of the route's size and UTF-8.
#[derive(Debug)]
pub struct Request<C> {
    /// Who calls.
    pub caller: C,
    headers: Headers,
    target: Target,
    body: String,
}

impl<C> Request<C> {
    pub(super) fn new(caller: C, headers: Headers, target: Target, body: String) -> Self {
        Self { caller, headers, target, body }
    }

    /// What stands in the path where the route has `{name}`.
    #[must_use]
    pub fn path(&self, name: &str) -> Option<&str> {
        self.target.path(name)
    }

    /// The parameters behind the path's question mark; none is a query too.
    ///
    /// # Errors
    /// [`Refusal::Request`]: it is not percent-encoded UTF-8, or names a parameter twice.
    pub fn query(&self) -> Result<&Query, Refusal> {
        self.target.query()
    }

    /// The header of this lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }

    /// The body as text; empty where the route takes none.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// The body alone, for an operation that need not hold a large one twice.
    #[must_use]
    pub fn into_body(self) -> String {
        self.body
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
    let bytes = bytes_of(body, limit)?;
    if !is_json(headers) {
        return Err(Refusal::ContentType);
    }
    String::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)
}

/// Takes a body of any content type out of the event: size, then UTF-8.
pub(super) fn text_body(body: RawBody, limit: usize) -> Result<String, Refusal> {
    String::from_utf8(bytes_of(body, limit)?).map_err(|_| Refusal::NotUtf8)
}

fn bytes_of(body: RawBody, limit: usize) -> Result<Vec<u8>, Refusal> {
    let bytes = if body.is_base64 {
        STANDARD.decode(body.text).map_err(|_| Refusal::Encoding)?
    } else {
        body.text.into_bytes()
    };
    if bytes.len() > limit { Err(Refusal::TooLarge { limit }) } else { Ok(bytes) }
}

/// `application/json` in any case, its parameters ignored (RFC 9110).
fn is_json(headers: &Headers) -> bool {
    let media_type = headers.get("content-type").and_then(|value| value.split(';').next());
    media_type.is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}

#[cfg(test)]
mod tests {
    use super::{RawBody, Refusal, text_body};

    fn read(text: &str, is_base64: bool) -> Result<String, Refusal> {
        text_body(RawBody { text: text.to_owned(), is_base64 }, 4)
    }

    #[test]
    fn a_body_of_any_content_type_is_held_to_its_size_after_decoding_and_to_utf_8() {
        assert!(read("a=1&", false).is_ok_and(|text| text == "a=1&"));
        assert!(read("YT0xJg==", true).is_ok_and(|text| text == "a=1&"));
        assert!(matches!(read("a=1&b", false), Err(Refusal::TooLarge { limit: 4 })));
        assert!(matches!(read("YT0xJmI=", true), Err(Refusal::TooLarge { limit: 4 })));
        assert!(matches!(read("/w==", true), Err(Refusal::NotUtf8)));
        assert!(matches!(read("*", true), Err(Refusal::Encoding)));
    }
}
