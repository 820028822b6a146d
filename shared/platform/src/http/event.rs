use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Refusal;

/// What the entry point reads of a payload 2.0 event. Everything may be absent: an event made by hand and
/// invoked is answered like one of API Gateway's.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Event {
    headers: Option<BTreeMap<String, String>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
}

/// A request's headers; names are found in any case.
#[derive(Debug, Default)]
pub struct Headers(BTreeMap<String, String>);

/// A request's body as it came.
#[derive(Debug, Default)]
pub(super) struct RawBody {
    pub(super) text: String,
    pub(super) is_base64: bool,
}

impl Event {
    /// Reads an event.
    pub(super) fn read(event: &RawValue) -> Result<Self, Refusal> {
        serde_json::from_str(event.get()).map_err(|_| Refusal::Event)
    }

    /// Its headers and its body.
    pub(super) fn into_parts(self) -> (Headers, RawBody) {
        let headers = self.headers.unwrap_or_default().into_iter();
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        let text = self.body.unwrap_or_default();
        (Headers(headers), RawBody { text, is_base64: self.is_base64_encoded.unwrap_or_default() })
    }
}

impl Headers {
    /// The header of this lower-case name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
