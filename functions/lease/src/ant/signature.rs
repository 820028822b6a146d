//! The gateway's signature (§2): Base64 of HMAC-SHA1 over the sorted, percent-encoded parameters.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

/// RFC 3986: what is not unreserved is encoded, a space as `%20` and `*` as `%2A`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Parameters by name, in the order of their bytes, which is the order that is signed.
pub type Parameters = BTreeMap<String, String>;

/// `name=value&…`, percent-encoded, sorted by name: what is signed, and what a query or a form is.
#[must_use]
pub fn encoded(parameters: &Parameters) -> String {
    let pairs = parameters.iter().map(|(name, value)| {
        format!("{}={}", utf8_percent_encode(name, RESERVED), utf8_percent_encode(value, RESERVED))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// The signature of `text` under `secret`.
#[must_use]
pub(super) fn sign(secret: &str, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

/// Whether `signature` is that of `text` under `secret`, compared in constant time.
#[must_use]
pub fn is_signed(secret: &str, text: &str, signature: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret.as_bytes());
    STANDARD.decode(signature).is_ok_and(|signature| hmac::verify(&key, text.as_bytes(), &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use super::{Parameters, encoded, is_signed, sign};

    fn request(order_id: &str) -> Parameters {
        [
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
            ("version", "1.0"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    #[test]
    fn the_published_vectors_and_those_of_the_specification_hold() {
        let published = Parameters::from([("test".to_owned(), "ok".to_owned())]);
        for (parameters, signature) in [
            (published, "qlB4B1lFcehlWRelL7Fo4uNHPCs="),
            (request("LEASE-0001"), "hNGDqHpZOHUHfvann4vgaz4vreI="),
            (request("LEASE-0001 *~é"), "lXFT/zmhRJHXp4fDyClB0SoTGNY="),
        ] {
            let text = encoded(&parameters);
            assert_eq!(sign("secret", &text), signature, "{text}");
            assert!(is_signed("secret", &text, signature));
            assert!(!is_signed("Secret", &text, signature));
        }
    }

    #[test]
    fn a_response_is_signed_over_its_raw_text() {
        let response = concat!(
            r#"{"expired_time":"2021-01-04T17:04:42.072+08:00","file_id":"kjiac1a298f8d","#,
            r#""req_msg_id":"79e093b3ae0f3f2c1","result_code":"OK"}"#,
        );
        let signature = "IUl/4uLq7utFnsjF1Zy6B6OWbCg=";
        assert!(is_signed("secret", response, signature));
        for place in 0..response.len() {
            let mut changed = response.as_bytes().to_vec();
            changed[place] ^= 1;
            let changed = String::from_utf8_lossy(&changed).into_owned();
            assert!(!is_signed("secret", &changed, signature), "byte {place}");
        }
        assert!(!is_signed("secret", response, "no base64"));
    }

    #[test]
    fn what_is_reserved_is_encoded_and_what_is_not_is_kept() {
        let parameters = Parameters::from([("a b".to_owned(), "-_.~ *+/é".to_owned())]);
        assert_eq!(encoded(&parameters), "a%20b=-_.~%20%2A%2B%2F%C3%A9");
    }
}
