//! The key pair of the tests' Ant: identity data is encrypted to it.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey, LineEnding};
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

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
