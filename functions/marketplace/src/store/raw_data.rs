//! Raw data, push and pulls (§10): one object for each time that it came, sealed (design §4), put before the transaction
//! that names it. What no row names is deleted by the bucket's lifecycle.

use bytes::Bytes;
use domain::marketplace::OrderKey;
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::object_store::{ObjectError, ObjectStore};
use platform::random::{Random, RandomError};
use platform::seal::{SealError, Sealer, SealingKeys};
use platform::secrets::Secret;

use super::data::DataKind;
use crate::envelope::hex;

const RAW_DATA_BUCKET: Variable =
    Variable { name: "RAW_DATA_BUCKET", meaning: "The bucket of pushes and pulls, sealed.", default: None };
/// What a push or a pull is at most; both are bounded on their way in.
const LONGEST_BYTES: usize = 8 * 1024 * 1024;
const CONTENT_TYPE: &str = "application/octet-stream";
/// What a seal is bound to beside the object's key, whatever the bucket is called.
const SEALED_FOR: &str = "raw_data";

/// The bucket of raw data.
#[derive(Clone, Debug)]
pub struct RawData {
    store: ObjectStore,
    keys: Secret<SealingKeys>,
    random: Random,
}

/// An object that was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawObject {
    /// What it holds.
    pub kind: DataKind,
    /// Its key, which nobody can guess.
    pub key: String,
    /// How long what was sealed is.
    pub bytes: usize,
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
    /// It could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Why raw data cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum NoRawData {
    /// S3 failed, or there is none.
    #[error(transparent)]
    Store(#[from] ObjectError),
    /// It cannot be opened.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl RawData {
    /// Reads the bucket's name.
    pub fn read_bucket(environment: &mut Environment) -> Option<String> {
        environment.read(RAW_DATA_BUCKET)
    }

    /// The raw data in `store`, sealed with `keys`.
    #[must_use]
    pub fn new(store: ObjectStore, keys: Secret<SealingKeys>, random: Random) -> Self {
        Self { store, keys, random }
    }

    /// Seals what came, and puts it under a key of its own. What came is gone before it is sent: both are large.
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
        let key = format!("{place}/{}", hex::lower(&drawn));
        let object = RawObject { kind, key, bytes: content.len() };
        let sealed = self.sealer().seal_whole(SEALED_FOR, &[&object.key], &content)?;
        drop(content);
        self.store.put(&object.key, CONTENT_TYPE, sealed.into()).await?;
        Ok(object)
    }

    /// Reads an object, and opens it.
    ///
    /// # Errors
    /// There is none of that key, S3 failed, or it was not sealed for this key.
    pub async fn get(&self, scope: &Scope, key: &str) -> Result<Vec<u8>, NoRawData> {
        let sealed = self.store.get(scope, key, LONGEST_BYTES).await?;
        Ok(self.sealer().open_whole(SEALED_FOR, &[key], sealed.into())?)
    }

    /// Opens the connection during init.
    pub async fn warm(&self) {
        self.store.warm().await;
    }

    fn sealer(&self) -> Sealer {
        Sealer::new(self.keys.current(), self.random.clone())
    }
}
