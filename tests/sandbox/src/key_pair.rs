//! A pair of keys for identity data, for whoever sets up a local platform: Ant has the private one, its merchants the
//! public one.

use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rsa::rand_core::OsRng;
use serde_json::{Value, json};

const BITS: usize = 2048;

/// A new pair: a PKCS#8 and an SPKI PEM.
pub(crate) fn new() -> Result<Value, String> {
    let private = RsaPrivateKey::new(&mut OsRng, BITS).map_err(|error| error.to_string())?;
    let public =
        private.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|error| error.to_string())?;
    let private = private.to_pkcs8_pem(LineEnding::LF).map_err(|error| error.to_string())?;
    Ok(json!({"private_key": private.as_str(), "public_key": public}))
}
