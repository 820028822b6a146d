//! Identity data is sealed before it is stored (design §4): AES-256-GCM, the key's id beside the ciphertext, table and
//! key as associated data, so that a ciphertext opens in the row it was made for and in no other.

use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde::Deserialize;

use crate::dynamodb::{Row, RowError, text};
use crate::random::{Random, RandomError};
use crate::secrets::FromSecret;

/// What begins bytes that were sealed whole: then come the length of the key's id in one byte, the id, the nonce, the
/// ciphertext and the tag. No text in UTF-8 begins so.
const WHOLE: u8 = 0xf5;

/// The keys that identity data is sealed with: the first seals, each opens what it has sealed.
pub struct SealingKeys(Vec<(String, LessSafeKey)>);

/// `{"keys":[{"id":"2026-01","key":"<base64 of 32 bytes>"}]}`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKeys {
    keys: Vec<WireKey>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireKey {
    id: String,
    key: String,
}

impl FromSecret for SealingKeys {
    fn from_secret(json: &str) -> Result<Self, String> {
        let wire: WireKeys =
            crate::json::object(json.as_bytes()).map_err(|error| format!("has bad JSON: {error}"))?;
        let mut keys: Vec<(String, LessSafeKey)> = Vec::with_capacity(wire.keys.len());
        for (place, wire) in wire.keys.into_iter().enumerate() {
            if wire.id.is_empty() || keys.iter().any(|(id, _)| *id == wire.id) {
                return Err(format!("has a key without an id of its own, at place {place}"));
            }
            let bytes = STANDARD.decode(wire.key).ok();
            let key = bytes.and_then(|bytes| UnboundKey::new(&AES_256_GCM, &bytes).ok());
            let key =
                key.ok_or_else(|| format!("has a key that is not 32 bytes in base64, at place {place}"))?;
            keys.push((wire.id, LessSafeKey::new(key)));
        }
        if keys.is_empty() { Err("has no key".to_owned()) } else { Ok(Self(keys)) }
    }
}

impl fmt::Debug for SealingKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|(id, _)| id)).finish()
    }
}

/// What is stored of sealed bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which key opens it.
    pub key_id: String,
    /// The nonce, the ciphertext and the tag, one behind the other.
    pub bytes: Vec<u8>,
}

impl Sealed {
    /// As two attributes of an item: the bytes (Binary), and the key's id (String).
    #[must_use]
    pub fn into_attributes(self) -> (AttributeValue, AttributeValue) {
        (AttributeValue::B(Blob::new(self.bytes)), text(self.key_id))
    }

    /// Reads the two attributes of an item.
    ///
    /// # Errors
    /// One of them is missing or of another type.
    pub fn of(row: Row<'_>, bytes: &'static str, key_id: &'static str) -> Result<Self, RowError> {
        Ok(Self { key_id: row.text(key_id)?.to_owned(), bytes: row.binary(bytes)?.to_vec() })
    }
}

/// Why something was not sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The key is none of ours: taken away, or so new that this process has not yet read it.
    #[error("unknown sealing key {0}")]
    UnknownKey(String),
    /// The bytes are not what this key sealed for this row.
    #[error("the sealed bytes are not this row's")]
    Altered,
    /// The clear bytes are too many for one seal.
    #[error("too long to be sealed")]
    TooLong,
    /// There was no nonce to be had.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Seals and opens.
#[derive(Clone, Debug)]
pub struct Sealer {
    keys: Arc<SealingKeys>,
    random: Random,
}

impl Sealer {
    /// With these keys; a nonce is drawn from `random` for every seal.
    #[must_use]
    pub fn new(keys: Arc<SealingKeys>, random: Random) -> Self {
        Self { keys, random }
    }

    /// Seals `clear` for the row of `table` with the key attributes `key`.
    ///
    /// # Errors
    /// There is no nonce, or `clear` is over 64 GiB.
    pub fn seal(&self, table: &str, key: &[&str], clear: &[u8]) -> Result<Sealed, SealError> {
        let (key_id, sealing) = self.keys.0.first().ok_or_else(|| SealError::UnknownKey(String::new()))?;
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce)?;
        let mut ciphertext = clear.to_vec();
        sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                associated(table, key),
                &mut ciphertext,
            )
            .map_err(|_| SealError::TooLong)?;
        Ok(Sealed { key_id: key_id.clone(), bytes: [nonce.as_slice(), &ciphertext].concat() })
    }

    /// Seals what has no row to keep the key's id in: behind a header, of which the id is part, in memory that is asked for
    /// once. `place` and `key` are what `table` and `key` are for a row.
    ///
    /// # Errors
    /// There is no nonce, or `clear` is over 64 GiB.
    pub fn seal_whole(&self, place: &str, key: &[&str], clear: &[u8]) -> Result<Vec<u8>, SealError> {
        let (key_id, sealing) = self.keys.0.first().ok_or_else(|| SealError::UnknownKey(String::new()))?;
        let id_length = u8::try_from(key_id.len()).map_err(|_| SealError::TooLong)?;
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce)?;
        let header = [&[WHOLE, id_length], key_id.as_bytes(), &nonce].concat();
        let mut whole = Vec::with_capacity(header.len() + clear.len() + AES_256_GCM.tag_len());
        whole.extend(&header);
        whole.extend_from_slice(clear);
        let (_, content) = whole.split_at_mut(header.len());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = sealing.seal_in_place_separate_tag(nonce, associated(place, key), content);
        whole.extend(tag.map_err(|_| SealError::TooLong)?.as_ref());
        Ok(whole)
    }

    /// Opens what was sealed whole for this place and key, in the memory that it is in.
    ///
    /// # Errors
    /// The key is unknown, or the bytes were altered or sealed for another place.
    pub fn open_whole(&self, place: &str, key: &[&str], mut whole: Vec<u8>) -> Result<Vec<u8>, SealError> {
        let Some(([WHOLE, id_length], rest)) = whole.split_first_chunk() else {
            return Err(SealError::Altered);
        };
        let (key_id, rest) = rest.split_at_checked(usize::from(*id_length)).ok_or(SealError::Altered)?;
        let nonce = rest.get(..NONCE_LEN).ok_or(SealError::Altered)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Altered)?;
        let begins = whole.len() - rest.len() + NONCE_LEN;
        let opening = self.keys.0.iter().find_map(|(id, key)| (id.as_bytes() == key_id).then_some(key));
        let unknown = || SealError::UnknownKey(String::from_utf8_lossy(key_id).into_owned());
        let opening = opening.ok_or_else(unknown)?;
        let clear = opening.open_within(nonce, associated(place, key), &mut whole, begins..);
        let length = clear.map_err(|_| SealError::Altered)?.len();
        whole.truncate(length);
        Ok(whole)
    }

    /// Opens what was sealed for the row of `table` with the key attributes `key`.
    ///
    /// # Errors
    /// The key is unknown, or the bytes were altered or sealed for another row.
    pub fn open(&self, table: &str, key: &[&str], sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        let opening = self.keys.0.iter().find_map(|(id, key)| (*id == sealed.key_id).then_some(key));
        let opening = opening.ok_or_else(|| SealError::UnknownKey(sealed.key_id.clone()))?;
        let (nonce, ciphertext) = sealed.bytes.split_at_checked(NONCE_LEN).ok_or(SealError::Altered)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Altered)?;
        let mut bytes = ciphertext.to_vec();
        let clear = opening.open_in_place(nonce, associated(table, key), &mut bytes);
        let length = clear.map_err(|_| SealError::Altered)?.len();
        bytes.truncate(length);
        Ok(bytes)
    }
}

/// Each part behind its length: no two rows have the same.
fn associated(table: &str, key: &[&str]) -> Aad<Vec<u8>> {
    let mut bytes = Vec::new();
    for part in std::iter::once(&table).chain(key) {
        bytes.extend(part.len().to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    Aad::from(bytes)
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use std::sync::Arc;

    use super::{SealError, Sealed, Sealer, SealingKeys};
    use crate::dynamodb::{Item, Row};
    use crate::random::Random;
    use crate::secrets::FromSecret;

    const TABLE: &str = "lease_documents";
    const KEY: [&str; 2] = ["LEASE-0001", "order"];
    const CLEAR: &[u8] = "{\"user_name\":\"张三\"}".as_bytes();

    fn key(id: &str, digit: char) -> String {
        // 32 bytes in base64: 43 digits, of which the last two bits are zero.
        format!(r#"{{"id":"{id}","key":"{}A="}}"#, digit.to_string().repeat(42))
    }

    fn with(keys: &[String]) -> Sealer {
        let keys = SealingKeys::from_secret(&format!(r#"{{"keys":[{}]}}"#, keys.join(","))).unwrap();
        Sealer::new(Arc::new(keys), Random::seeded(1))
    }

    #[test]
    fn what_was_sealed_opens_and_no_two_seals_are_alike() {
        let keeper = with(&[key("k-1", 'A')]);
        let long = vec![0; 100_000];
        for clear in [CLEAR, b"", &long] {
            let sealed = keeper.seal(TABLE, &KEY, clear).unwrap();
            assert_eq!(sealed.key_id, "k-1");
            assert_eq!(sealed.bytes.len(), 12 + clear.len() + 16);
            assert_eq!(keeper.open(TABLE, &KEY, &sealed).as_deref(), Ok(clear));
            assert_ne!(keeper.seal(TABLE, &KEY, clear).unwrap(), sealed);
        }
    }

    #[test]
    fn every_single_byte_change_and_every_cut_is_refused() {
        let keeper = with(&[key("k-1", 'A')]);
        let sealed = keeper.seal(TABLE, &KEY, CLEAR).unwrap();
        for place in 0..sealed.bytes.len() {
            for bit in 0..8 {
                let mut altered = sealed.clone();
                altered.bytes[place] ^= 1 << bit;
                assert_eq!(keeper.open(TABLE, &KEY, &altered), Err(SealError::Altered), "{place}, {bit}");
            }
            let cut = Sealed { bytes: sealed.bytes[..place].to_vec(), ..sealed.clone() };
            assert_eq!(keeper.open(TABLE, &KEY, &cut), Err(SealError::Altered), "{place}");
        }
    }

    #[test]
    fn it_opens_in_its_own_row_alone() {
        let keeper = with(&[key("k-1", 'A')]);
        let sealed = keeper.seal("ab", &["c", "d"], CLEAR).unwrap();
        let others: [(&str, &[&str]); 7] = [
            ("a", &["bc", "d"]),
            ("ab", &["cd", ""]),
            ("ab", &["cd"]),
            ("ab", &["d", "c"]),
            ("ab", &["c"]),
            ("ab", &["c", "d", ""]),
            ("abcd", &[]),
        ];
        for (table, key) in others {
            assert_eq!(keeper.open(table, key, &sealed), Err(SealError::Altered), "{table} {key:?}");
        }
        assert!(keeper.open("ab", &["c", "d"], &sealed).is_ok());
    }

    #[test]
    fn after_a_rotation_the_old_key_still_opens_and_the_new_one_seals() {
        let (old, new) = (key("k-1", 'A'), key("k-2", 'B'));
        let sealed = with(std::slice::from_ref(&old)).seal(TABLE, &KEY, CLEAR).unwrap();
        let rotated = with(&[new.clone(), old]);
        assert_eq!(rotated.open(TABLE, &KEY, &sealed).as_deref(), Ok(CLEAR));
        assert_eq!(rotated.seal(TABLE, &KEY, CLEAR).unwrap().key_id, "k-2");
        let unknown = Err(SealError::UnknownKey("k-1".to_owned()));
        assert_eq!(with(&[new]).open(TABLE, &KEY, &sealed), unknown);
        let renamed = with(&[key("k-1", 'B')]);
        assert_eq!(renamed.open(TABLE, &KEY, &sealed), Err(SealError::Altered), "another key of that id");
    }

    #[test]
    fn what_was_sealed_whole_opens_in_its_own_place_alone_and_unaltered() {
        let (old, new) = (key("k-1", 'A'), key("k-2", 'B'));
        let keeper = with(std::slice::from_ref(&old));
        for clear in [CLEAR, b"", &vec![7; 100_000]] {
            let whole = keeper.seal_whole("raw_data", &KEY, clear).unwrap();
            assert_eq!(whole.len(), 2 + 3 + 12 + clear.len() + 16);
            assert_eq!(&whole[..5], b"\xf5\x03k-1");
            assert_ne!(keeper.seal_whole("raw_data", &KEY, clear).unwrap(), whole);
            assert_eq!(
                with(&[new.clone(), old.clone()]).open_whole("raw_data", &KEY, whole).as_deref(),
                Ok(clear)
            );
        }
        let whole = keeper.seal_whole("raw_data", &KEY, CLEAR).unwrap();
        let open =
            |keeper: &Sealer, place: &str, whole: &[u8]| keeper.open_whole(place, &KEY, whole.to_vec());
        assert_eq!(open(&keeper, "other", &whole), Err(SealError::Altered));
        assert_eq!(open(&with(&[new]), "raw_data", &whole), Err(SealError::UnknownKey("k-1".to_owned())));
        for place in 0..whole.len() {
            let mut altered = whole.clone();
            altered[place] ^= 1;
            assert!(open(&keeper, "raw_data", &altered).is_err(), "{place}");
            assert!(open(&keeper, "raw_data", &whole[..place]).is_err(), "{place}");
        }
        assert_eq!(open(&keeper, "raw_data", CLEAR), Err(SealError::Altered), "what was never sealed");
    }

    #[test]
    fn it_is_stored_as_two_attributes() {
        let sealed = with(&[key("k-1", 'A')]).seal(TABLE, &KEY, CLEAR).unwrap();
        let (bytes, key_id) = sealed.clone().into_attributes();
        let item = Item::from([("sealed".to_owned(), bytes), ("key_id".to_owned(), key_id.clone())]);
        assert_eq!(Sealed::of(Row::new(&item), "sealed", "key_id").unwrap(), sealed);
        let other = Item::from([("sealed".to_owned(), key_id)]);
        assert_eq!(Sealed::of(Row::new(&other), "sealed", "key_id").unwrap_err().attribute, "key_id");
        assert_eq!(Row::new(&other).binary("sealed").unwrap_err().problem, "is no binary");
    }

    #[test]
    fn keys_that_are_none_are_refused_and_none_is_ever_shown() {
        let refused = |json: &str| SealingKeys::from_secret(json).unwrap_err();
        assert_eq!(refused(r#"{"keys":[]}"#), "has no key");
        for (keys, problem) in [
            (vec![key("k", 'A'), key("k", 'B')], "has a key without an id of its own, at place 1"),
            (vec![key("", 'A')], "has a key without an id of its own, at place 0"),
            (
                vec![r#"{"id":"k","key":"QUJD"}"#.into()],
                "has a key that is not 32 bytes in base64, at place 0",
            ),
            (
                vec![r#"{"id":"k","key":"***"}"#.into()],
                "has a key that is not 32 bytes in base64, at place 0",
            ),
        ] {
            assert_eq!(refused(&format!(r#"{{"keys":[{}]}}"#, keys.join(","))), problem);
        }
        let problem = refused(r#"{"keys":[{"id":"k","key":12345678}]}"#);
        assert!(problem.starts_with("has bad JSON: ") && !problem.contains("1234"), "{problem}");
        let shown = format!("{:?}", with(&[key("k-1", 'Q')]));
        assert!(shown.contains("k-1") && !shown.contains("QQQ"), "{shown}");
    }
}
