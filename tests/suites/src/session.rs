//! Session tokens, right and wrong.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platform::config::FromVariable;
use platform::session::{Jwks, SessionVerifier};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

/// When the world begins, in seconds of the epoch: 2026-01-02T03:04:05Z.
pub const WORLD_START: i64 = 1_767_323_045;

/// A signing key, made from a seed, so that every run has the same.
pub struct Key {
    /// Its name in the JWKS.
    pub kid: &'static str,
    pair: Ed25519KeyPair,
}

impl Key {
    fn of(kid: &'static str, seed: u8) -> Self {
        Self { kid, pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed of 32 bytes") }
    }

    /// The key that is valid, and stays so.
    #[must_use]
    pub fn first() -> Self {
        Self::of("k1", 1)
    }

    /// The second key of a rotation, valid at the same time.
    #[must_use]
    pub fn second() -> Self {
        Self::of("k2", 2)
    }

    /// A key that nobody trusts.
    #[must_use]
    pub fn foreign() -> Self {
        Self::of("k3", 3)
    }

    /// A token of this header and these claims, signed with this key.
    #[must_use]
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// A usual token of Ali-front for `client`, valid for an hour.
    #[must_use]
    pub fn token(&self, client: &str) -> String {
        self.sign(&self.header(), &claims(client))
    }

    /// A usual token of the Baitiao front for `pin`, valid for an hour.
    #[must_use]
    pub fn baitiao_token(&self, pin: &str) -> String {
        let mut claims = claims(pin);
        claims["aud"] = json!("bt");
        self.sign(&self.header(), &claims)
    }

    /// The usual header of this key's tokens.
    #[must_use]
    pub fn header(&self) -> Value {
        json!({"alg": "EdDSA", "typ": "JWT", "kid": self.kid})
    }

    /// The public key's bytes.
    #[must_use]
    pub fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    fn jwk(&self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.public());
        json!({"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "x": x})
    }
}

/// The usual claims.
#[must_use]
pub fn claims(client: &str) -> Value {
    json!({"sub": client, "aud": "ali-front", "iat": WORLD_START, "exp": WORLD_START + 3600})
}

/// One part of a token.
#[must_use]
pub fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The JWKS of the first two keys.
#[must_use]
pub fn jwks() -> String {
    json!({"keys": [Key::first().jwk(), Key::second().jwk()]}).to_string()
}

/// A verifier that trusts the first two keys.
///
/// # Panics
/// Never: the keys are some.
#[must_use]
pub fn verifier() -> SessionVerifier {
    SessionVerifier::new(Jwks::from_variable(&jwks()).expect("a JWKS"))
}
