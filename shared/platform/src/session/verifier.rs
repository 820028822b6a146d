use std::marker::PhantomData;

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::{Audience, Session, SessionError, ring_provider};
use crate::Masked;
use crate::config::{Environment, FromVariable, Variable};

const SESSION_JWKS: Variable = Variable {
    name: "SESSION_JWKS",
    meaning: "The keys that sessions are signed with; two during a rotation.",
    default: None,
};
/// How far the clocks of the issuer and ours may lie apart.
const LEEWAY_SECONDS: i64 = 60;
const ED25519_PUBLIC_KEY_BYTES: usize = 32;

/// The public keys that sessions are signed with: two during a rotation.
#[derive(Clone, Debug)]
pub struct Jwks(Vec<(String, DecodingKey)>);

impl FromVariable for Jwks {
    const KIND: &'static str = "a JWKS (JSON) of Ed25519 keys, each with its `kid`";

    fn from_variable(text: &str) -> Result<Self, String> {
        let set: JwkSet = serde_json::from_str(text).map_err(|error| format!("is no JWKS: {error}"))?;
        let mut keys = Vec::with_capacity(set.keys.len());
        for jwk in set.keys {
            let kid = jwk.common.key_id.ok_or("has a key without `kid`")?;
            let AlgorithmParameters::OctetKeyPair(pair) = jwk.algorithm else {
                return Err(format!("has a key that is not Ed25519: {kid}"));
            };
            let key = DecodingKey::from_ed_components(&pair.x)
                .ok()
                .filter(|key| key.try_get_as_bytes().is_ok_and(|x| x.len() == ED25519_PUBLIC_KEY_BYTES))
                .filter(|_| pair.curve == EllipticCurve::Ed25519)
                .ok_or_else(|| format!("has a key that is not Ed25519: {kid}"))?;
            if keys.iter().any(|(other, _)| *other == kid) {
                return Err(format!("has two keys with the kid {kid}"));
            }
            keys.push((kid, key));
        }
        if keys.is_empty() { Err("has no key".into()) } else { Ok(Self(keys)) }
    }
}

/// Verifies the sessions of one front.
#[derive(Clone, Debug)]
pub struct SessionVerifier {
    keys: Jwks,
    validation: Validation,
}

/// `aud` is judged here, by the audience's type; a list of audiences is not ours.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
}

impl SessionVerifier {
    /// A verifier that takes tokens signed with any of `keys`.
    #[must_use]
    pub fn new(keys: Jwks) -> Self {
        ring_provider::install();
        let mut validation = Validation::new(Algorithm::EdDSA);
        // The library reads the machine's clock; time is judged below, against the injected one.
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.set_required_spec_claims(&["exp", "aud", "sub"]);
        Self { keys, validation }
    }

    /// Reads the keys.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        environment.read(SESSION_JWKS).map(Self::new)
    }

    /// Verifies the value of an `Authorization` header at the instant `now`.
    ///
    /// # Errors
    /// Why there is no session.
    pub fn verify<A: Audience>(
        &self,
        authorization: Option<&str>,
        now: Timestamp,
    ) -> Result<Session<A>, SessionError> {
        let token = authorization.and_then(bearer).ok_or(SessionError::Missing)?;
        let header = jsonwebtoken::decode_header(token).map_err(|_| SessionError::Malformed)?;
        let kid = header.kid.ok_or(SessionError::UnknownKey)?;
        let key = self.keys.0.iter().find_map(|(id, key)| (*id == kid).then_some(key));
        let key = key.ok_or(SessionError::UnknownKey)?;
        let claims = jsonwebtoken::decode::<Claims>(token, key, &self.validation);
        let claims = claims.map_err(|error| {
            if *error.kind() == ErrorKind::InvalidSignature {
                SessionError::BadSignature
            } else {
                SessionError::Malformed
            }
        })?;
        judge::<A>(claims.claims, now.as_second())
    }
}

fn judge<A: Audience>(claims: Claims, now_seconds: i64) -> Result<Session<A>, SessionError> {
    if now_seconds > claims.exp.saturating_add(LEEWAY_SECONDS) {
        return Err(SessionError::Expired);
    }
    if claims.nbf.is_some_and(|nbf| now_seconds < nbf.saturating_sub(LEEWAY_SECONDS)) {
        return Err(SessionError::NotYetValid);
    }
    if claims.aud != A::NAME {
        return Err(SessionError::ForeignAudience);
    }
    if claims.sub.is_empty() {
        return Err(SessionError::Malformed);
    }
    Ok(Session { subject: Masked::new(claims.sub), audience: PhantomData })
}

/// The token of a bearer header; the scheme's name is compared without regard to case (RFC 9110).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token.trim())
}
