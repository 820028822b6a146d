//! The AWS clients of a function. Cold start is designed in (docs/ARCHITECTURE.md, Cold start): region and
//! credentials are explicit, so no provider chain runs; one connector on ring with only Amazon's roots
//! serves every client; its connection is opened during init.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::config::{Environment, Variable};

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

/// Which account, region and endpoint the clients speak to.
#[derive(Clone)]
pub struct AwsSettings {
    /// The region, e.g. `eu-central-1`.
    pub region: String,
    /// The credentials that every request is signed with.
    pub credentials: Credentials,
    /// Another endpoint than AWS's own.
    pub endpoint_url: Option<String>,
}

impl AwsSettings {
    /// Reads what Lambda sets.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let region = environment.read(AWS_REGION);
        let key: Option<String> = environment.read(AWS_ACCESS_KEY_ID);
        let secret: Option<String> = environment.read(AWS_SECRET_ACCESS_KEY);
        let token = environment.read_optional(AWS_SESSION_TOKEN);
        let endpoint_url = environment.read_optional(AWS_ENDPOINT_URL);
        let credentials = Credentials::new(key?, secret?, token?, None, "environment");
        Some(Self { region: region?, credentials, endpoint_url: endpoint_url? })
    }
}

impl fmt::Debug for AwsSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AwsSettings").field("region", &self.region).finish_non_exhaustive()
    }
}

/// Builds every SDK client of a process over one connector.
#[derive(Clone, Debug)]
pub struct Aws(SdkConfig);

impl Aws {
    /// Clients that speak to AWS, or to the endpoint of the settings.
    #[must_use]
    pub fn connect(settings: AwsSettings) -> Self {
        let connector = connector(AMAZON_ROOTS, CONNECT_TIMEOUT);
        let retries = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        Self::over(settings, http_client_fn(move |_, _| connector.clone()), retries)
    }

    /// Clients over another HTTP client: the seam of the tests.
    #[must_use]
    pub fn over(settings: AwsSettings, http: SharedHttpClient, retries: RetryConfig) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::v2026_01_12())
            .region(Region::new(settings.region))
            .credentials_provider(SharedCredentialsProvider::new(settings.credentials))
            .http_client(http)
            .sleep_impl(TokioSleep::new())
            .retry_config(retries)
            .timeout_config(timeouts);
        config.set_endpoint_url(settings.endpoint_url);
        Self(config.build())
    }

    /// A DynamoDB client.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.0)
    }

    /// An SQS client.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.0)
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

/// Runs one harmless call during init, so that the first request finds the connection open. Its outcome
/// does not matter, and it may not take longer than a second.
pub async fn warm<F: Future>(call: F) {
    let _ = tokio::time::timeout(WARM_TIMEOUT, call).await;
}
