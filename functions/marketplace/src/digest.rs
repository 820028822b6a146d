//! How people are found without being known (§10, Customers): every digest that is kept is keyed. A bare MD5 of a phone's
//! number is as good as the number; who has no key cannot try out numbers (design §4).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::marketplace::{Digest, LookupKind, LookupText};
use platform::config::Variable;
use platform::secrets::FromSecret;
use ring::hmac::{self, HMAC_SHA256};
use serde::Deserialize;

/// How many bytes the key has.
const KEY_BYTES: usize = 32;

/// Where the key stands.
pub const DIGEST_SECRET_PARAMETER: Variable = Variable {
    name: "DIGEST_SECRET_PARAMETER",
    meaning: "The SSM parameter with the key that digests of people are made under.",
    default: None,
};

/// The key that digests are made under. There is one: with another, every row would have to be found anew.
pub struct DigestKey(hmac::Key);

/// `{"keys":[{"id":"2026-01","key":"<base64 of 32 bytes>"}]}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKeys {
    keys: Vec<WireKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKey {
    #[serde(rename = "id")]
    _id: String,
    key: String,
}

impl DigestKey {
    /// What is kept of a digest that the platform asks by.
    #[must_use]
    pub fn of_digest(&self, kind: LookupKind, digest: Digest) -> String {
        self.keyed(tag(kind), [digest.to_hex()])
    }

    /// What is kept of a text that a customer is found by.
    #[must_use]
    pub fn of_text(&self, text: &LookupText) -> String {
        self.of_digest(text.kind, Digest::of_bytes(md5::compute(text.text.as_bytes()).0))
    }

    /// What is kept of content that is compared and never shown; `purpose` keeps digests of one thing from being those
    /// of another.
    #[must_use]
    pub fn of_content(&self, purpose: &str, pieces: impl IntoIterator<Item = impl AsRef<str>>) -> String {
        self.keyed(purpose, pieces)
    }

    fn keyed(&self, purpose: &str, pieces: impl IntoIterator<Item = impl AsRef<str>>) -> String {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(purpose.as_bytes());
        context.update(b":");
        for piece in pieces {
            context.update(piece.as_ref().as_bytes());
        }
        crate::envelope::hex::lower(context.sign().as_ref())
    }
}

/// No purpose that something else has.
fn tag(kind: LookupKind) -> &'static str {
    match kind {
        LookupKind::IdNumber => "id_number",
        LookupKind::Phone => "phone",
        LookupKind::Mask => "mask",
    }
}

impl FromSecret for DigestKey {
    fn from_secret(json: &str) -> Result<Self, String> {
        let wire: WireKeys =
            platform::json::object(json.as_bytes()).map_err(|error| format!("has bad JSON: {error}"))?;
        let [key] = wire.keys.as_slice() else {
            return Err("has not exactly one key".to_owned());
        };
        let bytes = STANDARD.decode(&key.key).ok().filter(|bytes| bytes.len() == KEY_BYTES);
        let bytes = bytes.ok_or_else(|| format!("has a key that is not {KEY_BYTES} bytes in base64"))?;
        Ok(Self(hmac::Key::new(HMAC_SHA256, &bytes)))
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DigestKey(***)")
    }
}
