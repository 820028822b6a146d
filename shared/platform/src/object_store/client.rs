//! The client of S3: the two calls that the functions make, over the connector that every AWS client has. The SDK's own
//! client knows a hundred calls, and costs each binary more than all else that it does (docs/DECISIONS.md).

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::retry::RetryConfig;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, Method};
use tokio::time::{sleep, timeout};

use super::ObjectError;
use super::request::{Call, Place, Signed, Signer};
use crate::Clock;

const ENCRYPTION: HeaderName = HeaderName::from_static("x-amz-server-side-encryption");
/// An object may be megabytes, where a row is kilobytes.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(5);
/// For all attempts and the pauses between them.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(10);
/// Of an answer that is a failure; S3's take less than two kilobytes.
const FAILURE_BYTES: usize = 16 * 1024;

/// A client of S3. Its copies are cheap.
#[derive(Clone, Debug)]
pub struct S3Client {
    connector: SharedHttpConnector,
    place: Place,
    signer: Signer,
    retries: RetryConfig,
    clock: Clock,
}

impl S3Client {
    pub(crate) fn new(
        connector: SharedHttpConnector,
        region: String,
        endpoint_url: Option<String>,
        credentials: Credentials,
        retries: RetryConfig,
    ) -> Self {
        let signer = Signer::new(credentials, region.clone());
        Self { connector, place: Place { region, endpoint_url }, signer, retries, clock: Clock::system() }
    }

    /// Writes an object, encrypted by the server under its own key.
    pub(super) async fn put(
        &self,
        bucket: &str,
        key: &str,
        content_type: &str,
        content: Bytes,
    ) -> Result<(), ObjectError> {
        let call = self
            .place
            .call("PutObject", Method::PUT, bucket, key)
            .header(CONTENT_TYPE, content_type)
            .header(CONTENT_LENGTH, &content.len().to_string())
            .header(ENCRYPTION, "AES256")
            .with_content(content);
        self.send(&call).await.map(|_| ())
    }

    /// Asks for an object; its content is still to be read.
    pub(super) async fn get(&self, bucket: &str, key: &str) -> Result<HttpResponse, ObjectError> {
        self.send(&self.place.call("GetObject", Method::GET, bucket, key)).await
    }

    /// Asks once whether there is an object.
    pub(super) async fn head(&self, bucket: &str, key: &str) -> Result<(), ObjectError> {
        let call = self.place.call("HeadObject", Method::HEAD, bucket, key);
        let signed = self.sign(&call)?;
        self.attempt(call.operation, signed).await.map(|_| ())
    }

    async fn send(&self, call: &Call) -> Result<HttpResponse, ObjectError> {
        match timeout(OPERATION_TIMEOUT, self.attempts(call)).await {
            Ok(sent) => sent,
            Err(_) => Err(ObjectError::timed_out(call.operation, OPERATION_TIMEOUT)),
        }
    }

    /// Both calls may be repeated whatever became of them, and are, if another attempt may go better. Each is signed
    /// anew, since a signature is good for some minutes only and a frozen process may have waited longer.
    async fn attempts(&self, call: &Call) -> Result<HttpResponse, ObjectError> {
        let mut made = 1;
        loop {
            let signed = self.sign(call)?;
            let pause = pause(&self.retries, made, &signed.signature);
            match self.attempt(call.operation, signed).await {
                Err(failed) if failed.may_pass() && made < self.retries.max_attempts() => sleep(pause).await,
                ended => return ended,
            }
            made += 1;
        }
    }

    fn sign(&self, call: &Call) -> Result<Signed, ObjectError> {
        let signed = self.signer.sign(call, self.clock.now());
        signed.map_err(|error| ObjectError::unsendable(call.operation, error.as_ref()))
    }

    async fn attempt(&self, operation: &'static str, signed: Signed) -> Result<HttpResponse, ObjectError> {
        let exchange = async {
            let response = self.connector.call(signed.request).await;
            let response = response.map_err(|error| ObjectError::unanswered(operation, &error))?;
            if response.status().is_success() {
                Ok(response)
            } else {
                Err(refusal(operation, response).await)
            }
        };
        match timeout(ATTEMPT_TIMEOUT, exchange).await {
            Ok(ended) => ended,
            Err(_) => Err(ObjectError::timed_out(operation, ATTEMPT_TIMEOUT)),
        }
    }
}

/// What an answer that is no success says.
async fn refusal(operation: &'static str, mut response: HttpResponse) -> ObjectError {
    let mut body = ByteStream::new(response.take_body());
    let mut read = BytesMut::new();
    // Of an answer that breaks off, its status and what did come say enough.
    while let Some(Ok(piece)) = body.next().await {
        let room = FAILURE_BYTES.saturating_sub(read.len());
        read.extend_from_slice(piece.get(..room).unwrap_or(&piece));
        if read.len() == FAILURE_BYTES {
            break;
        }
    }
    let request_id = response.headers().get("x-amz-request-id");
    ObjectError::answered(operation, response.status().as_u16(), request_id, &read)
}

/// How long to wait after an attempt, as the SDK does: anything up to a second, and up to twice as long after each
/// further one. What stands for chance is the signature, which is different for each request.
fn pause(retries: &RetryConfig, made: u32, signature: &str) -> Duration {
    let longest = retries.initial_backoff().saturating_mul(2_u32.saturating_pow(made.saturating_sub(1)));
    let drawn = signature.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0xffff);
    (longest.min(retries.max_backoff()) / 0x1_0000).saturating_mul(drawn)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_smithy_types::retry::RetryConfig;

    use super::pause;

    #[test]
    fn a_pause_is_up_to_twice_as_long_after_each_attempt_and_never_over_its_limit() {
        let retries = RetryConfig::standard();
        let milliseconds = |made, signature| pause(&retries, made, signature).as_millis();
        assert_eq!([1, 2, 3].map(|made| milliseconds(made, "8000ab")), [499, 999, 1_999]);
        assert_eq!(pause(&retries, 2, "0000ff"), Duration::ZERO);
        assert!(pause(&retries, 99, "ffff") < retries.max_backoff());
        assert!(milliseconds(1, "") < 1_000);
    }
}
