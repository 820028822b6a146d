//! Reads JSON into the domain's own form, by reference to the text: a push is megabytes, most of which are photos.

use std::borrow::Cow;
use std::collections::BTreeMap;

use domain::marketplace::{Json, Object};
use platform::json::{JsonError, object};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// Reads an object of at most 128 levels.
///
/// # Errors
/// It is none. The error does not quote the text.
pub fn read(text: &str) -> Result<Json<'_>, JsonError> {
    // Checks the form and the depth once; what follows cannot fail on a text that passes.
    object::<IgnoredAny>(text.as_bytes())?;
    let raw: &RawValue = serde_json::from_str(text)?;
    value(raw)
}

fn value(raw: &RawValue) -> Result<Json<'_>, JsonError> {
    let text = raw.get();
    Ok(match text.as_bytes().first() {
        Some(b'{') => Json::Object(members(text)?),
        Some(b'[') => {
            let values: Vec<&RawValue> = serde_json::from_str(text)?;
            Json::List(values.into_iter().map(value).collect::<Result<_, _>>()?)
        }
        Some(b'"') => Json::Text(serde_json::from_str::<Text<'_>>(text)?.0),
        Some(b't') => Json::Bool(true),
        Some(b'f') => Json::Bool(false),
        Some(b'n') => Json::Null,
        // Whatever else a value begins with, it is a number.
        Some(_) | None => Json::Number(text),
    })
}

/// Of two members of one name the last counts.
fn members(text: &str) -> Result<Object<'_>, JsonError> {
    let members: BTreeMap<Name<'_>, &RawValue> = serde_json::from_str(text)?;
    members.into_iter().map(|(name, raw)| Ok((name.0, value(raw)?))).collect()
}

/// A text that is copied only where it has escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The same as a member's name.
#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use std::borrow::Cow;

    use domain::marketplace::Json;
    use proptest::prelude::*;

    use super::read;

    /// Writes what was read.
    fn written(json: &Json<'_>) -> String {
        match json {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(text) => (*text).to_owned(),
            Json::Text(text) => serde_json::to_string(text).unwrap(),
            Json::List(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(",")),
            Json::Object(members) => {
                let member = |(name, value): (&Cow<'_, str>, &Json<'_>)| {
                    format!("{}:{}", serde_json::to_string(name).unwrap(), written(value))
                };
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
            }
        }
    }

    #[test]
    fn an_object_is_read_with_its_numbers_as_they_are_written() {
        for text in [
            "{}",
            r#"{"a":1.50,"b":-0,"c":1E5,"d":18446744073709551616}"#,
            r#"{"a":[true,false,null,"x",[],{}]}"#,
            "{\"idInfo\":{\"name\":\"张三\"}}",
        ] {
            assert_eq!(written(&read(text).unwrap()), text);
        }
        let spaced = " {\n\"a\" : [ 1 , 2 ] , \"b\" : { } }\n";
        assert_eq!(written(&read(spaced).unwrap()), r#"{"a":[1,2],"b":{}}"#);
    }

    #[test]
    fn a_text_is_copied_only_where_it_has_escapes() {
        let Json::Object(members) = read(r#"{"plain":"aGk=","es\u0063aped":"\/9j\/"}"#).unwrap() else {
            panic!("an object")
        };
        assert!(matches!(&members["plain"], Json::Text(Cow::Borrowed("aGk="))));
        assert!(matches!(&members["escaped"], Json::Text(Cow::Owned(text)) if text == "/9j/"));
    }

    #[test]
    fn what_is_no_object_is_refused_without_its_text() {
        let deep = |levels: usize| format!("{{\"a\":{}{}}}", "[".repeat(levels - 1), "]".repeat(levels - 1));
        assert!(read(&deep(128)).is_ok());
        for text in ["", "[]", "null", "{\"a\":01}", "{\"a\":13800138016", "{} {}", "{'a':1}", &deep(129)] {
            let error = read(text).unwrap_err().to_string();
            assert!(!error.contains("13800138016"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_as_serde_reads_it_or_refused_as_serde_does(text in ".{0,60}") {
            let braced = format!("{{\"a\":{text}}}");
            let expected = serde_json::from_str::<serde_json::Value>(&braced).is_ok();
            prop_assert_eq!(read(&braced).is_ok(), expected);
        }
    }
}
