//! `POST /credit/temp-credit/cancel` (`TempCreditResource#cancelTempCredit`, §3.2).

use domain::quota::{Amount, Code, GrantId};
use http::StatusCode;
use platform::Scope;
use platform::config::Environment;
use platform::http::{Answer, BodyRule, Caller, Endpoint, Refusal, Request};
use platform::metrics::Source;
use platform::outbox::OutboxSettings;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::CONTEXT;
use crate::cancel::{self, Cancelling, Error};
use crate::credit_man::{self, WireResult};
use crate::deps;

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    deps: deps::Settings,
    outbox: OutboxSettings,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let deps = deps::Settings::read(environment);
        let outbox = OutboxSettings::read(environment);
        Some(Self { deps: deps?, outbox: outbox? })
    }
}

/// The endpoint.
#[derive(Debug)]
pub struct CancelTempCredit(pub Cancelling);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRequest {
    pin: String,
    business_type: String,
    business_id: String,
}

#[derive(Serialize)]
struct WireAnswer {
    result: WireResult,
    /// Spelled so.
    #[serde(skip_serializing_if = "Option::is_none")]
    changelimit: Option<Box<RawValue>>,
}

impl CancelTempCredit {
    /// Builds the endpoint and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> Self {
        let (deps, aws) = settings.deps.connect();
        deps.store.warm_grants().await;
        Self(Cancelling { deps, outbox: settings.outbox.connect(&aws) })
    }
}

fn answer(code: Code, change_limit: Option<Amount>) -> WireAnswer {
    WireAnswer { result: code.into(), changelimit: change_limit.and_then(credit_man::amount) }
}

impl Endpoint for CancelTempCredit {
    type Caller = credit_man::Caller;
    const SOURCE: Source = Source { context: CONTEXT, function: "cancel-temp-credit" };
    const BODY: BodyRule = BodyRule::JSON;

    fn gate(&self) -> &<Self::Caller as Caller>::Gate {
        &()
    }

    async fn answer(&self, scope: &Scope, request: Request<Self::Caller>) -> Result<Answer, Refusal> {
        let wire: WireRequest = request.json()?;
        let pin = credit_man::pin(&wire.pin)?;
        let id = GrantId::new(&wire.business_type, &wire.business_id)
            .map_err(|error| Refusal::Request(error.to_string()))?;
        Ok(match cancel::handle(&self.0, scope, &pin, &id).await {
            Ok(cancelled) => {
                let outcome = if cancelled.repeated { "repeated" } else { "cancelled" };
                Answer::json(StatusCode::OK, outcome, &answer(Code::Success, Some(cancelled.change_limit)))
            }
            Err(refused) => {
                if let Error::Database(failure) = &refused {
                    cancel::tell(failure, &pin, &id);
                }
                credit_man::fail(refused.code(), &answer(refused.code(), None))
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        credit_man::refuse(refusal, Code::SystemException, |code| answer(code, None))
    }
}
