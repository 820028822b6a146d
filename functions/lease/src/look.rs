//! How an order learns what Ant knows (§7, §9, §12): a question, what its answer makes of the order, and of what was
//! unknown.

use domain::lease::{
    Observation, Observed, Order, OrderState, Query, Resolution, Source, Unknown, needs_query, observe,
    observe_overtaken,
};
use jiff::Timestamp;
use platform::Scope;
use serde_json::{Map, Value};
use std::time::Duration;
use tracing::info;

use crate::ant::{self, Reply};
use crate::change::Caller;
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::{Answered, Commit, Committed, Entry, Progress, RequestKey, StoredOrder};
use crate::{telling, wire};

const TRIES: u32 = 5;
/// A question that an operation could do without may not keep its outcome from being written.
const BRIEF: Duration = Duration::from_secs(5);

/// On whose behalf a question is asked.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The caller's ARN, or the function that asks by itself.
    pub who: String,
    /// Which generation of systems called, if one did.
    pub source: Option<Source>,
    /// The function.
    pub operation: &'static str,
}

impl Asker {
    /// Whoever calls our API.
    #[must_use]
    pub fn of(caller: &Caller) -> Self {
        Self { who: caller.who.clone(), source: Some(caller.source), operation: caller.operation }
    }

    /// A function that asks by itself.
    #[must_use]
    pub fn function(operation: &'static str) -> Self {
        Self { who: operation.to_owned(), source: None, operation }
    }
}

/// What Ant answers to a question that an operation ends with, if it answers: without it the operation is no less done,
/// and whoever looks next finds it out.
pub async fn ask(deps: &Deps, scope: &Scope, stored: &StoredOrder, query: Query) -> Option<Reply> {
    let parameters = ant::query(query, &stored.order.id, &stored.merchant_id, stored.sign_no())?;
    let asked = deps.ant.ask(scope, query, &parameters);
    tokio::time::timeout(BRIEF, asked).await.ok()?.ok()
}

/// What it makes of the order, likewise.
pub async fn observed(deps: &Deps, scope: &Scope, stored: &StoredOrder, query: Query) -> Option<Observation> {
    ask(deps, scope, stored, query).await?.observation(query)
}

/// Asks Ant whatever resolves an outcome that nobody is at any more. What Ant declines to tell stays as it is.
///
/// # Errors
/// Ant did not answer, or the database failed.
pub async fn resolve(
    deps: &Deps,
    scope: &Scope,
    asker: &Asker,
    mut stored: StoredOrder,
) -> Result<StoredOrder, Failure> {
    if stored.order.unknown.as_ref().is_none_or(|unknown| unknown.is_running(scope.now())) {
        return Ok(stored);
    }
    for query in needs_query(&stored.order) {
        match look(deps, scope, asker, stored.clone(), query).await {
            Ok((next, _)) => stored = next,
            Err(Failure::Ant(ant::Failure::Rejected(_))) => {
                stored = deps.store.order(scope, &stored.order.id).await?.ok_or(Failure::NotFound)?;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(stored)
}

/// Asks Ant a question about an order and writes down what it tells. `None` for a question about a contract when there
/// is none.
///
/// # Errors
/// Ant did not say OK, or the database failed. That it has no such order tells something too, and is written down.
pub async fn look(
    deps: &Deps,
    scope: &Scope,
    asker: &Asker,
    stored: StoredOrder,
    query: Query,
) -> Result<(StoredOrder, Option<Reply>), Failure> {
    let Some(parameters) = ant::query(query, &stored.order.id, &stored.merchant_id, stored.sign_no()) else {
        return Ok((stored, None));
    };
    let asked_at = scope.now();
    let told = |observation, reply: &Reply| Told {
        observation,
        asked_at,
        req_msg_id: reply.req_msg_id.clone(),
        is_overtaken: false,
    };
    match deps.ant.ask(scope, query, &parameters).await {
        Ok(reply) => {
            let unreadable = || Failure::Ant(ant::Failure::Unknown("unreadable_answer"));
            let observation = reply.observation(query).ok_or_else(unreadable)?;
            let stored = apply(deps, scope, asker, stored, told(observation, &reply)).await?;
            Ok((stored, Some(reply)))
        }
        Err(ant::Failure::Rejected(reply)) if query == Query::TradeGet && deps.ant.has_no_order(&reply) => {
            apply(deps, scope, asker, stored, told(Observation::TradeAbsent, &reply)).await?;
            Err(Failure::Ant(ant::Failure::Rejected(reply)))
        }
        Err(failure) => Err(Failure::Ant(failure)),
    }
}

/// What Ant answered to a question.
struct Told {
    observation: Observation,
    /// It says nothing about what was begun, or still under way, after this.
    asked_at: Timestamp,
    req_msg_id: String,
    /// Somebody else has changed the order since.
    is_overtaken: bool,
}

/// What Ant did not do yet it may still do: that it did not is believed only when it can no longer come (§12: what may
/// have happened is not repeated).
fn is_too_early(deps: &Deps, order: &Order, observed: &Observed, asked_at: Timestamp) -> bool {
    let settled_at = |since: Timestamp| since.checked_add(deps.ant.late()).unwrap_or(Timestamp::MAX);
    match (observed.resolution, &order.unknown) {
        (Some(Resolution::NotHappened), Some(unknown)) => asked_at < settled_at(unknown.since),
        (Some(Resolution::Happened) | None, _) | (_, None) => false,
    }
}

/// Whether it would end the outcome of another call than the one whose outcome was unknown when Ant was asked, if any was:
/// of that one it cannot tell.
fn is_of_another(unknown: Option<&Unknown>, order: &Order, observed: &Observed) -> bool {
    let call = |unknown: &Unknown| (unknown.intent.clone(), unknown.since);
    observed.resolution.is_some() && unknown.map(call) != order.unknown.as_ref().map(call)
}

/// Writes down what an observation makes of an order.
async fn apply(
    deps: &Deps,
    scope: &Scope,
    asker: &Asker,
    mut stored: StoredOrder,
    mut told: Told,
) -> Result<StoredOrder, Failure> {
    let (asked_about, unknown) = (stored.sign_no().map(str::to_owned), stored.order.unknown.clone());
    let mut keeps = true;
    for tries in 1..=TRIES {
        let observe = if told.is_overtaken { observe_overtaken } else { observe };
        let observed = observe(&stored.order, &told.observation, told.asked_at);
        if observed.order == stored.order || is_too_early(deps, &stored.order, &observed, told.asked_at) {
            return Ok(stored);
        }
        if is_of_another(unknown.as_ref(), &stored.order, &observed) {
            return Ok(stored);
        }
        let next = stored.became(observed.order.clone());
        match write(deps, scope, asker, (&stored, &next), &observed, (&told.req_msg_id, keeps)).await? {
            Committed::Applied => {
                tell(scope, &stored.order, &observed);
                return Ok(next);
            }
            Committed::AnsweredBefore => keeps = false,
            Committed::Lost => {
                scope.pause(tries).await;
                stored = deps.store.order(scope, &stored.order.id).await?.ok_or(Failure::NotFound)?;
                told.is_overtaken = true;
                if is_of_contract(&told.observation) && stored.sign_no() != asked_about.as_deref() {
                    return Ok(stored);
                }
            }
        }
    }
    Err(Failure::Raced)
}

fn is_of_contract(observation: &Observation) -> bool {
    match observation {
        Observation::Flow { .. } => true,
        Observation::Withhold(_) | Observation::Trade(_) | Observation::TradeAbsent => false,
    }
}

async fn write(
    deps: &Deps,
    scope: &Scope,
    asker: &Asker,
    (stored, next): (&StoredOrder, &StoredOrder),
    observed: &Observed,
    (req_msg_id, keeps): (&str, bool),
) -> Result<Committed, Failure> {
    let moved = next.order.state != stored.order.state;
    let closed = moved && next.order.state == OrderState::Closed;
    let event = closed.then(|| telling::lease_closed(deps, scope, &next.order));
    let owed = owed(stored, next, observed.resolution).filter(|_| keeps);
    let commit = Commit {
        entry: moved.then(|| entry(stored, asker, req_msg_id)),
        request: owed.as_ref().map(|(key, progress)| (key, progress.clone())),
        event: event.as_ref(),
        ..Commit::of(Some(stored.order.version), next)
    };
    let committed = deps.store.commit(scope, commit).await?;
    if let (Committed::Applied, Some(event)) = (committed, event) {
        deps.outbox.deliver(scope, &[event]).await;
    }
    Ok(committed)
}

/// A transition that was begun by a caller is theirs, whoever finds out that it happened.
fn entry(stored: &StoredOrder, asker: &Asker, req_msg_id: &str) -> Entry {
    let (who, source, begun_by) = match &stored.on_behalf {
        Some(behalf) => (
            behalf.who.clone(),
            Some(behalf.source),
            format!(", begun by {}: {}", behalf.operation, behalf.why),
        ),
        None => (asker.who.clone(), asker.source, String::new()),
    };
    Entry {
        from: Some(stored.order.state),
        who,
        source,
        why: format!("{}: Ant says so{begun_by}", asker.operation),
        req_msg_id: Some(req_msg_id.to_owned()),
    }
}

/// The answer that is owed to the caller whose operation turned out to have happened. What did not happen may be asked
/// for again, under the same key too.
fn owed(
    stored: &StoredOrder,
    next: &StoredOrder,
    resolution: Option<Resolution>,
) -> Option<(RequestKey, Progress)> {
    match resolution {
        Some(Resolution::Happened) => {}
        Some(Resolution::NotHappened) | None => return None,
    }
    let (id, fingerprint) = stored.on_behalf.as_ref()?.request.clone()?;
    let answer = wire::success(&next.order, &contract(&next.order));
    let answered = Answered { status: answer.status.as_u16(), body: answer.body };
    Some((RequestKey { id, fingerprint }, Progress::Answered(answered)))
}

fn contract(order: &Order) -> Map<String, Value> {
    let mut data = Map::new();
    if let (OrderState::ContractSigning, Some(contract)) = (order.state, &order.contract) {
        for (name, value) in [
            ("sign_no", &contract.sign_no),
            ("flow_id", &contract.flow_id),
            ("account_id", &contract.account_id),
        ] {
            data.insert(name.to_owned(), Value::from(value.clone()));
        }
    }
    data
}

fn tell(scope: &Scope, before: &Order, observed: &Observed) {
    let order_id = before.id.as_str();
    if let Some(resolution) = observed.resolution {
        let method = before.unknown.as_ref().map(|unknown| unknown.intent.method().as_str());
        info!(order_id, method, ?resolution, "an unknown outcome is resolved");
    }
    telling::alert(scope, before, &observed.order);
}
