use std::ops::RangeInclusive;

use domain::lease::FieldError;
use serde_json::{Map, Value};

/// How much of an unknown member's name is told.
const NAME_CHARACTERS: usize = 64;

/// What is wrong with a request, in a sentence that quotes no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadInput(pub String);

impl From<FieldError> for BadInput {
    fn from(error: FieldError) -> Self {
        Self(error.to_string())
    }
}

/// The members of a request, taken one by one; one that nobody takes is an error. A member that is null is none.
#[derive(Clone, Debug, Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The members of an object.
    #[must_use]
    pub fn of(members: Map<String, Value>) -> Self {
        Self(members.into_iter().filter(|(_, value)| !value.is_null()).collect())
    }

    /// The members that were not taken yet.
    #[must_use]
    pub fn rest(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A text of so many characters, if it is there.
    ///
    /// # Errors
    /// It is no text, or of another length.
    pub fn text(&mut self, name: &str, length: RangeInclusive<usize>) -> Result<Option<String>, BadInput> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) if length.contains(&text.chars().count()) => Ok(Some(text)),
            Some(Value::String(_)) => {
                Err(BadInput(format!("{name}: has not {} to {} characters", length.start(), length.end())))
            }
            Some(_) => Err(BadInput(format!("{name}: is no text"))),
        }
    }

    /// A text of so many bytes, if it is there.
    ///
    /// # Errors
    /// It is no text, or of another length.
    pub fn text_of_bytes(
        &mut self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Option<String>, BadInput> {
        let text = self.text(name, 0..=*length.end())?;
        match &text {
            Some(text) if !length.contains(&text.len()) => {
                Err(BadInput(format!("{name}: has not {} to {} bytes", length.start(), length.end())))
            }
            Some(_) | None => Ok(text),
        }
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// It is missing, no text, or of another length.
    pub fn required_text(&mut self, name: &str, length: RangeInclusive<usize>) -> Result<String, BadInput> {
        required(name, self.text(name, length)?)
    }

    /// One of a few texts, if it is there.
    ///
    /// # Errors
    /// It is none of them.
    pub fn one_of(&mut self, name: &str, known: &[&str]) -> Result<Option<String>, BadInput> {
        match self.text(name, 0..=NAME_CHARACTERS)? {
            Some(text) if !known.contains(&text.as_str()) => {
                Err(BadInput(format!("{name}: is none of {}", known.join(", "))))
            }
            found => Ok(found),
        }
    }

    /// A whole number that Ant's `long` holds, if it is there: no float, no text.
    ///
    /// # Errors
    /// It is anything else.
    pub fn whole(&mut self, name: &str) -> Result<Option<u64>, BadInput> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(value) => {
                let whole = value.as_u64().filter(|number| i64::try_from(*number).is_ok());
                whole.map(Some).ok_or_else(|| BadInput(format!("{name}: is no whole number")))
            }
        }
    }

    /// A whole number that must be there.
    ///
    /// # Errors
    /// It is missing or anything else.
    pub fn required_whole(&mut self, name: &str) -> Result<u64, BadInput> {
        required(name, self.whole(name)?)
    }

    /// `true` or `false`; `false` when it is not there.
    ///
    /// # Errors
    /// It is anything else.
    pub fn flag(&mut self, name: &str) -> Result<bool, BadInput> {
        match self.0.remove(name) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(BadInput(format!("{name}: is neither true nor false"))),
        }
    }

    /// The members of an object, if it is there.
    ///
    /// # Errors
    /// It is no object.
    pub fn object(&mut self, name: &str) -> Result<Option<Self>, BadInput> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Self::of(members))),
            Some(_) => Err(BadInput(format!("{name}: is no object"))),
        }
    }

    /// The objects of a list, if it is there.
    ///
    /// # Errors
    /// It is no list, or holds what is no object.
    pub fn objects(&mut self, name: &str) -> Result<Option<Vec<Self>>, BadInput> {
        let bad = || BadInput(format!("{name}: is no list of objects"));
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::Array(items)) => {
                let object = |item| match item {
                    Value::Object(members) => Ok(Self::of(members)),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                        Err(bad())
                    }
                };
                items.into_iter().map(object).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(bad()),
        }
    }

    /// Everything that is left, each of which must be a text.
    ///
    /// # Errors
    /// Something else is left.
    pub fn texts(self, name: &str) -> Result<Vec<(String, String)>, BadInput> {
        let text = |(member, value): (String, Value)| match value {
            Value::String(text) => Ok((member, text)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err(BadInput(format!("{name}: holds what is no text")))
            }
        };
        self.0.into_iter().map(text).collect()
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// There is a member that nobody knows.
    pub fn finish(self) -> Result<(), BadInput> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => {
                let name: String = name.chars().take(NAME_CHARACTERS).collect();
                Err(BadInput(format!("{}: is unknown", name.escape_debug())))
            }
        }
    }
}

/// What must be there.
///
/// # Errors
/// It is not.
pub fn required<T>(name: &str, value: Option<T>) -> Result<T, BadInput> {
    value.ok_or_else(|| BadInput(format!("{name}: is missing")))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use serde_json::{Value, json};

    use super::Fields;

    fn fields(value: &Value) -> Fields {
        Fields::of(value.as_object().unwrap().clone())
    }

    #[test]
    fn a_number_is_whole_or_it_is_none() {
        for bad in
            [json!(3500.0), json!("3500"), json!(true), json!(-1), json!(1e3), json!([1]), json!(1_u64 << 63)]
        {
            assert!(fields(&json!({"n": bad})).whole("n").is_err(), "{bad}");
        }
        assert_eq!(fields(&json!({"n": 3500})).whole("n"), Ok(Some(3500)));
        assert_eq!(fields(&json!({"n": null})).whole("n"), Ok(None));
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert_eq!(fields(&json!({"t": "租赁"})).text("t", 2..=2), Ok(Some("租赁".to_owned())));
        assert!(fields(&json!({"t": "租"})).text("t", 2..=2).is_err());
        assert!(fields(&json!({"t": 7})).text("t", 0..=2).is_err());
        assert!(fields(&json!({})).required_text("t", 0..=2).is_err());
    }

    #[test]
    fn a_member_that_nobody_takes_is_an_error_and_its_value_is_not_told() {
        let mut some = fields(&json!({"a": "x", "b": "secret"}));
        some.text("a", 0..=9).unwrap();
        assert_eq!(some.finish().unwrap_err().to_string(), "b: is unknown");
    }
}
