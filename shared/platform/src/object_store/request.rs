//! Requests to S3: where they go, and their signature (`SigV4`, in the header), which covers the hash of the body.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{HeaderName, Method, Request};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest::{SHA256, digest};

use crate::fingerprint::hex;

/// What is encoded in a key: all but what RFC 3986 reserves for nothing, and the slash. S3 checks the signature
/// against this very form.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Where buckets are.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) region: String,
    /// Another endpoint than AWS's has no host for each bucket, so the bucket stands in the path.
    pub(super) endpoint_url: Option<String>,
}

/// One call, however often it is tried.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) operation: &'static str,
    method: Method,
    url: String,
    headers: Vec<(HeaderName, String)>,
    content: Bytes,
    content_sha256: String,
}

/// A request as it is sent.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) request: HttpRequest,
    /// Hex digits that nobody can foretell.
    pub(super) signature: String,
}

/// Who asks, and where.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    identity: Identity,
    region: String,
}

impl Place {
    fn url(&self, bucket: &str, key: &str) -> String {
        let key = utf8_percent_encode(key, ENCODED);
        match &self.endpoint_url {
            Some(endpoint) => format!("{}/{bucket}/{key}", endpoint.trim_end_matches('/')),
            None => format!("https://{bucket}.s3.{}.amazonaws.com/{key}", self.region),
        }
    }

    /// A call about one object.
    pub(super) fn call(&self, operation: &'static str, method: Method, bucket: &str, key: &str) -> Call {
        Call::new(operation, method, self.url(bucket, key))
    }
}

impl Call {
    fn new(operation: &'static str, method: Method, url: String) -> Self {
        let call = Self {
            operation,
            method,
            url,
            headers: vec![],
            content: Bytes::new(),
            content_sha256: String::new(),
        };
        call.with_content(Bytes::new())
    }

    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The hash is taken once, however often the call is tried.
    pub(super) fn with_content(mut self, content: Bytes) -> Self {
        self.content_sha256 = hex(digest(&SHA256, &content).as_ref());
        self.content = content;
        self
    }
}

impl Signer {
    pub(super) fn new(credentials: Credentials, region: String) -> Self {
        Self { identity: credentials.into(), region }
    }

    /// The request of a call that is sent now.
    pub(super) fn sign(&self, call: &Call, now: Timestamp) -> Result<Signed, Failure> {
        let mut request = Request::builder().method(call.method.clone()).uri(&call.url);
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(SdkBody::from(call.content.clone()))?;
        // The signing library panics on an address without a host, and an object without a key is the bucket.
        if request.uri().authority().is_none() || request.uri().path().ends_with('/') {
            return Err("the address names no host or no object".into());
        }
        let parameters = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name("s3")
            .time(SystemTime::from(now))
            .settings(settings())
            .build()?
            .into();
        let signable = SignableRequest::new(
            call.method.as_str(),
            call.url.as_str(),
            call.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
            SignableBody::Precomputed(call.content_sha256.clone()),
        )?;
        let (instructions, signature) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        Ok(Signed { request: request.try_into()?, signature })
    }
}

/// S3 takes a path as it stands, and wants the body's hash in a header.
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use aws_credential_types::Credentials;
    use bytes::Bytes;
    use http::{HeaderName, Method};

    use super::{Call, Place, Signed, Signer};

    /// The key of AWS's own examples ("Signature Calculations for the Authorization Header", S3's API reference).
    fn signed(call: &Call, token: Option<&str>) -> Signed {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        let credentials =
            Credentials::new("AKIAIOSFODNN7EXAMPLE", secret, token.map(str::to_owned), None, "test");
        let signer = Signer::new(credentials, "us-east-1".to_owned());
        signer.sign(call, "2013-05-24T00:00:00Z".parse().unwrap()).unwrap()
    }

    fn place(endpoint_url: Option<&str>) -> Place {
        Place { region: "us-east-1".to_owned(), endpoint_url: endpoint_url.map(str::to_owned) }
    }

    #[test]
    fn aws_example_of_getting_an_object() {
        let url = "https://examplebucket.s3.amazonaws.com/test.txt".to_owned();
        let call =
            Call::new("GetObject", Method::GET, url).header(HeaderName::from_static("range"), "bytes=0-9");
        let Signed { request, signature } = signed(&call, None);
        assert_eq!(signature, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
        let expected = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
             SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
             Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
        assert_eq!(request.headers().get("authorization"), Some(expected));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(request.headers().get("x-amz-content-sha256"), Some(empty));
    }

    #[test]
    fn aws_example_of_putting_an_object() {
        // The examples have the host without a region, the key's dollar sign encoded.
        let url = "https://examplebucket.s3.amazonaws.com/test%24file.text".to_owned();
        let key = place(Some("https://x")).url("b", "test$file.text");
        assert_eq!(key, "https://x/b/test%24file.text");
        let call = Call::new("PutObject", Method::PUT, url)
            .header(HeaderName::from_static("date"), "Fri, 24 May 2013 00:00:00 GMT")
            .header(HeaderName::from_static("x-amz-storage-class"), "REDUCED_REDUNDANCY")
            .with_content(Bytes::from_static(b"Welcome to Amazon S3."));
        let Signed { request, signature } = signed(&call, None);
        assert_eq!(signature, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
        let hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        assert_eq!(request.headers().get("x-amz-content-sha256"), Some(hash));
    }

    #[test]
    fn the_token_of_a_session_is_sent_and_signed() {
        let call = place(None).call("GetObject", Method::GET, "b", "a");
        let request = signed(&call, Some("token")).request;
        assert_eq!(request.headers().get("x-amz-security-token"), Some("token"));
        assert!(request.headers().get("authorization").unwrap().contains(";x-amz-security-token,"));
    }

    #[test]
    fn the_bucket_stands_in_the_host_or_at_another_endpoint_in_the_path() {
        let key = "840/1 2/../ä~.+/0";
        let aws = "https://b.s3.us-east-1.amazonaws.com/840/1%202/../%C3%A4~.%2B/0";
        assert_eq!(place(None).url("b", key), aws);
        let local = "http://127.0.0.1:4566/b/840/1%202/../%C3%A4~.%2B/0";
        assert_eq!(place(Some("http://127.0.0.1:4566/")).url("b", key), local);
        let request = signed(&place(None).call("GetObject", Method::GET, "b", key), None).request;
        assert_eq!(request.uri(), aws);
    }

    #[test]
    fn what_names_no_object_or_no_host_is_not_sent() {
        let signer = Signer::new(Credentials::from_keys("a", "b", None), "us-east-1".to_owned());
        let now = "2013-05-24T00:00:00Z".parse().unwrap();
        for (endpoint, bucket, key) in
            [(None, "b", ""), (Some("/nowhere"), "b", "a"), (None, "two words", "a"), (None, "b", "a/")]
        {
            let call = place(endpoint).call("PutObject", Method::PUT, bucket, key);
            assert!(signer.sign(&call, now).is_err(), "{call:?}");
        }
    }
}
