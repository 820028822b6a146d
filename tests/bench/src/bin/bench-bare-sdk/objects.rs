//! Objects in a bucket.

use std::env;

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ServerSideEncryption;
use bench::Error;

use crate::clients::Aws;

/// The bucket's objects.
pub(crate) struct Objects {
    client: Client,
    bucket: String,
}

impl Objects {
    /// Builds the client.
    pub(crate) fn read(aws: &Aws) -> Result<Self, Error> {
        Ok(Self { client: aws.s3(), bucket: env::var("RAW_DATA_BUCKET")? })
    }

    /// Opens the connection with a look at an object that is not there.
    pub(crate) async fn warm(&self) {
        let _ = self.client.head_object().bucket(&self.bucket).key("-").send().await;
    }

    /// Puts an object.
    pub(crate) async fn put(&self, key: &str, content: Vec<u8>) -> Result<(), Error> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).content_type("application/json");
        put.server_side_encryption(ServerSideEncryption::Aes256)
            .body(ByteStream::from(content))
            .send()
            .await?;
        Ok(())
    }

    /// Gets an object.
    pub(crate) async fn get(&self, key: &str) -> Result<Vec<u8>, Error> {
        let found = self.client.get_object().bucket(&self.bucket).key(key).send().await?;
        Ok(found.body.collect().await?.to_vec())
    }
}
