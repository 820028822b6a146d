use std::fmt;

use platform::rsa::{PublicKey, VerifyingKey};
use platform::secrets::FromSecret;
use serde::Deserialize;

/// What is secret between Ant and us (design §7): the gateway's keys, and Ant's public key for identity data.
pub struct AntSecret {
    signing: AccessKey,
    others: Vec<AccessKey>,
    encryption: PublicKey,
    alipay: Option<AlipayKeys>,
}

/// What Alipay's open platform is known by, where it notifies us directly (§7).
pub struct AlipayKeys {
    /// Our application's id there.
    pub app_id: String,
    keys: Vec<VerifyingKey>,
}

/// One of the gateway's keys.
#[derive(Clone, Deserialize)]
pub struct AccessKey {
    /// Its public name.
    #[serde(rename = "access_key_id")]
    pub id: String,
    /// What signs.
    #[serde(rename = "access_key_secret")]
    pub secret: String,
    /// Only temporary keys have one.
    #[serde(default)]
    pub security_token: Option<String>,
}

#[derive(Deserialize)]
struct Wire {
    keys: Vec<AccessKey>,
    encryption_public_key: String,
    #[serde(default)]
    alipay: Option<WireAlipay>,
}

#[derive(Deserialize)]
struct WireAlipay {
    app_id: String,
    public_keys: Vec<String>,
}

impl AntSecret {
    /// The key that signs our calls: the first.
    #[must_use]
    pub fn signing_key(&self) -> &AccessKey {
        &self.signing
    }

    /// Every key that is valid: two while one is being replaced.
    pub fn keys(&self) -> impl Iterator<Item = &AccessKey> {
        std::iter::once(&self.signing).chain(&self.others)
    }

    /// Ant's public key.
    #[must_use]
    pub fn encryption(&self) -> &PublicKey {
        &self.encryption
    }

    /// Alipay's keys; `None` where it does not notify us directly.
    #[must_use]
    pub fn alipay(&self) -> Option<&AlipayKeys> {
        self.alipay.as_ref()
    }
}

impl FromSecret for AntSecret {
    fn from_secret(text: &str) -> Result<Self, String> {
        let wire: Wire = platform::json::object(text.as_bytes()).map_err(|error| error.to_string())?;
        let mut keys = wire.keys.into_iter();
        let signing = keys.next().ok_or("has no key")?;
        let encryption = PublicKey::from_pem(&wire.encryption_public_key)
            .map_err(|_| "its encryption_public_key is no PEM of an RSA key")?;
        let alipay = wire.alipay.map(AlipayKeys::of).transpose()?;
        Ok(Self { signing, others: keys.collect(), encryption, alipay })
    }
}

impl AlipayKeys {
    fn of(wire: WireAlipay) -> Result<Self, String> {
        let keys = wire.public_keys.iter().map(|key| VerifyingKey::parse(key)).collect::<Result<Vec<_>, _>>();
        let keys = keys.map_err(|error| format!("one of Alipay's public_keys is {error}"))?;
        if keys.is_empty() {
            Err("has no key of Alipay's".into())
        } else {
            Ok(Self { app_id: wire.app_id, keys })
        }
    }

    /// Every key that is valid: two while one is being replaced.
    pub fn keys(&self) -> impl Iterator<Item = &VerifyingKey> {
        self.keys.iter()
    }
}

impl fmt::Debug for AntSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AntSecret").field("signing", &self.signing.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}
