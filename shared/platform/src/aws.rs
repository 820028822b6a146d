//! The AWS clients of a function. Cold start is designed in (docs/ARCHITECTURE.md, Cold start): region and
//! credentials are explicit, so no provider chain runs; one connector on ring with only Amazon's roots
//! serves every client; its connection is opened during init.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::{Environment, FromVariable, Variable};
use crate::object_store::S3Client;

const AMAZON_ROOTS: &[u8] = include_bytes!("../roots/amazon.pem");
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPTS: u32 = 3;
/// Warming is best effort and must not hold up a start (design §6).
const WARM_TIMEOUT: Duration = Duration::from_secs(1);

const AWS_REGION: Variable =
    Variable { name: "AWS_REGION", meaning: "The region; Lambda sets it.", default: None };
const AWS_ACCESS_KEY_ID: Variable =
    Variable { name: "AWS_ACCESS_KEY_ID", meaning: "The role's key; Lambda sets it.", default: None };
const AWS_SECRET_ACCESS_KEY: Variable =
    Variable { name: "AWS_SECRET_ACCESS_KEY", meaning: "The role's secret; Lambda sets it.", default: None };
const AWS_SESSION_TOKEN: Variable =
    Variable { name: "AWS_SESSION_TOKEN", meaning: "The role's token; Lambda sets it.", default: None };
const AWS_ENDPOINT_URL: Variable = Variable {
    name: "AWS_ENDPOINT_URL",
    meaning: "Another endpoint for every AWS service: the local engine's.",
    default: None,
};
const AWS_CA_BUNDLE: Variable = Variable {
    name: "AWS_CA_BUNDLE",
    meaning: "The roots that AWS's endpoints are trusted by, in place of Amazon's own.",
    default: None,
};

/// Certificates (PEM), each of which the TLS library takes as a root: a connector would panic on others.
#[derive(Clone)]
pub struct Roots(Vec<u8>);

impl FromVariable for Roots {
    const KIND: &'static str = "the path of a PEM file of certificates";

    fn from_variable(path: &str) -> Result<Self, String> {
        let pem = std::fs::read(path).map_err(|error| format!("names an unreadable file: {error}"))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| format!("names a file that is no PEM: {error}"))?;
            roots.add(certificate).map_err(|error| format!("names a file with a bad root: {error}"))?;
        }
        if roots.is_empty() { Err("names a file without a certificate".into()) } else { Ok(Self(pem)) }
    }
}

/// Which account, region and endpoint the clients speak to.
#[derive(Clone)]
pub struct AwsSettings {
    /// The region, e.g. `eu-central-1`.
    pub region: String,
    /// The credentials that every request is signed with.
    pub credentials: Credentials,
    /// Another endpoint than AWS's own.
    pub endpoint_url: Option<String>,
    /// Other roots than Amazon's.
    pub roots: Option<Roots>,
}

impl AwsSettings {
    /// Reads what Lambda sets.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let region = environment.read(AWS_REGION);
        let key: Option<String> = environment.read(AWS_ACCESS_KEY_ID);
        let secret: Option<String> = environment.read(AWS_SECRET_ACCESS_KEY);
        let token = environment.read_optional(AWS_SESSION_TOKEN);
        let endpoint_url = environment.read_optional(AWS_ENDPOINT_URL);
        let roots = environment.read_optional(AWS_CA_BUNDLE);
        let credentials = Credentials::new(key?, secret?, token?, None, "environment");
        Some(Self { region: region?, credentials, endpoint_url: endpoint_url?, roots: roots? })
    }
}

impl fmt::Debug for AwsSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AwsSettings").field("region", &self.region).finish_non_exhaustive()
    }
}

/// The clients of a process over one connector: of the SDK, each is built once, when it is first asked for. Its copies
/// are cheap, and a start that builds one for every store, or one that is rarely used, is dearer.
#[derive(Clone, Debug)]
pub struct Aws(Arc<Clients>);

#[derive(Debug)]
struct Clients {
    config: SdkConfig,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    eventbridge: OnceLock<aws_sdk_eventbridge::Client>,
    s3: S3Client,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    ssm: OnceLock<aws_sdk_ssm::Client>,
}

impl Aws {
    /// Clients that speak to AWS, or to the endpoint of the settings.
    #[must_use]
    pub fn connect(settings: AwsSettings) -> Self {
        let roots = settings.roots.as_ref().map_or(AMAZON_ROOTS, |roots| &roots.0);
        let connector = connector(roots, CONNECT_TIMEOUT);
        Self::over(settings, connector, RetryConfig::standard().with_max_attempts(ATTEMPTS))
    }

    /// Clients over another connector: the seam of the tests.
    #[must_use]
    pub fn over(
        settings: AwsSettings,
        connector: impl HttpConnector + 'static,
        retries: RetryConfig,
    ) -> Self {
        let connector = SharedHttpConnector::new(connector);
        let AwsSettings { region, credentials, endpoint_url, roots: _ } = settings;
        let s3 = S3Client::new(
            connector.clone(),
            region.clone(),
            endpoint_url.clone(),
            credentials.clone(),
            retries.clone(),
        );
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(TokioSleep::new())
            .retry_config(retries)
            // Every call has a time-out of its own; watching the pace of its bytes as well costs each call.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .timeout_config(timeouts);
        config.set_endpoint_url(endpoint_url);
        Self(Arc::new(Clients {
            config: config.build(),
            dynamodb: OnceLock::new(),
            eventbridge: OnceLock::new(),
            s3,
            sqs: OnceLock::new(),
            ssm: OnceLock::new(),
        }))
    }

    /// The DynamoDB client.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.0.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(&self.0.config)).clone()
    }

    /// The `EventBridge` client.
    #[must_use]
    pub fn eventbridge(&self) -> aws_sdk_eventbridge::Client {
        self.0.eventbridge.get_or_init(|| aws_sdk_eventbridge::Client::new(&self.0.config)).clone()
    }

    /// The S3 client.
    #[must_use]
    pub fn s3(&self) -> S3Client {
        self.0.s3.clone()
    }

    /// The SQS client.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        self.0.sqs.get_or_init(|| aws_sdk_sqs::Client::new(&self.0.config)).clone()
    }

    /// The client of Systems Manager, whose Parameter Store keeps the secrets.
    #[must_use]
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        self.0.ssm.get_or_init(|| aws_sdk_ssm::Client::new(&self.0.config)).clone()
    }
}

/// An HTTP connector that trusts `roots` (PEM) and nothing else; it speaks plain HTTP too, which only
/// a validated local address ever asks for.
pub(crate) fn connector(roots: &[u8], connect_timeout: Duration) -> SharedHttpConnector {
    let trust = TrustStore::empty().with_pem_certificate(roots);
    let tls = TlsContext::builder().with_trust_store(trust).build();
    let settings = HttpConnectorSettings::builder().connect_timeout(connect_timeout).build();
    let builder = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new());
    // Building a context without client certificates cannot fail; the default would read native roots.
    let builder = match tls {
        Ok(context) => builder.tls_context(context),
        Err(_) => builder,
    };
    SharedHttpConnector::new(builder.build())
}

/// A key to read during init, which no row has: ids that sessions and messages carry are not empty, and this one holds a
/// control character that no issuer writes.
pub const NOBODY: &str = "\u{0}";

/// Runs one harmless call during init, so that the first request finds the connection open. Its outcome
/// does not matter, and it may not take longer than a second.
pub async fn warm<F: Future>(call: F) {
    let _ = tokio::time::timeout(WARM_TIMEOUT, call).await;
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use super::{AMAZON_ROOTS, Roots};
    use crate::config::FromVariable;

    /// What `AWS_CA_BUNDLE` says of a file with these bytes.
    fn judged(name: &str, pem: &[u8]) -> Result<Vec<u8>, String> {
        let path = std::env::temp_dir().join(format!("tenor-roots-{}-{name}", std::process::id()));
        std::fs::write(&path, pem).unwrap();
        let judged = Roots::from_variable(path.to_str().unwrap()).map(|roots| roots.0);
        std::fs::remove_file(&path).unwrap();
        judged
    }

    #[test]
    fn a_bundle_is_taken_as_it_is_and_what_is_no_root_is_named() {
        assert_eq!(judged("good", AMAZON_ROOTS), Ok(AMAZON_ROOTS.to_vec()));
        assert_eq!(judged("empty", b""), Err("names a file without a certificate".into()));
        let armoured =
            |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        let no_root = judged("no-root", armoured("AAAA").as_bytes()).unwrap_err();
        assert!(no_root.starts_with("names a file with a bad root: "), "{no_root}");
        let no_pem = judged("no-pem", armoured("*").as_bytes()).unwrap_err();
        assert!(no_pem.starts_with("names a file that is no PEM: "), "{no_pem}");
    }

    #[test]
    fn a_bundle_that_is_not_there_is_named() {
        let missing = Roots::from_variable("/nowhere/roots.pem");
        let problem = missing.map(|_| ()).unwrap_err();
        assert!(problem.starts_with("names an unreadable file: "), "{problem}");
    }
}
