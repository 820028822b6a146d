//! Reads JSON objects of outside data.

use std::fmt;

use serde::de::DeserializeOwned;

/// Why a text is not the object that was expected. It names the place and the class of the error, never
/// the text itself, which may hold personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct JsonError(String);

impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<serde_json::Error> for JsonError {
    fn from(error: serde_json::Error) -> Self {
        Self(format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column()))
    }
}

/// Reads one JSON object. An array is refused, which `serde_json` alone would read into a struct by
/// position.
///
/// # Errors
/// No JSON, no object, or a member is missing or of the wrong type.
pub fn object<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err(JsonError("not a JSON object".into()));
    }
    Ok(serde_json::from_slice(text)?)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::object;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Named {
        name: String,
    }

    #[test]
    fn an_object_is_read_and_an_array_of_its_members_is_not() {
        assert_eq!(object(b" {\"name\":\"x\",\"more\":1}"), Ok(Named { name: "x".into() }));
        for text in ["[\"x\"]", "", "null", "\"x\"", "{\"name\":\"x\"", "{\"name\":1}", "{}"] {
            assert!(object::<Named>(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_error_does_not_quote_the_text() {
        let error =
            object::<Named>(br#"{"name":{"phone":"79990001122"}}"#).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("line 1") && !text.contains("7999")));
    }
}
