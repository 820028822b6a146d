//! Raw data, push and pulls, as it came (§10): one object for each time that it came, put before the transaction that
//! names it. What no row names is deleted by the bucket's lifecycle.

use bytes::Bytes;
use domain::marketplace::OrderKey;
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::object_store::{ObjectError, ObjectStore};
use platform::random::{Random, RandomError};
use ring::digest::{SHA256, digest};

use super::data::DataKind;
use crate::envelope::hex;

const RAW_DATA_BUCKET: Variable = Variable {
    name: "RAW_DATA_BUCKET",
    meaning: "The bucket of pushes and pulls as they came.",
    default: None,
};
/// What a push or a pull is at most; both are bounded on their way in.
const LONGEST_BYTES: usize = 8 * 1024 * 1024;
const CONTENT_TYPE: &str = "application/json";

/// The bucket of raw data.
#[derive(Clone, Debug)]
pub struct RawData {
    store: ObjectStore,
    random: Random,
}

/// An object that was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawObject {
    /// What it holds.
    pub kind: DataKind,
    /// Its key, which nobody can guess.
    pub key: String,
    /// How long it is.
    pub bytes: usize,
    /// The SHA-256 of it, in hex digits.
    pub sha256: String,
}

/// Why raw data was not put.
#[derive(Debug, thiserror::Error)]
pub enum RawDataError {
    /// S3 failed.
    #[error(transparent)]
    Store(#[from] ObjectError),
    /// There was no key to be had.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl RawData {
    /// Reads the bucket's name.
    pub fn read_bucket(environment: &mut Environment) -> Option<String> {
        environment.read(RAW_DATA_BUCKET)
    }

    /// The raw data in `store`.
    #[must_use]
    pub fn new(store: ObjectStore, random: Random) -> Self {
        Self { store, random }
    }

    /// Puts an object under a key of its own.
    ///
    /// # Errors
    /// S3 failed, or the machine had no randomness.
    pub async fn put(
        &self,
        order: &OrderKey,
        kind: DataKind,
        content: Bytes,
    ) -> Result<RawObject, RawDataError> {
        let mut drawn = [0; 16];
        self.random.fill(&mut drawn)?;
        let place = format!("{}/{}/{}", order.channel.as_str(), order.number.as_str(), kind.as_str());
        let object = RawObject {
            kind,
            key: format!("{place}/{}", hex::lower(&drawn)),
            bytes: content.len(),
            sha256: hex::lower(digest(&SHA256, &content).as_ref()),
        };
        self.store.put(&object.key, CONTENT_TYPE, content).await?;
        Ok(object)
    }

    /// Reads an object.
    ///
    /// # Errors
    /// There is none of that key, or S3 failed.
    pub async fn get(&self, scope: &Scope, key: &str) -> Result<Bytes, ObjectError> {
        self.store.get(scope, key, LONGEST_BYTES).await
    }

    /// Opens the connection during init.
    pub async fn warm(&self) {
        self.store.warm().await;
    }
}
