//! The envelope's cryptography: RSA signatures over the sorted members, AES over the business JSON.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ecb::cipher::block_padding::Pkcs7;
use ecb::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyInit as _};
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use rsa::rand_core::OsRng;
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use serde::Deserialize;

/// With which hash a channel signs: PKCS#1 v1.5 either way, and keys of any length.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) enum SignAlgorithm {
    #[serde(rename = "SHA1")]
    Sha1,
    #[serde(rename = "SHA256")]
    Sha256,
}

/// What PKCS#1 puts before a digest: the DER that says which hash it is of (RFC 8017, 9.2).
const SHA1_PREFIX: [u8; 15] = *b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
const SHA256_PREFIX: [u8; 19] =
    *b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

impl SignAlgorithm {
    /// The Base64 of a signature; none with a key that is too short for it.
    pub(super) fn sign(self, key: &RsaPrivateKey, text: &str) -> Option<String> {
        let signature = key.sign_with_rng(&mut OsRng, self.padding(), self.digest(text).as_ref());
        signature.ok().map(|signature| STANDARD.encode(signature))
    }

    pub(super) fn verifies(self, key: &RsaPublicKey, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        key.verify(self.padding(), self.digest(text).as_ref(), &signature).is_ok()
    }

    fn digest(self, text: &str) -> digest::Digest {
        digest(self.hash(), text.as_bytes())
    }

    fn hash(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        }
    }

    fn padding(self) -> Pkcs1v15Sign {
        let prefix: &[u8] = match self {
            Self::Sha1 => &SHA1_PREFIX,
            Self::Sha256 => &SHA256_PREFIX,
        };
        Pkcs1v15Sign { hash_len: Some(self.hash().output_len()), prefix: prefix.into() }
    }
}

/// What is signed: the members that are not empty, sorted by name, as they are.
pub(super) fn text_to_sign<const N: usize>(mut members: [(&str, &str); N]) -> String {
    members.sort_unstable();
    let pairs = members.iter().filter(|(_, value)| !value.is_empty());
    pairs.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// How a channel carries the business JSON.
#[derive(Clone, Copy)]
pub(super) enum Cipher {
    /// As it is.
    Plain,
    /// AES-128-ECB with PKCS#5 padding, in upper-case hexadecimal digits.
    Aes([u8; 16]),
}

impl Cipher {
    pub(super) fn sealed(self, clear: &str) -> String {
        match self {
            Self::Plain => clear.to_owned(),
            Self::Aes(key) => {
                let aes = ecb::Encryptor::<Aes128>::new(&key.into());
                upper_hex(&aes.encrypt_padded_vec::<Pkcs7>(clear.as_bytes()))
            }
        }
    }

    /// Nothing of what was not sealed so; lower-case digits are not how a channel is spoken.
    pub(super) fn opened(self, text: &str) -> Option<String> {
        match self {
            Self::Plain => Some(text.to_owned()),
            Self::Aes(key) => {
                if text.bytes().any(|digit| digit.is_ascii_lowercase()) {
                    return None;
                }
                let aes = ecb::Decryptor::<Aes128>::new(&key.into());
                String::from_utf8(aes.decrypt_padded_vec::<Pkcs7>(&of_hex(text)?).ok()?).ok()
            }
        }
    }
}

fn upper_hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of hexadecimal digits of either case.
pub(super) fn of_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2))?;
    digits.chunks_exact(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

#[cfg(test)]
mod tests {
    use ring::digest::Digest;
    use rsa::RsaPrivateKey;
    use rsa::rand_core::OsRng;

    use super::{Cipher, SignAlgorithm, of_hex, text_to_sign, upper_hex};

    const CLEAR: &str = r#"{"orderId":"120522"}"#;
    const SEALED: &str = "55F203791D53C7D91A31021F9E537F00D8546280AB5F384D67C94628420ED7D7";

    fn aes() -> Cipher {
        Cipher::Aes(of_hex("000102030405060708090A0B0C0D0E0F").expect("hex").try_into().expect("16 bytes"))
    }

    fn text() -> String {
        text_to_sign([("timestamp", "1533710259153"), ("channelId", "840"), ("request", SEALED)])
    }

    #[test]
    fn the_vector_of_the_cipher_holds() {
        assert_eq!(aes().sealed(CLEAR), SEALED);
        assert_eq!(aes().opened(SEALED).as_deref(), Some(CLEAR));
        assert_eq!(Cipher::Plain.sealed(CLEAR), CLEAR);
        assert_eq!(Cipher::Plain.opened(CLEAR).as_deref(), Some(CLEAR));
    }

    #[test]
    fn the_vectors_of_the_sign_text_hold() {
        assert_eq!(text(), format!("channelId=840&request={SEALED}&timestamp=1533710259153"));
        let hex = |digest: Digest| upper_hex(digest.as_ref()).to_lowercase();
        assert_eq!(hex(SignAlgorithm::Sha1.digest(&text())), "2c3856c8d441800ccfcc61a284b021cfdeaaabba");
        assert_eq!(
            hex(SignAlgorithm::Sha256.digest(&text())),
            "5480951972a3a14143916c7320698084f061f53ff12310538eb4c1d19da68292"
        );
    }

    #[test]
    fn an_empty_member_is_not_signed() {
        assert_eq!(
            text_to_sign([("timestamp", "1"), ("appId", "a"), ("request", "")]),
            "appId=a&timestamp=1"
        );
    }

    #[test]
    fn what_was_not_sealed_so_is_not_opened() {
        let other = Cipher::Aes([7; 16]);
        for text in ["", "5", "5G", &SEALED[2..], &SEALED.to_lowercase(), CLEAR, "+5"] {
            assert_eq!(aes().opened(text), None, "{text}");
        }
        assert_eq!(other.opened(SEALED), None);
    }

    #[test]
    fn every_length_survives_the_cipher() {
        for length in 0..50 {
            let clear = "借".repeat(length);
            assert_eq!(aes().opened(&aes().sealed(&clear)), Some(clear));
        }
    }

    #[test]
    fn a_signature_is_good_for_its_text_its_key_and_its_hash_only() {
        let [key, other] = [(); 2].map(|()| RsaPrivateKey::new(&mut OsRng, 1024).expect("a key"));
        for (algorithm, another) in
            [(SignAlgorithm::Sha1, SignAlgorithm::Sha256), (SignAlgorithm::Sha256, SignAlgorithm::Sha1)]
        {
            let good = algorithm.sign(&key, &text()).expect("signed");
            let (public, other) = (key.to_public_key(), other.to_public_key());
            assert!(algorithm.verifies(&public, &text(), &good));
            assert!(!algorithm.verifies(&other, &text(), &good));
            assert!(!another.verifies(&public, &text(), &good));
            for bad in ["", "=", &good[4..], &format!("{good}="), &format!("{good}\n")] {
                assert!(!algorithm.verifies(&public, &text(), bad), "{bad}");
            }
            for at in 0..text().len() {
                let mut changed = text().into_bytes();
                changed[at] ^= 1;
                let changed = String::from_utf8(changed).expect("text");
                assert!(!algorithm.verifies(&public, &changed, &good), "{changed}");
            }
        }
    }
}
