//! Signed SQS calls, for the partners that are spoken to over queues.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign as signature,
};
use aws_sigv4::sign::v4;
use axum::body::Bytes;
use http::{Request, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::{Value, json};

/// Far longer than the local engine takes.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// For how long a message that was received, but could not be deleted, is hidden, in seconds.
const HIDDEN_S: u32 = 10;
/// The most that one call receives; SQS's own limit.
pub(crate) const MOST_RECEIVED: usize = 10;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// SQS behind an AWS endpoint.
pub(crate) struct Sqs {
    client: Client<HttpConnector, Full<Bytes>>,
    endpoint: Uri,
    region: String,
    credentials: Credentials,
}

/// A message as a queue gives it out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Message {
    pub(crate) body: String,
    receipt_handle: String,
    #[serde(default, rename = "MessageAttributes")]
    attributes: BTreeMap<String, Attribute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    string_value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Received {
    messages: Option<Vec<Message>>,
}

impl Message {
    /// Its attributes that are text.
    pub(crate) fn attributes(&self) -> BTreeMap<String, String> {
        let text = |(name, value): (&String, &Attribute)| Some((name.clone(), value.string_value.clone()?));
        self.attributes.iter().filter_map(text).collect()
    }
}

impl Sqs {
    /// Nothing is called before the first operation.
    pub(crate) fn new(endpoint: Uri, region: String, access_key_id: &str, secret_access_key: &str) -> Self {
        // A connection for each call: an idle one may be closed under the next call's hands.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        let credentials = Credentials::from_keys(access_key_id, secret_access_key, None);
        Self { client, endpoint, region, credentials }
    }

    /// What the queue holds now, at most ten messages.
    pub(crate) async fn receive(&self, queue_url: &str) -> Result<Vec<Message>, String> {
        let input = json!({
            "QueueUrl": queue_url,
            "MaxNumberOfMessages": MOST_RECEIVED,
            "VisibilityTimeout": HIDDEN_S,
            "WaitTimeSeconds": 0,
            "MessageAttributeNames": ["All"],
        });
        let answer = self.call("ReceiveMessage", &input).await?;
        let received: Received = serde_json::from_slice(&answer)
            .map_err(|error| format!("the answer of ReceiveMessage cannot be read: {error}"))?;
        Ok(received.messages.unwrap_or_default())
    }

    pub(crate) async fn delete(&self, queue_url: &str, message: &Message) -> Result<(), String> {
        let input = json!({"QueueUrl": queue_url, "ReceiptHandle": message.receipt_handle});
        self.call("DeleteMessage", &input).await.map(|_| ())
    }

    pub(crate) async fn send(&self, queue_url: &str, body: &str) -> Result<(), String> {
        let input = json!({"QueueUrl": queue_url, "MessageBody": body});
        self.call("SendMessage", &input).await.map(|_| ())
    }

    async fn call(&self, operation: &str, input: &Value) -> Result<Bytes, String> {
        let called = tokio::time::timeout(CALL_TIMEOUT, self.try_call(operation, input));
        let failed = |why: &dyn std::fmt::Display| format!("{operation} at {} failed: {why}", self.endpoint);
        let answered = called.await.map_err(|_| failed(&"there was no answer in time"))?;
        answered.map_err(|error| failed(&error))
    }

    async fn try_call(&self, operation: &str, input: &Value) -> Result<Bytes, Failure> {
        let request = Request::post(&self.endpoint)
            .header(header::CONTENT_TYPE, "application/x-amz-json-1.0")
            .header("x-amz-target", format!("AmazonSQS.{operation}"))
            .body(input.to_string())?;
        let request = self.signed(request)?.map(|body| Full::new(Bytes::from(body)));
        let (head, body) = self.client.request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        if head.status.is_success() {
            return Ok(body);
        }
        Err(format!("{}: {}", head.status, String::from_utf8_lossy(&body)).into())
    }

    fn signed(&self, mut request: Request<String>) -> Result<Request<String>, Failure> {
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("sqs")
            .time(SystemTime::from(crate::received::now()))
            .settings(settings)
            .build()?
            .into();
        let mut headers = Vec::new();
        for (name, value) in request.headers() {
            headers.push((name.as_str(), value.to_str()?));
        }
        let signable = SignableRequest::new(
            request.method().as_str(),
            request.uri().to_string(),
            headers.into_iter(),
            SignableBody::Bytes(request.body().as_bytes()),
        )?;
        let (instructions, _signature) = signature(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
