//! The key pair of the tests' Ant, and Alipay's too: identity data is encrypted to it, and what Alipay tells is signed
//! with it.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey, LineEnding};
use rsa::{Pkcs1v15Encrypt, Pkcs1v15Sign, RsaPrivateKey};

const SHA1_PREFIX: [u8; 15] = *b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
const SHA256_PREFIX: [u8; 19] =
    *b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

static KEY: LazyLock<RsaPrivateKey> = LazyLock::new(|| {
    RsaPrivateKey::from_pkcs8_pem(include_str!("test-key.pem")).expect("a private key in PEM")
});

/// Ant's public key.
pub(super) fn public_pem() -> String {
    KEY.to_public_key().to_public_key_pem(LineEnding::LF).expect("a public key")
}

/// The clear text of what was encrypted to Ant, if it was.
#[must_use]
pub fn decrypted(sealed: &str) -> Option<String> {
    let sealed = STANDARD.decode(sealed).ok()?;
    String::from_utf8(KEY.decrypt(Pkcs1v15Encrypt, &sealed).ok()?).ok()
}

/// Signs as Alipay does: SHA-256 for `RSA2`, SHA-1 for `RSA`.
pub(super) fn signed(sign_type: &str, text: &str) -> String {
    let (algorithm, prefix): (_, &[u8]) = if sign_type == "RSA2" {
        (&digest::SHA256, &SHA256_PREFIX)
    } else {
        (&digest::SHA1_FOR_LEGACY_USE_ONLY, &SHA1_PREFIX)
    };
    let scheme = Pkcs1v15Sign { hash_len: Some(algorithm.output_len()), prefix: prefix.into() };
    let signature = KEY.sign(scheme, digest::digest(algorithm, text.as_bytes()).as_ref());
    STANDARD.encode(signature.expect("a signature"))
}
