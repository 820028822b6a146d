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

/// How deep JSON from outside may nest (design §3).
const DEEPEST: usize = 128;

/// Reads one JSON object that nests at most 128 deep. An array is refused, which `serde_json` alone would read
/// into a struct by position.
///
/// # Errors
/// No JSON, no object, too deep, or a member is missing or of the wrong type.
pub fn object<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err(JsonError("not a JSON object".into()));
    }
    if depth(text) > DEEPEST {
        return Err(JsonError(format!("nests deeper than {DEEPEST}")));
    }
    // The library's own limit is 127, and it does not hold for what is skipped.
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    deserializer.disable_recursion_limit();
    let value = T::deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// How deep a JSON text nests; of a text that is no JSON, at least as deep as a parser could get in it.
fn depth(text: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
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
    fn an_object_may_nest_128_deep_and_not_129_also_where_it_is_skipped() {
        let nested = |levels: usize| {
            format!("{{\"name\":\"]{{\\\"\",\"more\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1))
        };
        assert!(object::<Named>(nested(128).as_bytes()).is_ok());
        assert!(object::<serde_json::Value>(nested(128).as_bytes()).is_ok());
        assert!(object::<Named>(nested(129).as_bytes()).is_err());
        assert!(object::<Named>(nested(1_000_000).as_bytes()).is_err());
    }

    #[test]
    fn the_error_does_not_quote_the_text() {
        let error =
            object::<Named>(br#"{"name":{"phone":"79990001122"}}"#).map_err(|error| error.to_string());
        assert!(error.is_err_and(|text| text.contains("line 1") && !text.contains("7999")));
    }
}
