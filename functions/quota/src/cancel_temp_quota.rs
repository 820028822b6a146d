//! `POST /gw/generic/bt/{na,h5}/m/cancelTempQuota` (§4.2): the user gives a grant back. Members stand in the order of
//! the specification's examples.

mod metrics;

use domain::quota::{Code, GrantId, Operation, Pin};
use futures_util::future::join;
use http::StatusCode;
use platform::Scope;
use platform::aws::Aws;
use platform::config::Environment;
use platform::http::{Answer, BodyRule, Caller, Endpoint, Refusal, Request};
use platform::metrics::Source;
use platform::outbox::OutboxSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::CONTEXT;
use crate::cancel::{self, Cancelled, Cancelling, Error};
use crate::gateway::{self, Gateway};
use metrics::Label;

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    gateway: gateway::Settings,
    outbox: OutboxSettings,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let gateway = gateway::Settings::read(environment);
        let outbox = OutboxSettings::read(environment);
        Some(Self { gateway: gateway?, outbox: outbox? })
    }
}

/// The endpoint.
#[derive(Debug)]
pub struct CancelTempQuota(pub Gateway<Cancelling>);

/// Each member is judged by itself, since a failure is counted under the business type where there is one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest {
    business_type: Option<Value>,
    business_id: Option<Value>,
}

#[derive(Serialize)]
struct WireAnswer<'a> {
    issuccess: u8,
    error_msg: &'a str,
    code: &'a str,
}

impl CancelTempQuota {
    /// Builds the endpoint and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> Self {
        let with = async |deps, aws: &Aws| Cancelling { deps, outbox: settings.outbox.connect(aws) };
        Self(Gateway::open(settings.gateway, with).await)
    }

    async fn cancel(
        &self,
        scope: &Scope,
        pin: Option<&Pin>,
        request: &WireRequest,
    ) -> Result<Cancelled, Error> {
        let (Some(pin), Some(id)) = (pin, request.grant_id()) else { return Err(Error::Absent) };
        let cancelled = cancel::handle(&self.0.deps, scope, pin, &id).await;
        if let Err(Error::Database(failure)) = &cancelled {
            cancel::tell(failure, pin, &id);
        }
        cancelled
    }

    fn succeeded(&self, scope: &Scope, label: Label, cancelled: Cancelled) -> Answer {
        metrics::count_success(scope, label, cancelled);
        self.say(StatusCode::OK, if cancelled.repeated { "repeated" } else { "cancelled" }, Code::Success)
    }

    fn failed(&self, scope: &Scope, label: Label, code: Code) -> Answer {
        let texts = self.0.texts.current();
        metrics::count_failure(scope, label, texts.wording(Operation::Cancel, code.as_str()).code);
        let answer = self.say(StatusCode::OK, code.as_str(), code);
        if code.is_our_fault() { answer.our_fault() } else { answer }
    }

    fn say(&self, status: StatusCode, outcome: &'static str, code: Code) -> Answer {
        let texts = self.0.texts.current();
        let wording = gateway::wording(&texts, Operation::Cancel, code);
        let issuccess = gateway::issuccess(wording);
        Answer::json(status, outcome, &WireAnswer { issuccess, error_msg: wording.text, code: wording.code })
    }
}

impl WireRequest {
    /// A number is no business type: it would lose digits and zeros.
    fn business_type(&self) -> Option<&str> {
        self.business_type.as_ref().and_then(Value::as_str)
    }

    fn grant_id(&self) -> Option<GrantId> {
        let business_id = self.business_id.as_ref().and_then(Value::as_str)?;
        GrantId::new(self.business_type()?, business_id).ok()
    }
}

impl Endpoint for CancelTempQuota {
    type Caller = gateway::Caller;
    const SOURCE: Source = Source { context: CONTEXT, function: "cancel-temp-quota" };
    const BODY: BodyRule = BodyRule::JSON;

    fn gate(&self) -> &<Self::Caller as Caller>::Gate {
        &self.0.sessions
    }

    async fn answer(&self, scope: &Scope, request: Request<Self::Caller>) -> Result<Answer, Refusal> {
        let wire: WireRequest = request.json()?;
        let label = Label::of(wire.business_type());
        metrics::count_request(scope, label);
        let pin = gateway::pin(request.caller);
        let cancelled = self.cancel(scope, pin.as_ref(), &wire);
        // Boxed: the future of both is large.
        let (cancelled, ()) = Box::pin(join(cancelled, self.0.texts.refresh(scope))).await;
        Ok(match cancelled {
            Ok(cancelled) => self.succeeded(scope, label, cancelled),
            Err(failure) => self.failed(scope, label, failure.code()),
        })
    }

    fn refuse(&self, scope: &Scope, refusal: &Refusal) -> Answer {
        let (status, code) = gateway::refused(refusal, Code::SystemException);
        if status != StatusCode::OK {
            return self.say(status, code.as_str(), code);
        }
        let label = metrics::counted_request(scope).unwrap_or_else(|| {
            metrics::count_request(scope, Label::UNKNOWN);
            Label::UNKNOWN
        });
        self.failed(scope, label, code)
    }
}
