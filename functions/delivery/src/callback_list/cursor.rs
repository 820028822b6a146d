use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::callbacks::{CallbackId, Listed};
use platform::rfc3339;
use serde::{Deserialize, Serialize};

/// Where a list goes on.
#[derive(Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cursor {
    /// When the last callback was caused; nothing in the list of one order.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
    order: String,
    /// The last callback's place in its order.
    pub(super) seq: String,
}

impl Cursor {
    /// Behind a place in the list of one order.
    pub(super) fn within(order: &str, seq: &str) -> Self {
        Self { created_at: None, order: order.to_owned(), seq: seq.to_owned() }
    }

    /// Behind a place in the list of all.
    pub(super) fn behind(listed: &Listed) -> Self {
        let CallbackId { order, seq } = listed.id.clone();
        Self { created_at: Some(listed.created_at.clone()), order, seq }
    }

    /// Its place in the list of all.
    pub(super) fn listed(&self) -> Option<Listed> {
        let id = CallbackId { order: self.order.clone(), seq: self.seq.clone() };
        self.created_at.clone().map(|created_at| Listed { created_at, id })
    }

    /// As it stands in an answer.
    pub(super) fn to_text(&self) -> String {
        // A struct with string keys always serialises.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads one of the list of `order`, or of all; `None` for any other.
    pub(super) fn read(text: &str, order: Option<&str>) -> Option<Self> {
        let cursor: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let is_place = CallbackId::parse(&format!("{}#{}", cursor.order, cursor.seq)).is_some();
        let is_of_list = match (order, &cursor.created_at) {
            (Some(order), None) => order == cursor.order,
            (None, Some(created_at)) => rfc3339::parse(created_at).is_some(),
            (Some(_), Some(_)) | (None, None) => false,
        };
        (is_place && is_of_list).then_some(cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, URL_SAFE_NO_PAD};
    use base64::Engine;

    const SEQ: &str = "00000000000000000004-000";

    #[test]
    fn a_cursor_goes_on_only_in_the_list_that_it_is_from() {
        let one = Cursor::within("840#1", SEQ);
        assert_eq!(Cursor::read(&one.to_text(), Some("840#1")).as_ref(), Some(&one));
        assert_eq!(Cursor::read(&one.to_text(), Some("840#2")), None);
        assert_eq!(Cursor::read(&one.to_text(), None), None);
        let all = Cursor { created_at: Some("2026-01-02T03:04:05.000000000Z".into()), ..one };
        assert_eq!(Cursor::read(&all.to_text(), None).as_ref(), Some(&all));
        assert_eq!(Cursor::read(&all.to_text(), Some("840#1")), None);
    }

    #[test]
    fn what_is_no_cursor_is_none() {
        for json in
            ["", "{}", "[]", r#"{"order":"840#1","seq":"head"}"#, r#"{"order":"","seq":"1","more":1}"#]
        {
            assert_eq!(Cursor::read(&URL_SAFE_NO_PAD.encode(json), Some("840#1")), None, "{json}");
        }
        assert_eq!(Cursor::read("%%%", None), None);
    }
}
