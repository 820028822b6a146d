//! The session's token: its signature, audience and expiry, and nothing else.

use std::env;
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bench::Error;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;

/// The sessions of a front end.
pub(crate) struct Sessions {
    keys: Vec<(String, UnparsedPublicKey<Vec<u8>>)>,
    audience: &'static str,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kid: String,
    x: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    sub: String,
    exp: u64,
}

impl Sessions {
    /// Reads the functions' own variable.
    pub(crate) fn read(audience: &'static str) -> Result<Self, Error> {
        let jwks: Jwks = serde_json::from_str(&env::var("SESSION_JWKS")?)?;
        let key = |jwk: Jwk| Ok((jwk.kid, UnparsedPublicKey::new(&ED25519, decoded(&jwk.x)?)));
        Ok(Self { keys: jwks.keys.into_iter().map(key).collect::<Result<_, Error>>()?, audience })
    }

    /// The client of a header `Authorization: Bearer …`.
    pub(crate) fn client(&self, authorization: &str) -> Result<String, Error> {
        let token = authorization.strip_prefix("Bearer ").ok_or("no bearer token")?;
        let (signed, signature) = token.rsplit_once('.').ok_or("no JWT")?;
        let (header, claims) = signed.split_once('.').ok_or("no JWT")?;
        let header: Header = serde_json::from_slice(&decoded(header)?)?;
        let key = self.keys.iter().find(|(kid, _)| *kid == header.kid).ok_or("an unknown key")?;
        key.1.verify(signed.as_bytes(), &decoded(signature)?).map_err(|_| "a bad signature")?;
        let claims: Claims = serde_json::from_slice(&decoded(claims)?)?;
        if header.alg != "EdDSA" || claims.aud != self.audience || claims.exp < unix_now()? {
            return Err("no session of this front end".into());
        }
        Ok(claims.sub)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, Error> {
    Ok(BASE64_URL_SAFE_NO_PAD.decode(text)?)
}

fn unix_now() -> Result<u64, Error> {
    Ok(SystemTime::UNIX_EPOCH.elapsed()?.as_secs())
}
