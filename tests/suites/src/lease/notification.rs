//! What Ant tells us by itself.

use serde_json::{Value, json};

use super::envelope::{self, Parameters};
use super::request::notification_event;

/// A signed notification.
#[derive(Clone, Debug)]
pub struct Notification(pub Parameters);

impl Notification {
    /// A notification of these fields, signed with `secret`.
    #[must_use]
    pub fn signed<'a>(secret: &str, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut fields: Parameters =
            fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let signature = envelope::sign(secret, &envelope::signed_text(&fields));
        fields.insert("sign".to_owned(), signature);
        Self(fields)
    }

    /// As a form.
    #[must_use]
    pub fn form(&self) -> String {
        envelope::signed_text(&self.0)
    }

    /// As JSON.
    #[must_use]
    pub fn json(&self) -> String {
        json!(self.0).to_string()
    }

    /// The event of a form.
    #[must_use]
    pub fn form_event(&self) -> Value {
        notification_event("application/x-www-form-urlencoded", &self.form(), true)
    }

    /// The event of a JSON text.
    #[must_use]
    pub fn json_event(&self) -> Value {
        notification_event("application/json", &self.json(), false)
    }
}
