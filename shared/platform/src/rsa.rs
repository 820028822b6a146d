//! RSA with partners: encryption to a public key (lease §5) and signatures (marketplace §1), PKCS#1 v1.5, base64. Nothing
//! else here uses the `rsa` crate; ring neither signs with SHA-1 nor with keys of 1024 bits, which this partner has.
//! docs/DECISIONS.md says what the crate's advisory means for us.

use std::fmt;
use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::rand_core::{self, CryptoRng, RngCore};
use rsa::traits::PublicKeyParts;
use rsa::{Pkcs1v15Encrypt, Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};

use crate::random::{Random, RandomError};

/// Shorter keys can be factored by whoever wants to enough.
const SHORTEST_BITS: usize = 2048;
/// The shortest key for signatures: what a partner's side takes is not ours to choose.
const SHORTEST_SIGNING_BITS: usize = 1024;
/// What PKCS#1 puts before a digest: the DER that says which hash it is of (RFC 8017, 9.2).
const SHA1_PREFIX: [u8; 15] = *b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
const SHA256_PREFIX: [u8; 19] =
    *b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// A partner's public key. Parse it once.
#[derive(Clone)]
pub struct PublicKey(RsaPublicKey);

/// With which hash something is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureHash {
    /// `SHA1withRSA`
    Sha1,
    /// `SHA256withRSA`
    Sha256,
}

/// A private key that signs. Parse it once.
pub struct SigningKey(RsaPrivateKey);

/// A partner's public key that signatures are verified with. Parse it once.
#[derive(Clone)]
pub struct VerifyingKey(RsaPublicKey);

/// Why there is no key, or no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The text is none.
    #[error("no RSA key: PKCS#8 (private) or X.509 (public), as PEM or base64")]
    NoKey,
    /// The key has fewer bits than 1024.
    #[error("an RSA key of fewer than {SHORTEST_SIGNING_BITS} bits")]
    ShortKey,
    /// The key cannot sign.
    #[error("the key does not sign")]
    Failed,
    /// There was nothing to be had to blind the operation with.
    #[error(transparent)]
    Random(#[from] RandomError),
}

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
        let mut padding = Drawn { random, failed: None };
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

impl SignatureHash {
    fn digest(self, text: &[&str]) -> digest::Digest {
        let mut context = digest::Context::new(self.algorithm());
        for piece in text {
            context.update(piece.as_bytes());
        }
        context.finish()
    }

    fn algorithm(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        }
    }

    fn scheme(self) -> Pkcs1v15Sign {
        let prefix: &[u8] = match self {
            Self::Sha1 => &SHA1_PREFIX,
            Self::Sha256 => &SHA256_PREFIX,
        };
        Pkcs1v15Sign { hash_len: Some(self.algorithm().output_len()), prefix: prefix.into() }
    }
}

impl SigningKey {
    /// Reads PKCS#8: a PEM, or the base64 of its DER with whatever line breaks.
    ///
    /// # Errors
    /// It is none, or the key is too short.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let of_pem = |pem: &str| RsaPrivateKey::from_pkcs8_pem(pem).ok();
        let key = parsed(text, of_pem, |der| RsaPrivateKey::from_pkcs8_der(der).ok())?;
        if key.n().bits() < SHORTEST_SIGNING_BITS { Err(SignatureError::ShortKey) } else { Ok(Self(key)) }
    }

    /// The signature of the concatenation of `text`, in base64. The operation is blinded, so that its time tells nothing of the key.
    ///
    /// # Errors
    /// There is no randomness, or the key is none that signs.
    pub fn sign(
        &self,
        random: &Random,
        hash: SignatureHash,
        text: &[&str],
    ) -> Result<String, SignatureError> {
        let mut blinding = Drawn { random, failed: None };
        let signature = self.0.sign_with_rng(&mut blinding, hash.scheme(), hash.digest(text).as_ref());
        match blinding.failed {
            Some(failure) => Err(failure.into()),
            None => signature.map(|bytes| STANDARD.encode(bytes)).map_err(|_| SignatureError::Failed),
        }
    }
}

impl VerifyingKey {
    /// Reads X.509 (`SubjectPublicKeyInfo`): a PEM, or the base64 of its DER with whatever line breaks.
    ///
    /// # Errors
    /// It is none, or the key is too short or over 4096 bits.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let of_pem = |pem: &str| RsaPublicKey::from_public_key_pem(pem).ok();
        let key = parsed(text, of_pem, |der| RsaPublicKey::from_public_key_der(der).ok())?;
        if key.n().bits() < SHORTEST_SIGNING_BITS { Err(SignatureError::ShortKey) } else { Ok(Self(key)) }
    }

    /// Whether `signature`, in base64, is that of the concatenation of `text`.
    #[must_use]
    pub fn verifies(&self, hash: SignatureHash, text: &[&str], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        self.0.verify(hash.scheme(), hash.digest(text).as_ref(), &signature).is_ok()
    }
}

fn parsed<K>(
    text: &str,
    of_pem: impl Fn(&str) -> Option<K>,
    of_der: impl Fn(&[u8]) -> Option<K>,
) -> Result<K, SignatureError> {
    let key = if text.contains("-----BEGIN") {
        of_pem(text.trim())
    } else {
        let unbroken: String = text.split_ascii_whitespace().collect();
        STANDARD.decode(unbroken).ok().and_then(|der| of_der(&der))
    };
    key.ok_or(SignatureError::NoKey)
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({} bits)", self.0.n().bits())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VerifyingKey({} bits)", self.0.n().bits())
    }
}

/// The injected randomness as the library asks for it. The library cannot be told that there is none: it is given
/// ones, of which it makes a padding or a blinding (zeros it would ask to be replaced for ever), and what comes of it is
/// thrown away.
struct Drawn<'a> {
    random: &'a Random,
    failed: Option<RandomError>,
}

impl RngCore for Drawn<'_> {
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

impl CryptoRng for Drawn<'_> {}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
    use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};

    use super::{Drawn, EncryptionError, PublicKey, SignatureError, SignatureHash, SigningKey, VerifyingKey};
    use crate::Random;

    fn pair(bits: usize) -> (RsaPrivateKey, String) {
        let random = Random::seeded(7);
        let private = RsaPrivateKey::new(&mut Drawn { random: &random, failed: None }, bits).unwrap();
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

    /// What the platform signs for the specification's example.
    const TEXT: &str = "channelId=840&request={\"orderId\":\"120522\"}&timestamp=1533710259153";

    const OPENSSL_PUBLIC_KEY: &str = concat!(
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCy51lA9zDPlz9vAmxAO/CBkGtxRQFsPKb3Fn7M6a2nGRidm04h",
        "FXOYX26So+fi63mJzAT8mdDJxVGqaEQBUne6QHMlX6dywyntUns9PP5v9M2O0EznGaVxx524fsjMPf62LUjgVLjS",
        "CBMfp3P40Il7OfgYx8ZhzB1FexJbdqlmewIDAQAB",
    );
    const OPENSSL_SHA1: &str = concat!(
        "V632p+lPUtlWTRDkJ+DLx0/ZsIkormgrsQBLKvltrpxb2qIoWAK++ZMuFbi4rlmNLu9YOyusKW6MBpXUQsgBFqhf",
        "mII9gXLwbEdfcANN/9vJBXoRPrzAdChxwIGpNzCSkTXiQ3Wniwq4Y6SqTQZOlRCpBnTfoO+77oGHO5PUQzI=",
    );
    const OPENSSL_SHA256: &str = concat!(
        "APTFaPvYjV6fSZ940IoIIbfKKlTkMELSSU+oE+ABSwnifsyIwipNYTHWJ9p75xasCIyFeSg0bJSMu0fYBYRDbbHz",
        "JF6fxmbUEmn0ZFp46jH4HahIR//AeovbjeKU2dN49VTgOudbHv72UDwvLjm7B6arC0lbIpV4eYSG7X+uor4=",
    );

    fn signing_pair(seed: u64) -> (SigningKey, VerifyingKey) {
        let random = Random::seeded(seed);
        let private = RsaPrivateKey::new(&mut Drawn { random: &random, failed: None }, 1024).unwrap();
        // As keys are handed over: base64 broken into lines, and PEM.
        let der = STANDARD.encode(private.to_pkcs8_der().unwrap().as_bytes());
        let broken = der.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap());
        let broken = broken.collect::<Vec<_>>().join("\r\n");
        let public = private.to_public_key().to_public_key_pem(LineEnding::LF).unwrap();
        (SigningKey::parse(&broken).unwrap(), VerifyingKey::parse(&format!("\n{public}")).unwrap())
    }

    #[test]
    fn a_signature_is_good_for_its_text_its_key_and_its_hash_only() {
        let ((key, public), (_, other)) = (signing_pair(1), signing_pair(2));
        let random = Random::seeded(3);
        for (hash, another) in
            [(SignatureHash::Sha1, SignatureHash::Sha256), (SignatureHash::Sha256, SignatureHash::Sha1)]
        {
            let good = key.sign(&random, hash, &[TEXT]).unwrap();
            assert_eq!(
                key.sign(&Random::system(), hash, &[&TEXT[..9], "", &TEXT[9..]]).as_ref(),
                Ok(&good),
                "blinding leaves no trace"
            );
            assert!(public.verifies(hash, &[TEXT], &good));
            assert!(!other.verifies(hash, &[TEXT], &good) && !public.verifies(another, &[TEXT], &good));
            for place in 0..TEXT.len() {
                let mut changed = TEXT.as_bytes().to_vec();
                changed[place] ^= 1;
                assert!(!public.verifies(hash, &[str::from_utf8(&changed).unwrap()], &good), "{place}");
            }
            for place in 0..good.len() {
                let mut changed = good.as_bytes().to_vec();
                changed[place] ^= 1;
                assert!(!public.verifies(hash, &[TEXT], str::from_utf8(&changed).unwrap()), "{place}");
            }
            for bad in ["", "=", "no base64", &good[4..], &format!("{good}\n")] {
                assert!(!public.verifies(hash, &[TEXT], bad), "{bad}");
            }
        }
        assert_eq!(format!("{key:?} {public:?}"), "SigningKey(1024 bits) VerifyingKey(1024 bits)");
    }

    /// Made by `openssl dgst -sha1 -sign` and `-sha256`, over a key of `openssl genrsa 1024`.
    #[test]
    fn signatures_of_another_library_are_verified() {
        let public = VerifyingKey::parse(OPENSSL_PUBLIC_KEY).unwrap();
        assert!(public.verifies(SignatureHash::Sha1, &[TEXT], OPENSSL_SHA1));
        assert!(public.verifies(SignatureHash::Sha256, &[TEXT], OPENSSL_SHA256));
        assert!(!public.verifies(SignatureHash::Sha1, &[TEXT], OPENSSL_SHA256));
    }

    #[test]
    fn what_is_no_key_that_signs_or_verifies_is_refused() {
        for text in ["", "AAAA", "*", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
            assert_eq!(SigningKey::parse(text).map(|_| ()), Err(SignatureError::NoKey), "{text}");
            assert_eq!(VerifyingKey::parse(text).map(|_| ()), Err(SignatureError::NoKey), "{text}");
        }
        let (private, public) = pair(512);
        let private = private.to_pkcs8_pem(LineEnding::LF).unwrap();
        assert_eq!(SigningKey::parse(&private).map(|_| ()), Err(SignatureError::ShortKey));
        assert_eq!(VerifyingKey::parse(&public).map(|_| ()), Err(SignatureError::ShortKey));
    }
}
