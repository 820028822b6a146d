//! What Rongshu shares with a lender, channel by channel: who he is, how calls are carried and signed, the keys.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _};
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde::Deserialize;

use super::crypto::{Cipher, SignAlgorithm, of_hex, text_to_sign};

/// The file of `--rongshu-secrets`, read.
pub(crate) struct Secrets(BTreeMap<String, Channel>);

/// One channel.
pub(super) struct Channel {
    /// The lender's id at Rongshu, which stands in what he sends.
    pub(super) app_id: String,
    pub(super) cipher: Cipher,
    algorithm: SignAlgorithm,
    platform_private_key: RsaPrivateKey,
    our_public_key: RsaPublicKey,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    channels: BTreeMap<String, WrittenChannel>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChannel {
    app_id: String,
    cipher: WrittenCipher,
    sign_alg: SignAlgorithm,
    platform_private_key: String,
    our_public_key: String,
    aes_key: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenCipher {
    Plain,
    Aes,
}

const SHAPE: &str = r#"{"channels":{CHANNEL:{"app_id","cipher":"plain"|"aes","sign_alg":"SHA1"|"SHA256","platform_private_key","our_public_key","aes_key"}}}"#;

impl Secrets {
    /// Reads the file. What is wrong with it is told without what stands in it.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = fs::read(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        Self::of(&text).map_err(|wrong| format!("{shown} is no file of Rongshu's secrets: {wrong}"))
    }

    fn of(text: &[u8]) -> Result<Self, String> {
        let written: Written = serde_json::from_slice(text).map_err(|error| {
            format!("it is not {SHAPE} (line {}, column {})", error.line(), error.column())
        })?;
        if written.channels.is_empty() {
            return Err("it needs at least one channel".to_owned());
        }
        let channel = |(name, written): (String, WrittenChannel)| {
            let channel = Channel::of(&written).map_err(|wrong| format!("channel {name}: {wrong}"))?;
            Ok((name, channel))
        };
        written.channels.into_iter().map(channel).collect::<Result<_, String>>().map(Self)
    }

    pub(super) fn channel(&self, name: &str) -> Option<&Channel> {
        self.0.get(name)
    }

    /// The names of the channels, for explanations.
    pub(super) fn names(&self) -> String {
        self.0.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

impl Channel {
    fn of(written: &WrittenChannel) -> Result<Self, String> {
        if written.app_id.is_empty() {
            return Err("app_id is empty".to_owned());
        }
        let private = written.platform_private_key.as_str();
        let public = written.our_public_key.as_str();
        Ok(Self {
            app_id: written.app_id.clone(),
            cipher: cipher(written)?,
            algorithm: written.sign_alg,
            platform_private_key: key(
                private,
                |pem| RsaPrivateKey::from_pkcs8_pem(pem).ok(),
                |der| RsaPrivateKey::from_pkcs8_der(der).ok(),
            )
            .ok_or("platform_private_key is no PKCS#8 of an RSA key, as PEM or Base64")?,
            our_public_key: key(
                public,
                |pem| RsaPublicKey::from_public_key_pem(pem).ok(),
                |der| RsaPublicKey::from_public_key_der(der).ok(),
            )
            .ok_or("our_public_key is no SPKI of an RSA key, as PEM or Base64")?,
        })
    }

    /// Signs what the platform sends; the empty text if its key is too short for that.
    pub(super) fn sign(&self, channel_id: &str, timestamp: &str, request: &str) -> String {
        let members = [("channelId", channel_id), ("request", request), ("timestamp", timestamp)];
        self.algorithm.sign(&self.platform_private_key, &text_to_sign(members)).unwrap_or_default()
    }

    /// Whether the lender signed that.
    pub(super) fn verifies(&self, app_id: &str, timestamp: &str, request: &str, signature: &str) -> bool {
        let members = [("appId", app_id), ("request", request), ("timestamp", timestamp)];
        self.algorithm.verifies(&self.our_public_key, &text_to_sign(members), signature)
    }
}

fn cipher(written: &WrittenChannel) -> Result<Cipher, String> {
    let given = written.aes_key.as_deref();
    let key = given.map(|key| of_hex(key).and_then(|key| key.try_into().ok()));
    match (written.cipher, key) {
        (_, Some(None)) => Err("aes_key is not 32 hexadecimal digits".to_owned()),
        (WrittenCipher::Plain, _) => Ok(Cipher::Plain),
        (WrittenCipher::Aes, Some(Some(key))) => Ok(Cipher::Aes(key)),
        (WrittenCipher::Aes, None) => Err("the cipher aes needs an aes_key".to_owned()),
    }
}

/// A key as a PEM, or as the Base64 of its DER, which has line breaks in the wild.
fn key<K>(text: &str, pem: impl Fn(&str) -> Option<K>, der: impl Fn(&[u8]) -> Option<K>) -> Option<K> {
    if text.contains("-----BEGIN") {
        return pem(text.trim());
    }
    let unbroken: String = text.split_ascii_whitespace().collect();
    der(&STANDARD.decode(unbroken).ok()?)
}
