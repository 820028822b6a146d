//! renew-contract on the wire (§3, §6).

use domain::instalment::{ContractState, Screen};
use http::StatusCode;
use platform::Scope;
use platform::http::{Answer, BodyRule, Caller, Endpoint, Refusal, Request};
use platform::metrics::{Count, Source};
use platform::session::SessionVerifier;
use serde::Serialize;
use tracing::error;

use super::{Error, Renewed, handle};
use crate::CONTEXT;
use crate::ali_front::{self, Denial};
use crate::deps::{Deps, Settings};

const METHOD: &str = "renew_contract";
const RENEW_OK: Count = Count::of("renew_ok");
const RENEW_REPEAT: Count = Count::of("renew_repeat");
const RENEW_DENIED: Count = Count::of("renew_denied");

/// The endpoint.
#[derive(Debug)]
pub struct RenewContract {
    /// What the operation works with.
    pub deps: Deps,
    /// Verifies Ali-front's sessions.
    pub sessions: SessionVerifier,
}

#[derive(Serialize)]
struct WireRenewal<'a> {
    screen: &'static str,
    state: &'a str,
    contract_closed: bool,
}

impl RenewContract {
    /// Builds the endpoint and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> Self {
        let (deps, sessions) = settings.open().await;
        Self { deps, sessions }
    }
}

impl Endpoint for RenewContract {
    type Caller = ali_front::Caller;
    const SOURCE: Source = Source { context: CONTEXT, function: "renew-contract" };
    const BODY: BodyRule = BodyRule::JSON;

    fn gate(&self) -> &<Self::Caller as Caller>::Gate {
        &self.sessions
    }

    async fn answer(&self, scope: &Scope, request: Request<Self::Caller>) -> Result<Answer, Refusal> {
        let result = match ali_front::open(request, METHOD)? {
            Some(client) => handle(&self.deps, scope, &client).await,
            None => Err(Error::NoContract),
        };
        Ok(match result {
            Ok(Renewed::Now) => renewed(scope, RENEW_OK, "renewed"),
            Ok(Renewed::Before) => renewed(scope, RENEW_REPEAT, "repeated"),
            Err(Error::NoContract) => denied(scope, Denial::AccessDenied),
            Err(Error::NotTerminal) => denied(scope, Denial::ContractNotTerminal),
            Err(failure @ (Error::Raced | Error::Database(_))) => {
                error!(%failure, "the contract could not be renewed");
                ali_front::deny(Denial::Internal)
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        ali_front::refuse(refusal)
    }
}

fn renewed(scope: &Scope, count: Count, outcome: &'static str) -> Answer {
    scope.count(count);
    let (screen, state) = (Screen::WantedLimit, ContractState::Init);
    let body = WireRenewal { screen: screen.as_str(), state: state.as_str(), contract_closed: false };
    Answer::json(StatusCode::OK, outcome, &body)
}

fn denied(scope: &Scope, denial: Denial) -> Answer {
    scope.count(RENEW_DENIED);
    ali_front::deny(denial)
}
