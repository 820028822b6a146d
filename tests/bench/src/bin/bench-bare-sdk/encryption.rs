//! Encryption to a partner's RSA key: PKCS#1 v1.5, base64.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bench::Error;
use ring::rand::{SecureRandom as _, SystemRandom};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::rand_core::{self, CryptoRng, RngCore};
use rsa::{Pkcs1v15Encrypt, RsaPublicKey};

/// The partner's key.
pub(crate) struct PublicKey {
    key: RsaPublicKey,
    random: SystemRandom,
}

impl PublicKey {
    /// Reads a PEM.
    pub(crate) fn of(pem: &str) -> Result<Self, Error> {
        let key = RsaPublicKey::from_public_key_pem(pem.trim()).map_err(|_| "no key")?;
        Ok(Self { key, random: SystemRandom::new() })
    }

    /// Encrypts a text.
    pub(crate) fn encrypt(&self, clear: &str) -> Result<String, Error> {
        let bytes = self.key.encrypt(&mut Padding(&self.random), Pkcs1v15Encrypt, clear.as_bytes());
        Ok(BASE64_STANDARD.encode(bytes.map_err(|_| "not encrypted")?))
    }
}

/// The machine's randomness as the library asks for it.
pub(crate) struct Padding<'a>(pub(crate) &'a SystemRandom);

impl RngCore for Padding<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("the machine has random bytes");
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Padding<'_> {}
