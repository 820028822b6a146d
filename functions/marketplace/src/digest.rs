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

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use domain::marketplace::{Digest, LookupKind, LookupText};
    use platform::secrets::FromSecret;

    use super::DigestKey;

    const KEY: &str = r#"{"id":"k-1","key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}"#;

    fn key() -> DigestKey {
        DigestKey::from_secret(&format!(r#"{{"keys":[{KEY}]}}"#)).unwrap()
    }

    #[test]
    fn a_text_and_its_md5_come_to_the_same_under_one_key_and_kind() {
        let text = LookupText { kind: LookupKind::Phone, text: "13800138016".to_owned() };
        let digest = Digest::parse("0f6e2c46a478c0fceacfd6461a9584ce").unwrap();
        assert_eq!(key().of_text(&text), key().of_digest(LookupKind::Phone, digest));
        // Kept in tables: with another, nobody would be found any more.
        // printf 'phone:0f6e2c46a478c0fceacfd6461a9584ce' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
        let known = "bc0f8da9ce041b381a1fa020e53a4da6c1ba094d0ebc05eef3e33bd3fe1f187b";
        assert_eq!(key().of_text(&text), known);
        for kind in [LookupKind::IdNumber, LookupKind::Mask] {
            assert_ne!(key().of_digest(kind, digest), known);
        }
        assert_ne!(key().of_content("content", [digest.to_hex()]), known);
    }

    #[test]
    fn there_is_exactly_one_key_and_it_does_not_print() {
        let refused = |json: &str| DigestKey::from_secret(json).map(|_| ()).unwrap_err();
        for keys in [String::new(), format!("{KEY},{KEY}")] {
            assert_eq!(refused(&format!(r#"{{"keys":[{keys}]}}"#)), "has not exactly one key");
        }
        for short in ["QUJD", "***"] {
            let json = format!(r#"{{"keys":[{{"id":"k-1","key":"{short}"}}]}}"#);
            assert_eq!(refused(&json), "has a key that is not 32 bytes in base64");
        }
        assert!(refused("[]").starts_with("has bad JSON: "));
        assert_eq!(format!("{:?}", key()), "DigestKey(***)");
    }
}
