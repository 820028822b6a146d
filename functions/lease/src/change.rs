//! How anything is asked of Ant (§12, Unknown outcomes). The intent is written on the order before the call goes out,
//! and the outcome after it: a crash anywhere leaves either nothing or an outcome that a question resolves, and what may
//! have happened is never asked for again.

use domain::lease::{
    Intent, Judgement, Observation, Order, OrderState, Source, Wish, begun, cleared, judge, observe,
    succeeded,
};
use platform::Scope;
use platform::metrics::Count;
use serde_json::{Map, Value};
use tracing::{error, warn};

use crate::ant::{self, Parameters, Reply};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::{
    Answered, Commit, Committed, Document, Entry, Kind, OnBehalf, Progress, RequestKey, StoredOrder,
};
use crate::{admit, telling, wire};

/// How often a write is tried that others stood in the way of.
const TRIES: u32 = 5;
/// Outcomes that are not known: a question resolves each.
const UNKNOWN_OUTCOME: Count = Count::of("lease_unknown_outcome");

/// A call of our API about one order.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The caller's ARN, for the history.
    pub who: String,
    /// Which generation of systems calls.
    pub source: Source,
    /// The function that is called.
    pub operation: &'static str,
    /// The caller's Idempotency-Key, if there is one.
    pub request: Option<RequestKey>,
    /// Whether the caller may override a precondition.
    pub may_override: bool,
}

/// Something to ask of Ant.
#[derive(Debug)]
pub struct Step {
    /// What is wanted, with what the rules need to know.
    pub wish: Wish,
    /// What Ant is told.
    pub parameters: Parameters,
    /// Documents that are kept from the start.
    pub documents: Vec<Document>,
    /// Why, for the history.
    pub why: String,
    /// Whether its success is all that the caller asked for.
    pub answers: bool,
}

/// What is done.
#[derive(Clone, Debug)]
pub struct Done {
    /// The order as it stands.
    pub stored: StoredOrder,
    /// What is told of it, beside its id and state.
    pub data: Map<String, Value>,
    /// Whether the answer is kept under the caller's Idempotency-Key already.
    pub kept: bool,
}

/// How an operation began.
#[derive(Debug)]
pub enum Begun {
    /// The intent is written: Ant may be called.
    Sent(StoredOrder),
    /// It was done before.
    Before(StoredOrder),
    /// Only the terms can tell whether it may be done.
    NeedsTerms(StoredOrder),
}

impl Caller {
    /// Whether the override that was asked for counts.
    ///
    /// # Errors
    /// It was asked for by somebody who may not.
    pub fn overrides(&self, asked: bool) -> Result<bool, Failure> {
        if asked && !self.may_override { Err(Failure::Forbidden) } else { Ok(asked) }
    }
}

impl Step {
    /// A step that is the whole of its operation.
    #[must_use]
    pub fn new(wish: Wish, parameters: Parameters, why: impl Into<String>) -> Self {
        Self { wish, parameters, documents: vec![], why: why.into(), answers: true }
    }
}

/// Asks Ant for one thing, whatever comes of it.
///
/// # Errors
/// It may not be asked for, or Ant did not say OK.
pub async fn carry_out(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    stored: StoredOrder,
    step: Step,
) -> Result<Done, Failure> {
    match begin(deps, scope, caller, stored, &step).await? {
        Begun::Before(stored) => Ok(Done { stored, data: Map::new(), kept: false }),
        // Only a close asks for terms, and it asks for them itself.
        Begun::NeedsTerms(_) => Err(Failure::Precondition("terms are not paid")),
        Begun::Sent(stored) => {
            let method = step.wish.intent.method();
            let outcome = deps.ant.change(scope, method, &step.parameters).await;
            settle(deps, scope, caller, stored, &step, outcome, &[]).await
        }
    }
}

/// Writes the intent on the order, if the rules let it.
///
/// # Errors
/// The rules forbid it, or the database failed.
pub async fn begin(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    mut stored: StoredOrder,
    step: &Step,
) -> Result<Begun, Failure> {
    for tries in 1..=TRIES {
        match judge(&stored.order, &step.wish, scope.now()) {
            Judgement::FromStore => return Ok(Begun::Before(stored)),
            Judgement::NeedsTerms => return Ok(Begun::NeedsTerms(stored)),
            Judgement::Busy(busy) => return Err(Failure::Busy(busy)),
            Judgement::Conflict(why) => return Err(Failure::Conflict(why)),
            Judgement::Precondition(why) => return Err(Failure::Precondition(why)),
            Judgement::Send => {}
        }
        if deps.ant.is_disabled() {
            return Err(Failure::Ant(ant::Failure::Disabled));
        }
        let next = intended(scope, caller, &stored, &step.wish.intent);
        if write_intent(deps, scope, caller, (&stored, &next), step).await? {
            return Ok(Begun::Sent(next));
        }
        scope.pause(tries).await;
        stored = admit::admit(deps, scope, caller, &stored.order.id).await?.unwrap_or(stored);
    }
    Err(Failure::Raced)
}

fn intended(scope: &Scope, caller: &Caller, stored: &StoredOrder, intent: &Intent) -> StoredOrder {
    let now = scope.now();
    let until = now.checked_add(scope.remaining()).unwrap_or(now);
    let request = caller.request.as_ref().map(|key| (key.id.clone(), key.fingerprint.clone()));
    let on_behalf = OnBehalf {
        who: caller.who.clone(),
        source: caller.source,
        operation: caller.operation.to_owned(),
        request,
    };
    let order = begun(&stored.order, intent.clone(), now, until);
    StoredOrder { on_behalf: Some(on_behalf), ..stored.became(order) }
}

/// Whether it was written; otherwise somebody else was faster.
async fn write_intent(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    (stored, next): (&StoredOrder, &StoredOrder),
    step: &Step,
) -> Result<bool, Failure> {
    let is_new = stored.order.version == 0;
    let until = next.order.unknown.as_ref().map_or(scope.now(), |unknown| unknown.running_until);
    let entry = Entry {
        from: None,
        who: caller.who.clone(),
        source: Some(caller.source),
        why: format!("{}: registered", caller.operation),
        req_msg_id: None,
    };
    let commit = Commit {
        entry: is_new.then_some(entry),
        request: caller.request.as_ref().map(|key| (key, Progress::Running { until })),
        documents: step.documents.clone(),
        ..Commit::of((!is_new).then_some(stored.order.version), next)
    };
    Ok(deps.store.commit(scope, commit).await? == Committed::Applied)
}

/// Writes the outcome on the order, with what was observed after it, and tells of it.
///
/// # Errors
/// Ant did not say OK, or the outcome could not be written and is unknown.
pub async fn settle(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    mut stored: StoredOrder,
    step: &Step,
    outcome: Result<Reply, ant::Failure>,
    observations: &[Observation],
) -> Result<Done, Failure> {
    let begun = stored.order.unknown.clone();
    let data = outcome.as_ref().map(|reply| told(reply, observations)).unwrap_or_default();
    for tries in 1..=TRIES {
        let next = settled(scope, &stored, &outcome, observations)?;
        let progress = progress(scope, &next, (step, &data), &outcome);
        let written = write_outcome(deps, scope, caller, (&stored, &next), step, &outcome, progress).await;
        match written {
            Ok(Committed::Applied) => return finished(scope, next, step, outcome, data),
            Ok(Committed::Lost) => {}
            Err(failure) => {
                error!(%failure, operation = caller.operation, "an outcome could not be written");
                return Err(unwritten(outcome, failure));
            }
        }
        scope.pause(tries).await;
        stored = deps.store.order(scope, &stored.order.id).await?.ok_or(Failure::Raced)?;
        if stored.order.unknown != begun {
            return Err(Failure::Raced);
        }
    }
    Err(Failure::Raced)
}

/// What Ant did and we could not write down is not known to the caller either.
fn unwritten(outcome: Result<Reply, ant::Failure>, failure: Failure) -> Failure {
    match outcome {
        Ok(_) => Failure::Ant(ant::Failure::Unknown("not_written")),
        Err(refused) if refused.may_have_happened() => Failure::Ant(refused),
        Err(_) => failure,
    }
}

fn finished(
    scope: &Scope,
    stored: StoredOrder,
    step: &Step,
    outcome: Result<Reply, ant::Failure>,
    data: Map<String, Value>,
) -> Result<Done, Failure> {
    match outcome {
        Ok(_) => Ok(Done { stored, data, kept: step.answers }),
        Err(failure) => {
            if failure.may_have_happened() {
                scope.count(UNKNOWN_OUTCOME);
            }
            Err(Failure::Ant(failure))
        }
    }
}

/// The order after the outcome.
fn settled(
    scope: &Scope,
    stored: &StoredOrder,
    outcome: &Result<Reply, ant::Failure>,
    observations: &[Observation],
) -> Result<StoredOrder, Failure> {
    let order = match outcome {
        Ok(reply) => {
            let brought = domain::lease::Reply { contract: reply.signed_contract() };
            let order = succeeded(&stored.order, brought).map_err(|problem| {
                warn!(%problem, "Ant said OK, and it cannot be entered");
                Failure::Ant(ant::Failure::Unknown("unexpected_answer"))
            })?;
            let now = scope.now();
            observations.iter().fold(order, |order, observation| observe(&order, observation, now).order)
        }
        Err(failure) if failure.may_have_happened() => stopped(scope, &stored.order),
        Err(_) => cleared(&stored.order),
    };
    Ok(stored.became(order))
}

/// Nobody is at it any more: from now on a question may resolve it.
fn stopped(scope: &Scope, order: &Order) -> Order {
    let mut order = order.clone();
    if let Some(unknown) = &mut order.unknown {
        unknown.running_until = scope.now();
    }
    order.version += 1;
    order
}

async fn write_outcome(
    deps: &Deps,
    scope: &Scope,
    caller: &Caller,
    (stored, next): (&StoredOrder, &StoredOrder),
    step: &Step,
    outcome: &Result<Reply, ant::Failure>,
    progress: Option<Progress>,
) -> Result<Committed, Failure> {
    let entry = (next.order.state != stored.order.state).then(|| Entry {
        from: Some(stored.order.state),
        who: caller.who.clone(),
        source: Some(caller.source),
        why: format!("{}: {}", caller.operation, step.why),
        req_msg_id: outcome.as_ref().ok().map(|reply| reply.req_msg_id.clone()),
    });
    let closed = next.order.state == OrderState::Closed && stored.order.state != OrderState::Closed;
    let event = closed.then(|| telling::lease_closed(deps, scope, &next.order));
    let commit = Commit {
        entry,
        request: caller.request.as_ref().zip(progress),
        event: event.as_ref(),
        documents: outcome.as_ref().map(links).unwrap_or_default(),
        ..Commit::of(Some(stored.order.version), next)
    };
    let committed = deps.store.commit(scope, commit).await?;
    if let (Committed::Applied, Some(event)) = (committed, event) {
        deps.outbox.deliver(scope, &[event]).await;
    }
    Ok(committed)
}

/// What is told of an operation: what Ant answered, and the terms if they were looked at after it.
fn told(reply: &Reply, observations: &[Observation]) -> Map<String, Value> {
    let mut data = reply.members.clone();
    for observation in observations {
        match observation {
            Observation::Trade(trade) => {
                data.insert("terms".to_owned(), telling::terms(&trade.terms));
            }
            Observation::Withhold(_) | Observation::Flow { .. } | Observation::TradeRefused => {}
        }
    }
    data
}

/// What becomes of the caller's request: an answer that stays, or none as long as nobody knows.
fn progress(
    scope: &Scope,
    next: &StoredOrder,
    (step, data): (&Step, &Map<String, Value>),
    outcome: &Result<Reply, ant::Failure>,
) -> Option<Progress> {
    let answered = match outcome {
        Err(failure) if failure.may_have_happened() => {
            return Some(Progress::Running { until: scope.now() });
        }
        Ok(_) if !step.answers => return None,
        Ok(_) => wire::success(&next.order, data),
        Err(failure) => wire::ant_failure(failure),
    };
    Some(Progress::Answered(Answered { status: answered.status.as_u16(), body: answered.body }))
}

/// What the user needs, for sign-flow to say again.
fn links(reply: &Reply) -> Vec<Document> {
    let document = |kind, member| reply.text(member).map(|text| Document { kind, text: text.to_owned() });
    [document(Kind::SignInfo, "sign_info"), document(Kind::SignString, "sign_str")]
        .into_iter()
        .flatten()
        .collect()
}
