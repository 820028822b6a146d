//! The two channels of the tests (§11, Channels), and how a call of the platform is made in each.

use aes::Aes128;
use ecb::cipher::block_padding::Pkcs7;
use ecb::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit};
use serde_json::{Value, json};
use world::World;

use super::keys::{Hash, Signer};

/// What stands before `/<channel>` in the parameters' names.
pub const PREFIX: &str = "/tenor/test/rongshu";
/// The channel that is plain and signs with SHA-1.
pub const PLAIN: &str = "840";
/// The channel in AES mode, which signs with SHA-256.
pub const AES: &str = "rongshu";
/// Where the platform is.
pub const PLATFORM: &str = "https://platform.test";
/// Our id there.
pub const APP_ID: &str = "10001";
/// The key of the specification's vector.
pub const AES_KEY: &str = "000102030405060708090A0B0C0D0E0F";

/// A channel's parameter as it is unless a test says otherwise.
#[must_use]
pub fn parameter(channel: &str) -> Value {
    let mut parameter = json!({
        "app_id": APP_ID,
        "private_key": Signer::Us.private(),
        "platform_public_keys": [Signer::Platform.public()],
        "base_url": format!("{PLATFORM}/{channel}/"),
        "sms_signature": "【榕树】",
    });
    if channel == AES {
        parameter["aes_keys"] = json!([AES_KEY]);
    } else {
        parameter["cipher"] = json!("plain");
        parameter["sign_alg"] = json!("SHA1");
    }
    parameter
}

/// Puts a channel's parameter, with other members than usual.
///
/// # Panics
/// When `others` is no object.
pub fn put_channel(world: &World, channel: &str, others: &Value) {
    let mut parameter = parameter(channel);
    for (name, value) in others.as_object().expect("an object") {
        parameter[name] = value.clone();
    }
    world.put_parameter(&format!("{PREFIX}/{channel}"), &parameter.to_string());
}

/// With which hash a channel of the tests signs.
#[must_use]
pub fn hash(channel: &str) -> Hash {
    if channel == AES { Hash::Sha256 } else { Hash::Sha1 }
}

/// A call of the platform, before it is sent.
#[derive(Clone, Debug)]
pub struct Signed {
    /// `channelId`
    pub channel: String,
    /// `timestamp`, as JSON.
    pub timestamp: Value,
    /// `request`
    pub request: String,
    /// `sign`
    pub sign: String,
}

impl Signed {
    /// Signs `business` at an instant in milliseconds as the platform does in this channel.
    #[must_use]
    pub fn new(channel: &str, milliseconds: i64, business: &str) -> Self {
        let request = if channel == AES { encrypted(AES_KEY, business) } else { business.to_owned() };
        let timestamp = json!(milliseconds);
        Self { channel: channel.to_owned(), timestamp, request, sign: String::new() }
            .signed_by(Signer::Platform)
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        let timestamp = self.timestamp.as_str().map_or_else(|| self.timestamp.to_string(), str::to_owned);
        format!("channelId={}&request={}&timestamp={timestamp}", self.channel, self.request)
    }

    /// With the signature of this key over what stands in it now.
    #[must_use]
    pub fn signed_by(mut self, signer: Signer) -> Self {
        self.sign = signer.sign(hash(&self.channel), &self.text());
        self
    }

    /// The body, its members in the specification's order.
    #[must_use]
    pub fn body(&self) -> String {
        let text = |text: &str| Value::from(text).to_string();
        format!(
            r#"{{"channelId":{},"timestamp":{},"request":{},"sign":{}}}"#,
            text(&self.channel),
            self.timestamp,
            text(&self.request),
            text(&self.sign)
        )
    }
}

/// In upper-case hexadecimal digits.
///
/// # Panics
/// When the key is none.
#[must_use]
pub fn encrypted(key: &str, clear: &str) -> String {
    let cipher = ecb::Encryptor::<Aes128>::new(&key_of(key).into());
    let bytes = cipher.encrypt_padded_vec::<Pkcs7>(clear.as_bytes());
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02X}"))
}

/// What stands behind upper-case hexadecimal digits.
///
/// # Panics
/// When they are no ciphertext of this key's.
#[must_use]
pub fn decrypted(key: &str, text: &str) -> String {
    assert!(!text.bytes().any(|digit| digit.is_ascii_lowercase()), "upper-case digits: {text}");
    let cipher = ecb::Decryptor::<Aes128>::new(&key_of(key).into());
    let clear = cipher.decrypt_padded_vec::<Pkcs7>(&bytes_of(text)).expect("a ciphertext of this key");
    String::from_utf8(clear).expect("a text")
}

fn key_of(key: &str) -> [u8; 16] {
    bytes_of(key).try_into().expect("16 bytes")
}

fn bytes_of(text: &str) -> Vec<u8> {
    let byte = |place| u8::from_str_radix(&text[place..place + 2], 16).expect("hexadecimal digits");
    (0..text.len()).step_by(2).map(byte).collect()
}
