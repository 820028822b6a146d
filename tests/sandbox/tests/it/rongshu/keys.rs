//! The channels of the tests: their keys, made anew for each run, and the cryptography once more.

use std::sync::LazyLock;

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ecb::cipher::block_padding::Pkcs7;
use ecb::cipher::{BlockModeEncrypt as _, KeyInit as _};
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RsaParameters, UnparsedPublicKey,
};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::rand_core::OsRng;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use serde_json::{Value, json};

const AES_KEY: &str = "000102030405060708090a0B0C0D0E0F";

/// A channel as both sides know it.
pub(super) struct Channel {
    pub(super) name: &'static str,
    pub(super) app_id: &'static str,
    sealed: bool,
    hash: &'static digest::Algorithm,
    /// DER of which hash a digest is of.
    prefix: &'static [u8],
    verification: &'static RsaParameters,
    platform: RsaPrivateKey,
    ours: RsaPrivateKey,
}

fn new_key() -> RsaPrivateKey {
    RsaPrivateKey::new(&mut OsRng, 1024).expect("a key")
}

pub(super) static PLAIN: LazyLock<Channel> = LazyLock::new(|| Channel {
    name: "840",
    app_id: "10001",
    sealed: false,
    hash: &SHA1_FOR_LEGACY_USE_ONLY,
    prefix: b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
    verification: &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    platform: new_key(),
    ours: new_key(),
});

pub(super) static SEALED: LazyLock<Channel> = LazyLock::new(|| Channel {
    name: "rongshu",
    app_id: "20002",
    sealed: true,
    hash: &SHA256,
    prefix: b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
    verification: &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    platform: new_key(),
    ours: new_key(),
});

/// What is in the file of secrets: the one channel's keys as PEM, the other's as Base64 with line breaks.
pub(super) fn contents() -> Value {
    let broken = |der: &[u8]| {
        let text = STANDARD.encode(der);
        text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n")
    };
    let ours = |channel: &Channel| channel.ours.to_public_key();
    json!({"channels": {
        "840": {
            "app_id": PLAIN.app_id, "cipher": "plain", "sign_alg": "SHA1",
            "platform_private_key": PLAIN.platform.to_pkcs8_pem(LineEnding::LF).expect("a PEM").as_str(),
            "our_public_key": ours(&PLAIN).to_public_key_pem(LineEnding::LF).expect("a PEM"),
        },
        "rongshu": {
            "app_id": SEALED.app_id, "cipher": "aes", "sign_alg": "SHA256", "aes_key": AES_KEY,
            "platform_private_key": broken(SEALED.platform.to_pkcs8_der().expect("DER").as_bytes()),
            "our_public_key": broken(ours(&SEALED).to_public_key_der().expect("DER").as_bytes()),
        },
    }})
}

impl Channel {
    /// The business JSON as it is carried.
    pub(super) fn carried(&self, clear: &str) -> String {
        if !self.sealed {
            return clear.to_owned();
        }
        let key: [u8; 16] = std::array::from_fn(|at| u8::try_from(at).expect("small"));
        let sealed = ecb::Encryptor::<Aes128>::new(&key.into()).encrypt_padded_vec::<Pkcs7>(clear.as_bytes());
        sealed.iter().fold(String::new(), |text, byte| format!("{text}{byte:02X}"))
    }

    /// Whether the platform signed that.
    pub(super) fn platform_signed(&self, timestamp: &str, request: &str, sign: &str) -> bool {
        let text = format!("channelId={}&request={request}&timestamp={timestamp}", self.name);
        let key = self.platform.to_public_key().to_pkcs1_der().expect("DER");
        let sign = STANDARD.decode(sign).expect("Base64");
        UnparsedPublicKey::new(self.verification, key.as_bytes()).verify(text.as_bytes(), &sign).is_ok()
    }

    /// Our signature.
    pub(super) fn sign(&self, timestamp: &str, request: &str) -> String {
        let text = format!("appId={}&request={request}&timestamp={timestamp}", self.app_id);
        let padding = Pkcs1v15Sign { hash_len: Some(self.hash.output_len()), prefix: self.prefix.into() };
        let sign = self.ours.sign(padding, digest(self.hash, text.as_bytes()).as_ref());
        STANDARD.encode(sign.expect("signed"))
    }
}
