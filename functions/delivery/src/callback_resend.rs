//! `POST /ops/callbacks/resend` (design §5): has what was given up sent again, one callback or all since an instant.

use std::collections::BTreeSet;
use std::time::Duration;

use http::StatusCode;
use jiff::Timestamp;
use platform::callbacks::{CallbackId, CallbackStore, WakeUps};
use platform::config::Environment;
use platform::dynamodb::DynamoDbError;
use platform::http::{Answer, BodyRule, Caller, Endpoint, IamCaller, Refusal, Request};
use platform::metrics::Source;
use platform::{Scope, rfc3339};
use serde::{Deserialize, Serialize};
use tracing::{error, info};

use crate::CONTEXT;
use crate::ops::{self, CallbackSettings};

/// How many callbacks one call has sent again at most. It may be fewer than there are, when the database fails in between
/// or little time is left: whoever wants all calls again until it is none.
pub const MOST: usize = 25;
/// With less time left nothing more is begun.
const LEAST_TIME: Duration = Duration::from_secs(3);

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    base: CallbackSettings,
    queue_url: String,
}

/// The endpoint.
#[derive(Debug)]
pub struct CallbackResend {
    /// The callbacks.
    pub store: CallbackStore,
    /// The worker's queue.
    pub wake_ups: WakeUps,
}

/// One of the two.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireRequest {
    callback_id: Option<String>,
    dead_since: Option<String>,
}

#[derive(Serialize)]
struct WireResent {
    resent: usize,
}

/// What is asked for.
enum Asked {
    One(CallbackId),
    /// Nothing that an id could name.
    Nothing,
    DeadSince(Timestamp),
}

/// What came of it.
enum Resent {
    So(usize),
    NotDead,
    Unknown,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = CallbackSettings::read(environment);
        let queue_url = WakeUps::read_queue(environment);
        Some(Self { base: base?, queue_url: queue_url? })
    }
}

impl CallbackResend {
    /// Builds the endpoint and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> Self {
        let (aws, store) = settings.base.connect();
        store.warm().await;
        Self { store, wake_ups: WakeUps::new(aws.sqs(), settings.queue_url) }
    }

    async fn handle(&self, scope: &Scope, asked: &Asked) -> Result<Resent, DynamoDbError> {
        match asked {
            Asked::One(id) => self.one(scope, id).await,
            Asked::Nothing => Ok(Resent::Unknown),
            Asked::DeadSince(since) => self.since(scope, *since).await.map(Resent::So),
        }
    }

    async fn one(&self, scope: &Scope, id: &CallbackId) -> Result<Resent, DynamoDbError> {
        if !self.store.resend(scope, id).await? {
            let is_there = self.store.callback(scope, id).await?.is_some();
            return Ok(if is_there { Resent::NotDead } else { Resent::Unknown });
        }
        info!(callback_id = id.to_text(), "resent");
        self.wake_ups.send(scope, &[&id.order]).await;
        Ok(Resent::So(1))
    }

    /// What fails in between leaves the rest dead: the next call takes it. What was resent is woken for all the same.
    async fn since(&self, scope: &Scope, since: Timestamp) -> Result<usize, DynamoDbError> {
        let mut resent = Vec::new();
        let failure = self.resend_since(scope, since, &mut resent).await.err();
        let orders: BTreeSet<&str> = resent.iter().map(|id: &CallbackId| id.order.as_str()).collect();
        self.wake_ups.send(scope, &Vec::from_iter(orders)).await;
        match failure {
            Some(failure) if resent.is_empty() => Err(failure),
            Some(failure) => {
                error!(%failure, resent = resent.len(), "not everything could be resent");
                Ok(resent.len())
            }
            None => Ok(resent.len()),
        }
    }

    async fn resend_since(
        &self,
        scope: &Scope,
        since: Timestamp,
        resent: &mut Vec<CallbackId>,
    ) -> Result<(), DynamoDbError> {
        let mut from = None;
        loop {
            let page = self.store.dead_since(scope, since, from).await?;
            for listed in page.items {
                if resent.len() == MOST || scope.remaining() < LEAST_TIME {
                    return Ok(());
                }
                // The index lags behind: what is no longer dead is left as it is.
                if self.store.resend(scope, &listed.id).await? {
                    info!(callback_id = listed.id.to_text(), "resent");
                    resent.push(listed.id);
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(());
            }
        }
    }
}

impl Asked {
    fn read(wire: &WireRequest) -> Result<Self, Refusal> {
        let wrong = |problem: &str| Err(Refusal::Request(problem.to_owned()));
        match (&wire.callback_id, &wire.dead_since) {
            (Some(id), None) => Ok(CallbackId::parse(id).map_or(Self::Nothing, Self::One)),
            (None, Some(since)) => match rfc3339::parse(since) {
                Some(since) => Ok(Self::DeadSince(since)),
                None => wrong("dead_since is no RFC 3339 instant"),
            },
            (Some(_), Some(_)) | (None, None) => wrong("either callback_id or dead_since"),
        }
    }
}

impl Endpoint for CallbackResend {
    type Caller = IamCaller;
    const SOURCE: Source = Source { context: CONTEXT, function: "callback-resend" };
    const BODY: BodyRule = BodyRule::JSON;

    fn gate(&self) -> &<Self::Caller as Caller>::Gate {
        &()
    }

    async fn answer(&self, scope: &Scope, request: Request<IamCaller>) -> Result<Answer, Refusal> {
        let asked = Asked::read(&request.json()?)?;
        Ok(match self.handle(scope, &asked).await {
            Ok(Resent::So(resent)) => Answer::json(StatusCode::OK, "resent", &WireResent { resent }),
            Ok(Resent::NotDead) => ops::failure(StatusCode::CONFLICT, "not_dead", "the callback is not dead"),
            Ok(Resent::Unknown) => {
                ops::failure(StatusCode::NOT_FOUND, "unknown", "there is no such callback")
            }
            Err(failure) => {
                error!(%failure, "callbacks could not be resent");
                ops::unavailable()
            }
        })
    }

    fn refuse(&self, _: &Scope, refusal: &Refusal) -> Answer {
        ops::refuse(refusal)
    }
}
