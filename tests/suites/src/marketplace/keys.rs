//! The keys of the tests: the platform's, one that takes its place, a stranger's, and ours.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// Whose key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The platform's.
    Platform,
    /// The platform's next.
    PlatformNext,
    /// Nobody's whom we know.
    Stranger,
    /// Ours.
    Us,
}

/// With which hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// `SHA1withRSA`
    Sha1,
    /// `SHA256withRSA`
    Sha256,
}

static KEYS: LazyLock<[RsaPrivateKey; 4]> = LazyLock::new(|| {
    [
        include_str!("platform.pem"),
        include_str!("platform-next.pem"),
        include_str!("stranger.pem"),
        include_str!("ours.pem"),
    ]
    .map(|pem| RsaPrivateKey::from_pkcs8_pem(pem).expect("a private key"))
});

impl Signer {
    fn key(self) -> &'static RsaPrivateKey {
        let [platform, next, stranger, ours] = &*KEYS;
        match self {
            Self::Platform => platform,
            Self::PlatformNext => next,
            Self::Stranger => stranger,
            Self::Us => ours,
        }
    }

    /// The private key as it is handed over: base64, broken into lines.
    pub(super) fn private(self) -> String {
        broken(self.key().to_pkcs8_der().expect("a key").as_bytes())
    }

    /// The public key, likewise.
    ///
    /// # Panics
    /// Never: the key is one.
    #[must_use]
    pub fn public(self) -> String {
        broken(self.key().to_public_key().to_public_key_der().expect("a key").as_bytes())
    }

    /// Signs a text, in base64.
    ///
    /// # Panics
    /// Never: the key signs.
    #[must_use]
    pub fn sign(self, hash: Hash, text: &str) -> String {
        let signature = self.key().sign(hash.scheme(), hash.digest(text).as_ref());
        STANDARD.encode(signature.expect("a signature"))
    }

    /// Whether the text is signed with it.
    #[must_use]
    pub fn signed(self, hash: Hash, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let public = self.key().to_public_key();
        public.verify(hash.scheme(), hash.digest(text).as_ref(), &signature).is_ok()
    }
}

impl Hash {
    fn digest(self, text: &str) -> digest::Digest {
        let algorithm = match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        };
        digest::digest(algorithm, text.as_bytes())
    }

    /// The DER before a digest says which hash it is of (RFC 8017, 9.2).
    fn scheme(self) -> Pkcs1v15Sign {
        let (hash_len, prefix): (usize, &[u8]) = match self {
            Self::Sha1 => (20, b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14"),
            Self::Sha256 => {
                (32, b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20")
            }
        };
        Pkcs1v15Sign { hash_len: Some(hash_len), prefix: prefix.into() }
    }
}

fn broken(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(76).map(|line| str::from_utf8(line).expect("base64"));
    lines.collect::<Vec<_>>().join("\n")
}
