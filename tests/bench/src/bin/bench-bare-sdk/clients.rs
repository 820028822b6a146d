//! The clients: one connector on ring with only the roots that are needed, region and credentials explicit,
//! the connection opened during init, as design and functions have it.

use std::time::Duration;
use std::{env, fs};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnector as _, HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::body::SdkBody;
use aws_types::SdkConfig;
use bench::Error;
use http_body_util::BodyExt as _;
use serde::Deserialize;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// The lender's API.
pub(crate) struct Lender {
    connector: SharedHttpConnector,
    url: String,
}

/// What the lender says of a line.
#[derive(Deserialize)]
pub(crate) struct Line {
    /// Whose line it is.
    pub(crate) contract_number: String,
    /// Whether it is closed.
    pub(crate) status: String,
}

/// AWS's clients, over one connector.
pub(crate) struct Aws(SdkConfig);

impl Aws {
    /// Reads the functions' own variables.
    pub(crate) fn read() -> Result<Self, Error> {
        let roots = fs::read(env::var("AWS_CA_BUNDLE")?)?;
        let connector = connector(TrustStore::empty().with_pem_certificate(roots))?;
        let credentials = Credentials::new(
            env::var("AWS_ACCESS_KEY_ID")?,
            env::var("AWS_SECRET_ACCESS_KEY")?,
            env::var("AWS_SESSION_TOKEN").ok(),
            None,
            "environment",
        );
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(env::var("AWS_REGION")?))
            .endpoint_url(env::var("AWS_ENDPOINT_URL")?)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .sleep_impl(TokioSleep::new())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        Ok(Self(config))
    }

    /// DynamoDB's.
    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.0)
    }

    /// The bus's.
    pub(crate) fn eventbridge(&self) -> aws_sdk_eventbridge::Client {
        aws_sdk_eventbridge::Client::new(&self.0)
    }

    /// The objects', set up as the functions have it.
    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.0)
            .force_path_style(true)
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .disable_s3_express_session_auth(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// The queues'.
    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.0)
    }

    /// Parameter Store's.
    pub(crate) fn ssm(&self) -> aws_sdk_ssm::Client {
        aws_sdk_ssm::Client::new(&self.0)
    }
}

impl Lender {
    /// Reads the functions' own variable.
    pub(crate) fn read() -> Result<Self, Error> {
        Ok(Self { connector: of_partner()?, url: env::var("MKK_URL")? })
    }

    /// Asks for a line.
    pub(crate) async fn line(&self, number: &str) -> Result<Line, Error> {
        let request = http::Request::get(format!("{}/lines/{number}", self.url)).body(SdkBody::empty())?;
        let answer = self.connector.call(request.try_into()?).await?;
        Ok(serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?)
    }
}

/// A connector to a partner, which is played over plain HTTP.
pub(crate) fn of_partner() -> Result<SharedHttpConnector, Error> {
    connector(TrustStore::empty())
}

fn connector(trust: TrustStore) -> Result<SharedHttpConnector, Error> {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build();
    let connector = Connector::builder()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(TlsContext::builder().with_trust_store(trust).build()?)
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .build();
    Ok(SharedHttpConnector::new(connector))
}
