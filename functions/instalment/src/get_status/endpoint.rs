//! get-status on the wire (§3, §13).

use domain::instalment::{ContractNumber, ContractState, Screen};
use http::StatusCode;
use platform::Scope;
use platform::config::{Environment, Variable};
use platform::http::{Answer, BodyRule, Caller, Endpoint, Refusal, Request};
use platform::metrics::Source;
use platform::session::SessionVerifier;
use serde::Serialize;
use tracing::error;

use super::{Error, Status, handle};
use crate::CONTEXT;
use crate::ali_front::{self, Denial};
use crate::deps::{self, Deps};

const METHOD: &str = "get_status";
const CLOSED_SCREEN_BUTTON: Variable = Variable {
    name: "CLOSED_SCREEN_BUTTON",
    meaning: "Whether the closed screen has the button «Оформить» (UI-059) or not (UI-058).",
    default: Some("true"),
};

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    deps: deps::Settings,
    closed_screen_button: bool,
}

/// The endpoint.
#[derive(Debug)]
pub struct GetStatus {
    /// What the operation works with.
    pub deps: Deps,
    /// Verifies Ali-front's sessions.
    pub sessions: SessionVerifier,
    /// UI-059 or UI-058.
    pub closed_screen_button: bool,
}

/// Members in the order of the specification's examples.
#[derive(Serialize)]
struct WireStatus<'a> {
    screen: &'static str,
    contract_closed: bool,
    state: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_screen_button: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<bool>,
}

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let deps = deps::Settings::read(environment);
        let closed_screen_button = environment.read(CLOSED_SCREEN_BUTTON);
        Some(Self { deps: deps?, closed_screen_button: closed_screen_button? })
    }
}

impl GetStatus {
    /// Builds the endpoint and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> Self {
        let (deps, sessions) = settings.deps.open().await;
        Self { deps, sessions, closed_screen_button: settings.closed_screen_button }
    }

    fn wire(&self, status: &Status) -> Answer {
        let contract_closed = status.state == ContractState::Closed;
        let number = match status.screen {
            Screen::MainScreen => status.contract_number.as_ref(),
            Screen::WantedLimit => None,
        };
        let body = WireStatus {
            screen: status.screen.as_str(),
            contract_closed,
            state: status.state.as_str(),
            contract_number: number.map(ContractNumber::as_str),
            closed_screen_button: contract_closed.then_some(self.closed_screen_button),
            stale: status.stale.then_some(true),
        };
        let outcome = match (contract_closed, status.stale) {
            (true, _) => "closed",
            (false, true) => "stale",
            (false, false) => "open",
        };
        Answer::json(StatusCode::OK, outcome, &body)
    }
}

impl Endpoint for GetStatus {
    type Caller = ali_front::Caller;
    const SOURCE: Source = Source { context: CONTEXT, function: "get-status" };
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
            Ok(status) => self.wire(&status),
            Err(Error::NoContract) => ali_front::deny(Denial::AccessDenied),
            Err(Error::Database(failure)) => {
                error!(%failure, "the contract could not be read or closed");
                ali_front::deny(Denial::Internal)
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        ali_front::refuse(refusal)
    }
}
