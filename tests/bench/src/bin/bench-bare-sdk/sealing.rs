//! Sealing as the functions do it: AES-256-GCM, a nonce for each seal, table and key as associated data.

use std::iter;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bench::Error;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Deserialize;

/// What a whole begins with.
const WHOLE: u8 = 0xf5;

/// The key that seals.
pub(crate) struct Sealing {
    key_id: String,
    key: LessSafeKey,
    random: SystemRandom,
}

#[derive(Deserialize)]
struct Secret {
    keys: Vec<SecretKey>,
}

#[derive(Deserialize)]
struct SecretKey {
    id: String,
    key: String,
}

impl Sealing {
    /// The first key of a secret.
    pub(crate) fn of(secret: &str) -> Result<Self, Error> {
        let secret: Secret = serde_json::from_str(secret)?;
        let SecretKey { id, key } = secret.keys.into_iter().next().ok_or("no key")?;
        let key = UnboundKey::new(&AES_256_GCM, &BASE64_STANDARD.decode(key)?).map_err(|_| "no key")?;
        Ok(Self { key_id: id, key: LessSafeKey::new(key), random: SystemRandom::new() })
    }

    /// Seals a text for the row of a table with this key: the bytes, and the id of the key that opens them.
    pub(crate) fn seal(
        &self,
        table: &str,
        row: &[&str],
        clear: &str,
    ) -> Result<(AttributeValue, AttributeValue), Error> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| "no nonce")?;
        let (mut bytes, associated) = (clear.as_bytes().to_vec(), associated(table, row));
        let once = Nonce::assume_unique_for_key(nonce);
        self.key.seal_in_place_append_tag(once, associated, &mut bytes).map_err(|_| "not sealed")?;
        let bytes = AttributeValue::B(Blob::new([&nonce, bytes.as_slice()].concat()));
        Ok((bytes, AttributeValue::S(self.key_id.clone())))
    }

    /// Opens what was sealed for the row of a table with this key.
    pub(crate) fn open(
        &self,
        table: &str,
        row: &[&str],
        sealed: &[u8],
        key_id: &str,
    ) -> Result<String, Error> {
        if key_id != self.key_id {
            return Err("another key".into());
        }
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN).ok_or("too short")?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| "no nonce")?;
        let mut bytes = sealed.to_vec();
        let clear = self.key.open_in_place(nonce, associated(table, row), &mut bytes);
        Ok(String::from_utf8(clear.map_err(|_| "not opened")?.to_vec())?)
    }

    /// Seals bytes for the object with this key: a mark, the id of the key that opens them, and the nonce stand before
    /// them.
    pub(crate) fn seal_whole(&self, place: &str, key: &str, clear: &[u8]) -> Result<Vec<u8>, Error> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| "no nonce")?;
        let id_length = u8::try_from(self.key_id.len())?;
        let mut whole = [&[WHOLE, id_length], self.key_id.as_bytes(), &nonce].concat();
        let begins = whole.len();
        whole.extend_from_slice(clear);
        let once = Nonce::assume_unique_for_key(nonce);
        let sealed =
            self.key.seal_in_place_separate_tag(once, associated(place, &[key]), &mut whole[begins..]);
        whole.extend(sealed.map_err(|_| "not sealed")?.as_ref());
        Ok(whole)
    }

    /// Opens what was sealed whole for the object with this key.
    pub(crate) fn open_whole(&self, place: &str, key: &str, mut whole: Vec<u8>) -> Result<Vec<u8>, Error> {
        let nonce_begins = 2 + self.key_id.len();
        let begins = nonce_begins + NONCE_LEN;
        let nonce = whole.get(nonce_begins..begins).ok_or("too short")?;
        if whole[0] != WHOLE || &whole[2..nonce_begins] != self.key_id.as_bytes() {
            return Err("another key".into());
        }
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| "no nonce")?;
        let clear = self.key.open_within(nonce, associated(place, &[key]), &mut whole, begins..);
        let length = clear.map_err(|_| "not opened")?.len();
        whole.truncate(length);
        Ok(whole)
    }
}

/// Each part behind its length.
fn associated(table: &str, row: &[&str]) -> Aad<Vec<u8>> {
    let parts = iter::once(table).chain(row.iter().copied());
    Aad::from(
        parts.flat_map(|part| [&part.len().to_be_bytes(), part.as_bytes()].concat()).collect::<Vec<_>>(),
    )
}
