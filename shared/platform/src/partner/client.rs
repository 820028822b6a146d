use std::error::Error;
use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::connections::{Connections, Connectors};
use super::{Cause, Outcome, Told, retry_after};
use crate::Scope;

/// What is kept back of the invocation's time, to act on the call's outcome.
const DEADLINE_MARGIN: Duration = Duration::from_millis(1_500);
/// Which request or message a call comes from.
pub const CORRELATION_HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// The bounds of every call to one partner.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the whole call, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// The longest answer that is read, in bytes.
    pub answer_bytes: usize,
}

/// One call.
#[derive(Debug)]
pub struct Call {
    /// The HTTP method.
    pub method: Method,
    /// The whole address, percent-encoded.
    pub url: String,
    /// Headers. Without [`CORRELATION_HEADER`] among them the scope's correlation id goes out.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// The client of one partner. It keeps its connections open between calls, and opens new ones for a call with
/// an effect when they have not been used for more than 3 s (design §6).
#[derive(Clone, Debug)]
pub struct PartnerClient {
    connections: Connections,
    limits: Limits,
}

impl PartnerClient {
    /// A client that trusts the bundled public roots.
    #[must_use]
    pub fn connect(connect_timeout: Duration, limits: Limits) -> Self {
        Self::beside(&Connectors::default(), connect_timeout, limits)
    }

    /// The same, beside those of other partners with these connectors.
    #[must_use]
    pub fn beside(connectors: &Connectors, connect_timeout: Duration, limits: Limits) -> Self {
        Self { connections: Connections::of(connectors.clone(), connect_timeout), limits }
    }

    /// A client over another connector: the seam of the tests.
    #[must_use]
    pub fn over(connector: SharedHttpConnector, limits: Limits) -> Self {
        Self { connections: Connections::over(connector), limits }
    }

    /// Sends `call` once and reads its answer, within the limits and what is left of the invocation.
    pub async fn send(&self, scope: &Scope, call: Call) -> Outcome {
        self.send_told(scope, call).await.outcome
    }

    /// The same, for a caller that comes again later: with what the answer says of when.
    pub async fn send_told(&self, scope: &Scope, call: Call) -> Told {
        let allowed = self.limits.timeout.min(scope.remaining().saturating_sub(DEADLINE_MARGIN));
        // Begun for nothing, it might still arrive.
        if allowed.is_zero() {
            return Told { outcome: Outcome::NotSent(Cause::NoTime), retry_after: None };
        }
        let connector = self.connections.at(scope.now(), &call.method);
        let mut told = None;
        let outcome = match request(scope, call) {
            None => Outcome::NotSent(Cause::Malformed),
            Some(request) => {
                let exchange = self.exchange(&connector, request, &mut told);
                tokio::time::timeout(allowed, exchange).await.unwrap_or(Outcome::Unknown(Cause::TimedOut))
            }
        };
        self.connections.used(scope.now());
        let retry_after = told.and_then(|text| retry_after::read(&text, scope.now()));
        Told { outcome, retry_after }
    }

    /// What a call may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.limits.timeout
    }

    /// Whether a call would be begun now, beside what is kept back to act on its outcome.
    #[must_use]
    pub fn has_time(scope: &Scope) -> bool {
        scope.remaining() > DEADLINE_MARGIN
    }

    async fn exchange(
        &self,
        connector: &SharedHttpConnector,
        request: HttpRequest,
        told: &mut Option<String>,
    ) -> Outcome {
        let response = match connector.call(request).await {
            Ok(response) => response,
            Err(error) => return failed(&error),
        };
        *told = response.headers().get(RETRY_AFTER.as_str()).map(str::to_owned);
        let status = StatusCode::from_u16(response.status().as_u16()).unwrap_or_default();
        match Limited::new(response.into_body(), self.limits.answer_bytes).collect().await {
            Ok(body) => Outcome::of(status, body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Outcome::Unknown(Cause::TooLong),
            Err(_) => Outcome::Unknown(Cause::Lost),
        }
    }
}

fn request(scope: &Scope, call: Call) -> Option<HttpRequest> {
    let mut request =
        Request::builder().method(call.method).uri(call.url).body(SdkBody::from(call.body)).ok()?;
    request.headers_mut().extend(call.headers);
    let correlation = HeaderValue::from_str(scope.correlation_id()).ok()?;
    request.headers_mut().entry(CORRELATION_HEADER).or_insert(correlation);
    request.try_into().ok()
}

/// A connection that was never made is told from one that broke: only the first may be repeated blindly.
fn failed(error: &ConnectorError) -> Outcome {
    let mut source: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = source {
        let refused = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        if current
            .downcast_ref::<hyper_util::client::legacy::Error>()
            .is_some_and(hyper_util::client::legacy::Error::is_connect)
            || current.downcast_ref::<io::Error>().is_some_and(refused)
        {
            return Outcome::NotSent(Cause::Connect);
        }
        source = current.source();
    }
    let cause = if error.is_timeout() { Cause::TimedOut } else { Cause::Lost };
    Outcome::Unknown(cause)
}
