use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jiff::Timestamp;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use serde_json::value::RawValue;
use tracing::{Instrument, info, info_span, warn};

use super::event::{Event, Parts};
use super::request::{json_body, text_body};
use super::{Answer, Caller, Refusal, Request};
use crate::metrics::{self, Entry, INTERNAL_ERROR, PANIC, Source};
use crate::scope::{DEADLINE_MARGIN, correlation_id};
use crate::{Clock, Output, Scope};

const CORRELATION_HEADER: &str = "x-correlation-id";

/// An operation that is reached over HTTP.
pub trait Endpoint {
    /// Who may call it.
    type Caller: Caller;
    /// The function it is.
    const SOURCE: Source;
    /// What body it takes.
    const BODY: BodyRule;

    /// What verifies the caller.
    fn gate(&self) -> &<Self::Caller as Caller>::Gate;

    /// Answers a request; every error of the operation is mapped to the wire here.
    ///
    /// # Errors
    /// [`Refusal::Json`] or [`Refusal::Request`]: the body is not what the operation takes.
    fn answer(
        &self,
        scope: &Scope,
        request: Request<Self::Caller>,
    ) -> impl Future<Output = Result<Answer, Refusal>>;

    /// The wire format of what the entry point refuses; the endpoint may count it in `scope`.
    fn refuse(&self, scope: &Scope, refusal: &Refusal) -> Answer;
}

/// What body a route takes.
#[derive(Clone, Copy, Debug)]
pub enum BodyRule {
    /// One JSON value of at most `limit` bytes after decoding.
    Json {
        /// The limit in bytes.
        limit: usize,
    },
    /// Any UTF-8 text of at most `limit` bytes after decoding; its content type is the endpoint's to judge.
    Text {
        /// The limit in bytes.
        limit: usize,
    },
    /// None: what comes is not looked at.
    Unread,
}

impl BodyRule {
    /// The limit of every route but pushOrder: 1 MiB.
    pub const JSON: Self = Self::Json { limit: 1_048_576 };
}

/// Answers one event of API Gateway. `request_id` and `deadline` are the invocation's.
pub async fn respond<E: Endpoint>(
    endpoint: &E,
    clock: &Clock,
    output: &Output,
    request_id: &str,
    deadline: Timestamp,
    event: &RawValue,
) -> ApiGatewayV2httpResponse {
    let started = clock.now();
    let parts = Event::read(event).map(Event::into_parts);
    let offered = parts.as_ref().ok().and_then(|parts| parts.presented.headers.get(CORRELATION_HEADER));
    let correlation = correlation_id(offered, request_id);
    let scope = Scope::new(request_id.to_owned(), correlation, deadline, clock.clone());
    let span = info_span!(
        "request",
        request_id = scope.request_id(),
        correlation_id = scope.correlation_id(),
        function = E::SOURCE.function,
        context = E::SOURCE.context,
    );
    async {
        let answer = guarded(endpoint, &scope, parts).await;
        let latency_ms = clock.milliseconds_since(started);
        if answer.is_our_fault() {
            scope.count(INTERNAL_ERROR);
        }
        info!(
            outcome = answer.outcome(),
            status = answer.status().as_u16(),
            latency_ms,
            read_unit_halves = scope.units().read_halves(),
            write_unit_halves = scope.units().write_halves(),
            "request"
        );
        metrics::write(output, E::SOURCE, Entry::Http, &scope, latency_ms);
        answer.into_event(scope.correlation_id())
    }
    .instrument(span)
    .await
}

/// Runs the operation so that neither a panic nor a time-out leaves the caller without an answer.
async fn guarded<E: Endpoint>(endpoint: &E, scope: &Scope, parts: Result<Parts<'_>, Refusal>) -> Answer {
    let allowed = scope.remaining().saturating_sub(DEADLINE_MARGIN);
    // Boxed: the operation's future is large, and moved only once this way.
    let run = AssertUnwindSafe(Box::pin(admitted(endpoint, scope, parts))).catch_unwind();
    let refusal = match tokio::time::timeout(allowed, run).await {
        Ok(Ok(Ok(answer))) => return answer,
        Ok(Ok(Err(refusal))) => refusal,
        Ok(Err(_)) => {
            scope.count(PANIC);
            Refusal::Panicked
        }
        Err(_) => Refusal::TimedOut,
    };
    warn!(refusal = %refusal, "refused");
    endpoint.refuse(scope, &refusal)
}

async fn admitted<E: Endpoint>(
    endpoint: &E,
    scope: &Scope,
    parts: Result<Parts<'_>, Refusal>,
) -> Result<Answer, Refusal> {
    let Parts { presented, target, body } = parts?;
    let caller = E::Caller::admit(endpoint.gate(), &presented, scope.now()).map_err(Refusal::Denied)?;
    let body = match E::BODY {
        BodyRule::Json { limit } => json_body(&presented.headers, body, limit)?,
        BodyRule::Text { limit } => text_body(body, limit)?,
        BodyRule::Unread => String::new(),
    };
    endpoint.answer(scope, Request::new(caller, presented.headers, target, body)).await
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use http::StatusCode;
    use lambda_http::Body;
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    use super::{BodyRule, Endpoint, respond};
    use crate::http::{Answer, IamCaller, Refusal, Request};
    use crate::metrics::{Count, Source};
    use crate::{Clock, Output, Scope};

    /// Answers every call that is let through with its own 200, marked as our fault or not.
    struct AlwaysOk {
        our_fault: bool,
    }

    impl Endpoint for AlwaysOk {
        type Caller = IamCaller;
        const SOURCE: Source = Source { context: "test", function: "always-ok" };
        const BODY: BodyRule = BodyRule::Unread;

        fn gate(&self) -> &() {
            &()
        }

        async fn answer(&self, _: &Scope, _: Request<IamCaller>) -> Result<Answer, Refusal> {
            let answer = Answer::json(StatusCode::OK, "answered", &json!({"code": "0000"}));
            Ok(if self.our_fault { answer.our_fault() } else { answer })
        }

        fn refuse(&self, scope: &Scope, _: &Refusal) -> Answer {
            scope.count(Count::of("refused_calls"));
            Answer::forbidden()
        }
    }

    async fn call(our_fault: bool, event: &Value) -> (i64, Option<Body>, Output) {
        let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
        let deadline = clock.now() + std::time::Duration::from_secs(3);
        let output = Output::memory();
        let event = to_raw_value(event).unwrap();
        let endpoint = AlwaysOk { our_fault };
        let answer = respond(&endpoint, &clock, &output, "r-1", deadline, &event).await;
        (answer.status_code, answer.body, output)
    }

    #[tokio::test]
    async fn an_answer_of_200_counts_as_our_fault_only_when_it_is_marked() {
        let signed = json!({"requestContext": {"authorizer": {"iam": {}}}});
        for our_fault in [true, false] {
            let (status, _, output) = call(our_fault, &signed).await;
            assert_eq!(status, 200);
            assert_eq!(output.text().contains(r#""internal_error":1"#), our_fault);
        }
    }

    #[tokio::test]
    async fn a_refusal_is_counted_by_the_endpoint_and_answered_as_api_gateway_would() {
        let (status, body, output) = call(false, &json!({})).await;
        assert_eq!(status, 403);
        assert_eq!(body, Some(Body::Text(r#"{"message":"Forbidden"}"#.to_owned())));
        assert!(output.text().contains(r#""refused_calls":1"#));
        assert!(!output.text().contains("internal_error"));
    }
}
