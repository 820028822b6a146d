//! The gateway's signature: HMAC-SHA1 over the sorted, percent-encoded parameters, or over an answer's own text.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The secret of an access key.
pub(super) struct Secret(hmac::Key);

impl Secret {
    pub(super) fn new(secret: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes()))
    }

    pub(super) fn sign(&self, text: &str) -> String {
        STANDARD.encode(hmac::sign(&self.0, text.as_bytes()))
    }

    /// Whether `signature` is that of `text`; takes the same time wherever they differ.
    pub(super) fn verifies(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        hmac::verify(&self.0, text.as_bytes(), &signature).is_ok()
    }
}

/// What is signed of parameters: sorted by name, percent-encoded, joined with `=` and `&`.
pub(super) fn text_to_sign<'a>(parameters: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    let sorted: BTreeMap<_, _> = parameters.into_iter().collect();
    let encoded = |text| utf8_percent_encode(text, ESCAPED);
    let pairs = sorted.into_iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Secret, text_to_sign};

    fn parameters(order_id: &str) -> BTreeMap<String, String> {
        let all = [
            ("version", "1.0"),
            ("_prod_channel", "undefined"),
            ("_prod_code", "ATO"),
            ("access_key", "AKtest"),
            ("base_sdk_version", "TeaSDK-2.0"),
            ("method", "antchain.ato.withhold.sign.query"),
            ("order_id", order_id),
            ("req_msg_id", "0123456789abcdef0123456789abcdef"),
            ("req_time", "2025-01-03T10:00:00Z"),
            ("sdk_version", "1.8.98"),
            ("sign_type", "HmacSHA1"),
        ];
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    fn signature(parameters: &BTreeMap<String, String>) -> String {
        Secret::new("secret").sign(&text_to_sign(parameters))
    }

    #[test]
    fn the_vectors_of_the_sdk_hold() {
        let test = BTreeMap::from([("test".to_owned(), "ok".to_owned())]);
        assert_eq!(signature(&test), "qlB4B1lFcehlWRelL7Fo4uNHPCs=");
        let response = r#"{"expired_time":"2021-01-04T17:04:42.072+08:00","file_id":"kjiac1a298f8d","req_msg_id":"79e093b3ae0f3f2c1","result_code":"OK"}"#;
        assert_eq!(Secret::new("secret").sign(response), "IUl/4uLq7utFnsjF1Zy6B6OWbCg=");
    }

    #[test]
    fn the_vectors_of_a_whole_request_hold() {
        assert_eq!(signature(&parameters("LEASE-0001")), "hNGDqHpZOHUHfvann4vgaz4vreI=");
        assert_eq!(signature(&parameters("LEASE-0001 *~é")), "lXFT/zmhRJHXp4fDyClB0SoTGNY=");
    }

    #[test]
    fn everything_is_escaped_but_what_rfc_3986_leaves_alone() {
        let odd = BTreeMap::from([("b /".to_owned(), "*~-_.+é".to_owned()), ("a".to_owned(), String::new())]);
        assert_eq!(text_to_sign(&odd), "a=&b%20%2F=%2A~-_.%2B%C3%A9");
    }

    #[test]
    fn a_signature_with_any_other_bit_is_refused() {
        let (secret, text) = (Secret::new("secret"), text_to_sign(&parameters("LEASE-0001")));
        let good = secret.sign(&text);
        assert!(secret.verifies(&text, &good));
        for at in 0..good.len() {
            let mut bad = good.clone().into_bytes();
            bad[at] ^= 1;
            let bad = String::from_utf8(bad).expect("text");
            assert!(!secret.verifies(&text, &bad), "{bad}");
        }
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] ^= 1;
            assert!(!secret.verifies(&String::from_utf8(other).expect("text"), &good));
        }
        assert!(!Secret::new("another").verifies(&text, &good) && !secret.verifies(&text, ""));
    }
}
