//! RSA encryption to a partner's public key (lease §5): PKCS#1 v1.5, base64. Nothing else here uses the `rsa` crate,
//! and nothing here holds a private key (docs/DECISIONS.md says what its advisory means for us).

use std::fmt;
use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePublicKey;
use rsa::rand_core::{self, CryptoRng, RngCore};
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, RsaPublicKey};

use crate::random::{Random, RandomError};

/// Shorter keys can be factored by whoever wants to enough.
const SHORTEST_BITS: usize = 2048;

/// A partner's public key. Parse it once.
#[derive(Clone)]
pub struct PublicKey(RsaPublicKey);

/// Why there is no key, or no ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionError {
    /// The text is no PEM of an RSA key.
    #[error("no RSA public key in PEM (SPKI)")]
    NoKey,
    /// The key has fewer bits than 2048.
    #[error("an RSA key of fewer than {SHORTEST_BITS} bits")]
    ShortKey,
    /// The clear bytes are more than the key's size less eleven.
    #[error("too long for the key")]
    TooLong,
    /// There was no padding to be had.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl PublicKey {
    /// Reads a PEM: `-----BEGIN PUBLIC KEY-----` (`SubjectPublicKeyInfo`).
    ///
    /// # Errors
    /// It is none, or the key is too short or over 4096 bits.
    pub fn from_pem(pem: &str) -> Result<Self, EncryptionError> {
        let key = RsaPublicKey::from_public_key_pem(pem.trim()).map_err(|_| EncryptionError::NoKey)?;
        if key.n().bits() < SHORTEST_BITS { Err(EncryptionError::ShortKey) } else { Ok(Self(key)) }
    }

    /// Encrypts `clear` (PKCS#1 v1.5), in base64; different each time.
    ///
    /// # Errors
    /// `clear` is too long, or there is no randomness.
    pub fn encrypt(&self, random: &Random, clear: &[u8]) -> Result<String, EncryptionError> {
        let mut padding = Padding { random, failed: None };
        let ciphertext = self.0.encrypt(&mut padding, Pkcs1v15Encrypt, clear);
        match padding.failed {
            Some(failure) => Err(failure.into()),
            None => ciphertext.map(|bytes| STANDARD.encode(bytes)).map_err(|_| EncryptionError::TooLong),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({} bits)", self.0.n().bits())
    }
}

/// The injected randomness as the library asks for it. The library cannot be told that there is none: it is given
/// ones, of which it makes a padding (zeros it would ask to be replaced for ever), and the ciphertext is thrown away.
struct Padding<'a> {
    random: &'a Random,
    failed: Option<RandomError>,
}

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
        if let Err(failure) = self.random.fill(bytes) {
            self.failed = Some(failure);
            bytes.fill(1);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.random.fill(bytes).map_err(|_| NonZeroU32::MIN.into())
    }
}

impl CryptoRng for Padding<'_> {}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rsa::pkcs8::{EncodePublicKey, LineEnding};
    use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

    use super::{EncryptionError, Padding, PublicKey};
    use crate::Random;

    fn pair(bits: usize) -> (RsaPrivateKey, String) {
        let random = Random::seeded(7);
        let private = RsaPrivateKey::new(&mut Padding { random: &random, failed: None }, bits).unwrap();
        let pem = private.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
        (private, pem)
    }

    #[test]
    fn the_private_key_opens_what_was_encrypted_and_no_two_ciphertexts_are_alike() {
        let (private, pem) = pair(2048);
        let public = PublicKey::from_pem(&format!("\n{pem}\n")).unwrap();
        let random = Random::seeded(1);
        let longest = vec![0; 256 - 11];
        for clear in ["张三".as_bytes(), b"", &longest] {
            let ciphertext = public.encrypt(&random, clear).unwrap();
            let bytes = STANDARD.decode(&ciphertext).unwrap();
            assert_eq!(private.decrypt(Pkcs1v15Encrypt, &bytes).as_deref(), Ok(clear));
            assert_ne!(public.encrypt(&random, clear).unwrap(), ciphertext);
        }
        assert_eq!(public.encrypt(&random, &[0; 256 - 10]), Err(EncryptionError::TooLong));
        assert_eq!(format!("{public:?}"), "PublicKey(2048 bits)");
    }

    #[test]
    fn what_is_no_key_or_a_short_one_is_refused() {
        let refused = |pem: &str| PublicKey::from_pem(pem).map(|_| ());
        assert_eq!(refused(&pair(1024).1), Err(EncryptionError::ShortKey));
        let no_key = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        for pem in ["", "AAAA", no_key] {
            assert_eq!(refused(pem), Err(EncryptionError::NoKey), "{pem}");
        }
    }
}
