//! What Ant shares with its merchant: access keys, and the key pair for identity data.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};
use serde::Deserialize;

use super::signing::Secret;

/// The file of `--ant-secrets`, read.
pub(crate) struct Secrets {
    keys: Vec<AccessKey>,
    private_key: RsaPrivateKey,
}

pub(super) struct AccessKey {
    id: String,
    pub(super) secret: Secret,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    keys: Vec<WrittenKey>,
    encryption_private_key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    access_key_id: String,
    access_key_secret: String,
}

impl Secrets {
    /// Reads the file. What is wrong with it is told without what stands in it.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        let text = fs::read(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        Self::of(&text).map_err(|wrong| format!("{shown} is no file of Ant's secrets: {wrong}"))
    }

    fn of(text: &[u8]) -> Result<Self, String> {
        let written: Written = serde_json::from_slice(text).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            format!(
                r#"it is not {{"keys":[{{"access_key_id","access_key_secret"}}],"encryption_private_key"}} ({place})"#
            )
        })?;
        let keys: Vec<_> = written.keys.iter().map(AccessKey::of).collect();
        if keys.is_empty() || written.keys.iter().any(WrittenKey::is_blank) {
            return Err("it needs at least one key, each with an id and a secret".to_owned());
        }
        let private_key = RsaPrivateKey::from_pkcs8_pem(&written.encryption_private_key)
            .map_err(|_| "encryption_private_key is no PKCS#8 PEM of an RSA key".to_owned())?;
        Ok(Self { keys, private_key })
    }

    /// The access key of that id: all are good, so that one can take another's place.
    pub(super) fn key(&self, id: &str) -> Option<&AccessKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The key with the number `number`, counted from 1.
    pub(super) fn key_number(&self, number: usize) -> Option<&AccessKey> {
        self.keys.get(number.checked_sub(1)?)
    }

    /// The clear text of Base64 of PKCS#1 v1.5; nothing of what is not that, or of nothing.
    pub(super) fn decrypted(&self, sealed: &str) -> Option<String> {
        let sealed = STANDARD.decode(sealed).ok()?;
        let clear = self.private_key.decrypt(Pkcs1v15Encrypt, &sealed).ok()?;
        String::from_utf8(clear).ok().filter(|clear| !clear.is_empty())
    }
}

impl AccessKey {
    fn of(written: &WrittenKey) -> Self {
        Self { id: written.access_key_id.clone(), secret: Secret::new(&written.access_key_secret) }
    }
}

impl WrittenKey {
    fn is_blank(&self) -> bool {
        self.access_key_id.is_empty() || self.access_key_secret.is_empty()
    }
}
