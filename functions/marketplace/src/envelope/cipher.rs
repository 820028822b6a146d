//! AES-128-ECB with PKCS#5 padding (§1, AES mode): what the platform speaks, and no more than that. It hides the business
//! JSON from whoever reads a proxy's log; TLS and the signature are what protects it.

use std::fmt;

use aes::Aes128;
use ecb::cipher::block_padding::Pkcs7;
use ecb::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit};

use super::hex;

/// How a channel carries the business JSON.
#[derive(Clone, Debug)]
pub enum Cipher {
    /// As it is.
    Plain,
    /// In upper-case hexadecimal digits of its ciphertext. The first key encrypts, each decrypts.
    Aes(Vec<AesKey>),
}

/// A key of 16 bytes.
#[derive(Clone)]
pub struct AesKey([u8; 16]);

/// A text is no ciphertext of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("request: not encrypted with the channel's key")]
pub struct NotDecrypted;

impl AesKey {
    /// Reads 32 hexadecimal digits; `None` for anything else.
    #[must_use]
    pub fn of_hex(text: &str) -> Option<Self> {
        hex::read(text)?.try_into().ok().map(Self)
    }

    fn encrypted(&self, clear: &str) -> String {
        let cipher = ecb::Encryptor::<Aes128>::new(&self.0.into());
        hex::upper(&cipher.encrypt_padded_vec::<Pkcs7>(clear.as_bytes()))
    }

    /// With a wrong key the padding fits once in 256 times, but what comes of it is no JSON object.
    fn decrypted(&self, ciphertext: &[u8]) -> Option<String> {
        let cipher = ecb::Decryptor::<Aes128>::new(&self.0.into());
        let clear = cipher.decrypt_padded_vec::<Pkcs7>(ciphertext).ok()?;
        String::from_utf8(clear).ok().filter(|clear| clear.trim_ascii_start().starts_with('{'))
    }
}

impl Cipher {
    /// What stands on the wire for `clear`.
    #[must_use]
    pub fn encrypted(&self, clear: String) -> String {
        match self {
            Self::Plain => clear,
            Self::Aes(keys) => keys.first().map(|key| key.encrypted(&clear)).unwrap_or_default(),
        }
    }

    /// The business JSON behind what stands on the wire; digits in either case.
    ///
    /// # Errors
    /// It is not encrypted with any of the channel's keys.
    pub fn decrypted(&self, text: String) -> Result<String, NotDecrypted> {
        match self {
            Self::Plain => Ok(text),
            Self::Aes(keys) => {
                let ciphertext = hex::read(&text).ok_or(NotDecrypted)?;
                drop(text);
                keys.iter().find_map(|key| key.decrypted(&ciphertext)).ok_or(NotDecrypted)
            }
        }
    }
}

impl fmt::Debug for AesKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AesKey(***)")
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use proptest::prelude::*;

    use super::{AesKey, Cipher, NotDecrypted};

    const CLEAR: &str = r#"{"orderId":"120522"}"#;
    const ENCRYPTED: &str = "55F203791D53C7D91A31021F9E537F00D8546280AB5F384D67C94628420ED7D7";

    fn key(text: &str) -> AesKey {
        AesKey::of_hex(text).unwrap()
    }

    fn cipher() -> Cipher {
        Cipher::Aes(vec![key("000102030405060708090A0B0C0D0E0F")])
    }

    #[test]
    fn the_vector_of_the_specification_holds_in_either_case() {
        assert_eq!(cipher().encrypted(CLEAR.to_owned()), ENCRYPTED);
        for text in [ENCRYPTED.to_owned(), ENCRYPTED.to_lowercase()] {
            assert_eq!(cipher().decrypted(text), Ok(CLEAR.to_owned()));
        }
        assert_eq!(Cipher::Plain.encrypted(CLEAR.to_owned()), CLEAR);
        assert_eq!(Cipher::Plain.decrypted(CLEAR.to_owned()), Ok(CLEAR.to_owned()));
    }

    #[test]
    fn each_of_two_keys_decrypts_and_the_first_encrypts() {
        let new = key("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF");
        let both = Cipher::Aes(vec![new.clone(), key("000102030405060708090a0b0c0d0e0f")]);
        assert_eq!(both.decrypted(ENCRYPTED.to_owned()), Ok(CLEAR.to_owned()));
        let written = both.encrypted(CLEAR.to_owned());
        assert_eq!(Cipher::Aes(vec![new]).decrypted(written.clone()), Ok(CLEAR.to_owned()));
        assert_eq!(cipher().decrypted(written), Err(NotDecrypted));
    }

    #[test]
    fn what_is_no_ciphertext_of_an_object_is_refused() {
        let no_object = cipher().encrypted("[\"120522\"]".to_owned());
        for text in ["", "5", "5G", "+5", CLEAR, &ENCRYPTED[2..], &ENCRYPTED[..32], "榕树", &no_object] {
            assert_eq!(cipher().decrypted(text.to_owned()), Err(NotDecrypted), "{text}");
        }
        for text in ["", "00", "000102030405060708090A0B0C0D0E0G", "000102030405060708090A0B0C0D0E0F00"] {
            assert!(AesKey::of_hex(text).is_none(), "{text}");
        }
        assert_eq!(format!("{:?}", cipher()), "Aes([AesKey(***)])");
    }

    proptest! {
        #[test]
        fn every_object_is_decrypted_again(text in "\\{.{0,70}") {
            prop_assert_eq!(cipher().decrypted(cipher().encrypted(text.clone())), Ok(text));
        }
    }
}
