//! S3: where a deployment lays down its code.

use http::Request;

use super::{Engine, built};
use crate::Result;

impl Engine {
    /// Makes a bucket.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn create_bucket(&self, bucket: &str) -> Result<()> {
        let request = built("CreateBucket", Request::put(format!("/{bucket}")), Vec::new())?;
        self.call("s3", "CreateBucket", request)?;
        Ok(())
    }

    /// Puts an object in a bucket.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn put_object(&self, bucket: &str, key: &str, bytes: Vec<u8>) -> Result<()> {
        let request = built("PutObject", Request::put(format!("/{bucket}/{key}")), bytes)?;
        self.call("s3", "PutObject", request)?;
        Ok(())
    }
}
