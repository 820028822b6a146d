//! Objects in an S3 bucket (marketplace §10, Raw data): what is too large for a row. An object is written whole, before
//! the transaction that names its key; one that no row names is an orphan, which the bucket's lifecycle deletes.

mod client;
mod code;
mod error;
mod request;

use std::time::Duration;

use aws_smithy_types::byte_stream::ByteStream;
use bytes::{Bytes, BytesMut};
use http::header::CONTENT_LENGTH;

use crate::Scope;
use crate::aws::warm;

pub use client::S3Client;
pub use error::{ObjectError, ObjectErrorKind};

/// How long the body of an answer may take; the client's own time-outs end with its head.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

/// The objects of one bucket.
#[derive(Clone, Debug)]
pub struct ObjectStore {
    client: S3Client,
    bucket: String,
}

impl ObjectStore {
    /// The store in `bucket`.
    #[must_use]
    pub fn new(client: S3Client, bucket: String) -> Self {
        Self { client, bucket }
    }

    /// Writes an object, encrypted by the server under its own key. To write the same again changes nothing.
    ///
    /// # Errors
    /// The call failed; after [`ObjectErrorKind::Unanswered`] the object may be there.
    pub async fn put(&self, key: &str, content_type: &str, content: Bytes) -> Result<(), ObjectError> {
        self.client.put(&self.bucket, key, content_type, content).await
    }

    /// Reads an object of at most `limit_bytes`; no more than that is ever held.
    ///
    /// # Errors
    /// There is none of that key, it is longer, or the call failed.
    pub async fn get(&self, scope: &Scope, key: &str, limit_bytes: usize) -> Result<Bytes, ObjectError> {
        const OPERATION: &str = "GetObject";
        let mut response = self.client.get(&self.bucket, key).await?;
        let announced = response.headers().get(CONTENT_LENGTH.as_str());
        let announced = announced.and_then(|length| length.parse().ok()).unwrap_or(0);
        if announced > limit_bytes {
            return Err(ObjectError::too_long(OPERATION, limit_bytes));
        }
        let read = collect(ByteStream::new(response.take_body()), announced, limit_bytes);
        match tokio::time::timeout(READ_TIMEOUT.min(scope.remaining()), read).await {
            Ok(read) => read,
            Err(_) => Err(ObjectError::broken_off(OPERATION, "the body took too long")),
        }
    }

    /// Opens the connection during init: a read of an object that cannot be.
    pub async fn warm(&self) {
        warm(self.client.head(&self.bucket, "-")).await;
    }
}

/// The whole body, into memory that is asked for once when its length was announced.
async fn collect(mut body: ByteStream, announced: usize, limit_bytes: usize) -> Result<Bytes, ObjectError> {
    const OPERATION: &str = "GetObject";
    let mut content = BytesMut::with_capacity(announced);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| ObjectError::broken_off(OPERATION, &error.to_string()))?;
        if piece.len() > limit_bytes.saturating_sub(content.len()) {
            return Err(ObjectError::too_long(OPERATION, limit_bytes));
        }
        content.extend_from_slice(&piece);
    }
    if announced > content.len() {
        return Err(ObjectError::broken_off(OPERATION, "the body is shorter than announced"));
    }
    Ok(content.freeze())
}
