//! Signed AWS calls to the engine.

mod cloudformation;
mod events;
mod http_api;
mod iam;
mod json;
mod lambda;
mod s3;

pub use cloudformation::Stack;
pub use json::{JsonService, Message, Receive};

use std::time::SystemTime;

use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use http::Request;

use crate::{Credentials, Error, Http, Response, Result};

/// The engine's AWS endpoint, with the credentials that sign each call.
#[derive(Debug)]
pub struct Engine {
    http: Http,
    endpoint: String,
    region: String,
    credentials: aws_credential_types::Credentials,
}

impl Engine {
    /// A client of the engine at `endpoint`.
    #[must_use]
    pub fn new(endpoint: &str, region: &str, credentials: &Credentials) -> Self {
        Self::over(Http::new(), endpoint, region, credentials)
    }

    /// A client of one service of AWS, named as in its addresses (`sqs`), at an endpoint of `https:`, the service's own in
    /// that region when none is named, which one of the `roots` (PEM) must vouch for.
    ///
    /// # Errors
    /// When there is no root among them.
    pub fn over_tls(
        service: &str,
        endpoint: Option<&str>,
        region: &str,
        credentials: &Credentials,
        roots: &[u8],
    ) -> Result<Self> {
        let endpoint = endpoint.map_or_else(|| own_endpoint(service, region), str::to_owned);
        Ok(Self::over(Http::trusting(roots)?, &endpoint, region, credentials))
    }

    /// The same over another HTTP client.
    fn over(http: Http, endpoint: &str, region: &str, credentials: &Credentials) -> Self {
        Self {
            http,
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            region: region.to_owned(),
            credentials: aws_credential_types::Credentials::from_keys(
                &credentials.access_key_id,
                &credentials.secret_access_key,
                credentials.session_token.clone(),
            ),
        }
    }

    /// Signs and sends `request`, whose URI is a path of the engine. A status of 300 or more is an error that
    /// names `operation`.
    fn call(&self, service: &str, operation: &str, mut request: Request<Vec<u8>>) -> Result<Response> {
        let url = format!("{}{}", self.endpoint, request.uri());
        *request.uri_mut() = url.parse().map_err(|error| Error::unsendable(&url, &error))?;
        self.sign(service, &mut request)?;
        let answer = self.http.send(request)?;
        if answer.status < 300 {
            return Ok(answer);
        }
        Err(Error::Refused { operation: operation.to_owned(), status: answer.status, body: answer.text() })
    }

    /// Signs a whole request with our own key, for the service that will check it.
    pub(crate) fn sign(&self, service: &str, request: &mut Request<Vec<u8>>) -> Result<()> {
        let url = request.uri().to_string();
        self.try_sign(service, request).map_err(|error| Error::unsendable(url, &error))
    }

    fn try_sign(
        &self,
        service: &str,
        request: &mut Request<Vec<u8>>,
    ) -> std::result::Result<(), Box<dyn std::error::Error>> {
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(service)
            .time(SystemTime::now())
            .settings(settings)
            .build()?
            .into();
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| Ok((name.as_str(), value.to_str()?)))
            .collect::<std::result::Result<Vec<_>, http::header::ToStrError>>()?;
        let signable = SignableRequest::new(
            request.method().as_str(),
            request.uri().to_string(),
            headers.into_iter(),
            SignableBody::Bytes(request.body()),
        )?;
        let (instructions, _signature) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }
}

/// AWS's endpoint of a service in a region.
fn own_endpoint(service: &str, region: &str) -> String {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    format!("https://{service}.{region}.amazonaws.com{suffix}")
}

/// Finishes a request for `operation`.
fn built(operation: &str, request: http::request::Builder, body: Vec<u8>) -> Result<Request<Vec<u8>>> {
    request.body(body).map_err(|error| Error::unsendable(operation, &error))
}

#[cfg(test)]
mod tests {
    use super::own_endpoint;

    #[test]
    fn the_regions_of_china_have_a_domain_of_their_own() {
        assert_eq!(own_endpoint("ssm", "eu-central-1"), "https://ssm.eu-central-1.amazonaws.com");
        assert_eq!(own_endpoint("sqs", "cn-north-1"), "https://sqs.cn-north-1.amazonaws.com.cn");
    }
}
