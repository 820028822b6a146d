//! Local client sessions: two Ed25519 keys, made once, and the tokens they sign.

use std::{
    fmt::Display,
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    str::FromStr,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair as _},
};
use serde_json::{Value, json};

use crate::{Error, Result};

/// Which of the two valid keys signs: two are valid at once, so that a rotation can be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyNumber {
    /// The first key.
    #[default]
    One,
    /// The second key.
    Two,
}

impl KeyNumber {
    const ALL: [Self; 2] = [Self::One, Self::Two];

    /// The `kid` under which the key stands in the JWKS.
    #[must_use]
    pub fn key_id(self) -> &'static str {
        match self {
            Self::One => "local-1",
            Self::Two => "local-2",
        }
    }
}

impl FromStr for KeyNumber {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text {
            "1" => Ok(Self::One),
            "2" => Ok(Self::Two),
            _ => Err("there are two keys, 1 and 2"),
        }
    }
}

/// What a token says.
#[derive(Debug, Clone, Copy)]
pub struct TokenRequest<'a> {
    /// The key that signs it.
    pub key: KeyNumber,
    /// `aud`: the front end the session belongs to.
    pub audience: &'a str,
    /// `sub`: the client.
    pub subject: &'a str,
    /// Seconds until `exp`; negative for a token that has expired.
    pub expires_in_s: i64,
}

/// The two session keys of a platform.
#[derive(Debug)]
pub struct SessionKeys {
    one: Ed25519KeyPair,
    two: Ed25519KeyPair,
}

impl SessionKeys {
    /// Reads the keys in `folder`, making those that are not there yet.
    ///
    /// # Errors
    /// When a key cannot be written or read.
    pub fn open(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).map_err(|source| Error::File { path: folder.to_path_buf(), source })?;
        Ok(Self { one: open_key(folder, KeyNumber::One)?, two: open_key(folder, KeyNumber::Two)? })
    }

    /// The public keys, as the functions' configuration takes them.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let keys = KeyNumber::ALL.map(|number| {
            let public = BASE64_URL_SAFE_NO_PAD.encode(self.pair(number).public_key());
            json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": number.key_id(), "x": public})
        });
        json!({ "keys": keys })
    }

    /// A signed token.
    #[must_use]
    pub fn token(&self, request: &TokenRequest<'_>) -> String {
        let now = unix_now();
        let header = json!({"alg": "EdDSA", "typ": "JWT", "kid": request.key.key_id()});
        let claims = json!({
            "aud": request.audience,
            "sub": request.subject,
            "iat": now,
            "exp": now.saturating_add(request.expires_in_s),
        });
        self.sign(request.key, &header, &claims)
    }

    /// Signs any header and claims, however wrong: for tokens that must be refused.
    #[must_use]
    pub fn sign(&self, key: KeyNumber, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", encoded(header), encoded(claims));
        let signature = self.pair(key).sign(signed.as_bytes());
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    fn pair(&self, number: KeyNumber) -> &Ed25519KeyPair {
        match number {
            KeyNumber::One => &self.one,
            KeyNumber::Two => &self.two,
        }
    }
}

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

fn unix_now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .unwrap_or_default()
}

fn open_key(folder: &Path, number: KeyNumber) -> Result<Ed25519KeyPair> {
    let path = folder.join(format!("{}.pk8", number.key_id()));
    if !path.exists() {
        make_key(&path)?;
    }
    let document = fs::read(&path).map_err(|source| Error::File { path: path.clone(), source })?;
    Ed25519KeyPair::from_pkcs8(&document).map_err(|error| unusable(path, &error))
}

fn make_key(path: &Path) -> Result<()> {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .map_err(|error| unusable(path.into(), &error))?;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(document.as_ref()))
        .map_err(|source| Error::File { path: path.to_path_buf(), source })
}

fn unusable(path: PathBuf, reason: &dyn Display) -> Error {
    Error::SessionKey { path, reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    use ring::signature::{ED25519, UnparsedPublicKey};
    use serde_json::Value;

    use super::{KeyNumber, SessionKeys, TokenRequest};

    fn decoded(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    #[test]
    fn a_token_is_signed_by_the_key_that_the_jwks_names_and_keys_are_kept() {
        let folder = std::env::temp_dir().join(format!("tenor-session-keys-{}", std::process::id()));
        let keys = SessionKeys::open(&folder).unwrap();
        let request =
            TokenRequest { key: KeyNumber::Two, audience: "bt", subject: "pin-1", expires_in_s: -60 };
        let token = keys.token(&request);
        let jwks = SessionKeys::open(&folder).unwrap().jwks();
        std::fs::remove_dir_all(&folder).unwrap();

        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let [header, claims] =
            [header, claims].map(|part| serde_json::from_slice::<Value>(&decoded(part)).unwrap());
        assert_eq!(header["kid"], jwks["keys"][1]["kid"]);
        assert_eq!((&claims["aud"], &claims["sub"]), (&"bt".into(), &"pin-1".into()));
        assert_eq!(claims["exp"].as_i64(), claims["iat"].as_i64().map(|issued| issued - 60));
        let key = UnparsedPublicKey::new(&ED25519, decoded(jwks["keys"][1]["x"].as_str().unwrap()));
        key.verify(signed.as_bytes(), &decoded(signature)).unwrap();
    }
}
