//! A notification on the wire: a form or JSON, signed as the gateway signs, or a form of Alipay's open platform, which
//! signs in its own way (§7).

use serde_json::Value;

use super::alipay;
use crate::ant::{AntSecret, Parameters, is_signed, signed_text};

/// Who speaks, and is answered in kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Ant's gateway.
    Gateway,
    /// Alipay's open platform: only its forms say how they are signed.
    Alipay,
}

/// A verified notification.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, which Ant repeats it with.
    pub msg_id: String,
    /// What kind it is, e.g. `ASYNC_UNSIGN_APPLY`.
    pub publish_type: String,
    /// The order that it is about.
    pub order_id: String,
    /// What it says.
    pub content: String,
}

/// Why a body is no notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is neither a form nor a JSON object of texts, or lacks what it must have.
    Form,
    /// It is not signed with a key of ours.
    Signature,
}

/// A body that can be read, of whom nobody knows yet whether to believe it.
pub struct Unverified {
    /// Whose it says it is.
    pub dialect: Dialect,
    parameters: Parameters,
}

impl Unverified {
    /// Reads a body of this content type; `None` if it is neither a form nor a JSON object of texts.
    #[must_use]
    pub fn read(content_type: Option<&str>, body: &str) -> Option<Self> {
        let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if media_type.eq_ignore_ascii_case("application/json") {
            Some(Self { dialect: Dialect::Gateway, parameters: of_json(body)? })
        } else if media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let parameters = of_form(body)?;
            let is_alipay = parameters.get(alipay::SIGN_TYPE).is_some_and(|of| alipay::hash_of(of).is_some());
            Some(Self { dialect: if is_alipay { Dialect::Alipay } else { Dialect::Gateway }, parameters })
        } else {
            None
        }
    }

    /// The message. The signature counts before anything that it says.
    ///
    /// # Errors
    /// It is none.
    pub fn verified(&self, secret: &AntSecret) -> Result<Message, Unreadable> {
        match self.dialect {
            Dialect::Gateway => Message::of_gateway(self.parameters.clone(), secret),
            Dialect::Alipay => alipay::message(self.parameters.clone(), secret),
        }
    }
}

impl Message {
    fn of_gateway(mut parameters: Parameters, secret: &AntSecret) -> Result<Self, Unreadable> {
        let signature = parameters.remove("sign").ok_or(Unreadable::Signature)?;
        let text = signed_text(&parameters);
        if !secret.keys().any(|key| is_signed(&key.secret, &text, &signature)) {
            return Err(Unreadable::Signature);
        }
        let mut take = |name: &str| parameters.remove(name).filter(|text| !text.is_empty());
        let (msg_id, publish_type) = (take("msg_id"), take("msg_publish_type"));
        let (order_id, content) = (take("order_id"), take("msg_content"));
        let message = || {
            Some(Self {
                msg_id: msg_id.filter(|id| id.len() <= 128)?,
                publish_type: publish_type?,
                order_id: order_id?,
                content: content.unwrap_or_default(),
            })
        };
        message().ok_or(Unreadable::Form)
    }
}

/// Each value is a text; a number or a flag counts as the text that it is written as.
fn of_json(body: &str) -> Option<Parameters> {
    let members: serde_json::Map<String, Value> = platform::json::object(body.as_bytes()).ok()?;
    let text = |(name, value)| match value {
        Value::String(text) => Some((name, text)),
        Value::Number(_) | Value::Bool(_) => Some((name, value.to_string())),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    members.into_iter().filter(|(_, value)| !value.is_null()).map(text).collect()
}

fn of_form(body: &str) -> Option<Parameters> {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
    };
    let mut parameters = Parameters::new();
    for pair in body.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if parameters.insert(decode(name)?, decode(value)?).is_some() {
            return None;
        }
    }
    Some(parameters)
}
