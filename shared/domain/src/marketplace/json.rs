use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::person::is_digits;

/// What came as JSON and is kept as it came, as far as a rule has to look at it. Its `Debug` shows the shape alone.
#[derive(Clone, PartialEq, Eq)]
pub enum Json<'a> {
    /// `null`; a member that is one is as good as absent.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, by its own text: no float comes near it.
    Number(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Vec<Self>),
    /// An object.
    Object(Object<'a>),
}

/// The members of an object, by name.
pub type Object<'a> = BTreeMap<Cow<'a, str>, Json<'a>>;

impl Json<'_> {
    /// A text, or a number's text: much comes as either (§1, Data conventions).
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// A text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The text of an id: a text, or an integer without a sign (§11, Channels).
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        match self {
            Self::Number(number) if !is_digits(number) => None,
            Self::Text(_) | Self::Number(_) => self.scalar(),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// Appends pieces whose concatenation is the value's and no other's: two values are equal exactly if theirs are.
    /// The order of an object's members and white space are no part of a value; nor is a member that is null.
    pub(super) fn canonical<'b>(&'b self, pieces: &mut Vec<Cow<'b, str>>) {
        match self {
            Self::Null => pieces.push(Cow::Borrowed("z")),
            Self::Bool(true) => pieces.push(Cow::Borrowed("t")),
            Self::Bool(false) => pieces.push(Cow::Borrowed("f")),
            Self::Number(text) => framed('n', text, pieces),
            Self::Text(text) => framed('s', text, pieces),
            Self::List(values) => {
                pieces.push(Cow::Owned(format!("l{}:", values.len())));
                for value in values {
                    value.canonical(pieces);
                }
            }
            Self::Object(members) => canonical_members(members, &[], pieces),
        }
    }
}

/// The same of an object, without the members of these names.
pub(super) fn canonical_members<'b>(
    members: &'b Object<'_>,
    ignored: &[&str],
    pieces: &mut Vec<Cow<'b, str>>,
) {
    let counts = |(name, value): &(&'b Cow<'_, str>, &'b Json<'_>)| {
        !ignored.contains(&name.as_ref()) && !matches!(value, Json::Null)
    };
    pieces.push(Cow::Owned(format!("o{}:", members.iter().filter(counts).count())));
    for (name, value) in members.iter().filter(counts) {
        framed('s', name, pieces);
        value.canonical(pieces);
    }
}

/// A text behind its kind and its length.
fn framed<'b>(kind: char, text: &'b str, pieces: &mut Vec<Cow<'b, str>>) {
    pieces.push(Cow::Owned(format!("{kind}{}:", text.len())));
    pieces.push(Cow::Borrowed(text));
}

impl fmt::Debug for Json<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => formatter.write_str("null"),
            Self::Bool(_) | Self::Number(_) | Self::Text(_) => formatter.write_str("***"),
            Self::List(values) => write!(formatter, "[{} values]", values.len()),
            Self::Object(members) => write!(formatter, "{{{} members}}", members.len()),
        }
    }
}
