//! What comes of a call to Ant is written on the order, together with everything that hangs on it.

use domain::lease::{Intent, Observation, Order, OrderState, cleared, observe, succeeded};
use platform::Scope;
use platform::dynamodb::ErrorKind;
use platform::metrics::Count;
use serde_json::{Map, Value};
use tracing::{error, warn};

use crate::ant::{self, Reply};
use crate::change::{Caller, Done, Step};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::store::{Answered, Commit, Committed, Document, Entry, Kind, Progress, StoredOrder};
use crate::{telling, wire};

/// How often a write is tried that others stood in the way of.
const TRIES: u32 = 5;
/// Outcomes that are not known: a question resolves each.
const UNKNOWN_OUTCOME: Count = Count::of("lease_unknown_outcome");

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
    let outcome = outcome.and_then(|reply| enterable(&stored.order, reply));
    let data = outcome.as_ref().map(|reply| told(reply, observations)).unwrap_or_default();
    let mut keeps = true;
    for tries in 1..=TRIES {
        let next = settled(scope, &stored, &outcome, observations);
        let progress = keeps.then(|| progress(scope, &next, (step, &data), &outcome));
        let written = write_outcome(deps, scope, caller, (&stored, &next), step, &outcome, progress).await;
        match written {
            Ok(Committed::Applied) => {
                telling::alert(scope, &stored.order, &next.order);
                return finished(scope, next, step, outcome, data);
            }
            Ok(Committed::AnsweredBefore) => {
                keeps = false;
                continue;
            }
            Ok(Committed::Lost) => {}
            // It may be written all the same: the row tells.
            Err(Failure::Database(failure)) if failure.kind == ErrorKind::Unanswered => {
                warn!(%failure, operation = caller.operation, "an outcome may not be written");
            }
            Err(failure) => {
                error!(%failure, operation = caller.operation, "an outcome could not be written");
                return Err(unwritten(scope, &stored.order, outcome, failure));
            }
        }
        scope.pause(tries).await;
        match deps.store.order(scope, &stored.order.id).await {
            Ok(Some(again)) if again.order == next.order => {
                return finished(scope, next, step, outcome, data);
            }
            // Others may have touched the order, but not what is ours to settle.
            Ok(Some(again)) if again.order.unknown == begun => stored = again,
            Ok(_) => break,
            Err(failure) => return Err(unwritten(scope, &stored.order, outcome, failure.into())),
        }
    }
    Err(unwritten(scope, &stored.order, outcome, Failure::Raced))
}

/// Calls somebody to an order with an outcome that is not known.
pub(crate) fn ring_of_unknown(scope: &Scope, order: &Order) {
    let method = order.unknown.as_ref().map(|unknown| unknown.intent.method().as_str());
    warn!(order_id = order.id.as_str(), method, "the outcome of an operation is not known");
    scope.count(UNKNOWN_OUTCOME);
}

/// An OK that does not say what it must is no answer: what it was about may have happened.
fn enterable(order: &Order, reply: Reply) -> Result<Reply, ant::Failure> {
    match succeeded(order, brought(&reply)) {
        Ok(_) => Ok(reply),
        Err(problem) => {
            warn!(%problem, order_id = order.id.as_str(), "Ant said OK, and it cannot be entered");
            Err(ant::Failure::Unknown("unexpected_answer"))
        }
    }
}

fn brought(reply: &Reply) -> domain::lease::Reply {
    domain::lease::Reply { contract: reply.signed_contract() }
}

/// What Ant did and we could not write down is not known to the caller either.
fn unwritten(
    scope: &Scope,
    order: &Order,
    outcome: Result<Reply, ant::Failure>,
    failure: Failure,
) -> Failure {
    ring_of_unknown(scope, order);
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
                ring_of_unknown(scope, &stored.order);
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
) -> StoredOrder {
    let (order, now) = (&stored.order, scope.now());
    let next = match outcome {
        Ok(reply) => succeeded(order, brought(reply)).map_or_else(
            |_| stopped(scope, order),
            |next| observations.iter().fold(next, |next, seen| observe(&next, seen, now).order),
        ),
        Err(failure) if failure.may_have_happened() => stopped(scope, order),
        Err(_) => cleared(order),
    };
    stored.became(next)
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
        documents: outcome.as_ref().map(|reply| links(&step.wish.intent, reply)).unwrap_or_default(),
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
    if let Some(response_data) = data.get_mut("response_data") {
        *response_data = Value::from(Value::Object(telling::order_at_ant(reply)).to_string());
    }
    for observation in observations {
        match observation {
            Observation::Trade(trade) => {
                data.insert("terms".to_owned(), telling::terms(&trade.terms));
            }
            Observation::Withhold(_) | Observation::Flow { .. } | Observation::TradeAbsent => {}
        }
    }
    data
}

/// What becomes of the caller's request: an answer that stays, or none as long as nobody knows. Between two steps nobody
/// is at it: if the operation ends there, a repeat goes on.
fn progress(
    scope: &Scope,
    next: &StoredOrder,
    (step, data): (&Step, &Map<String, Value>),
    outcome: &Result<Reply, ant::Failure>,
) -> Progress {
    let nobody = Progress::Running { until: scope.now() };
    let answered = match outcome {
        Err(failure) if failure.may_have_happened() => return nobody,
        Ok(_) if !step.answers => return nobody,
        Ok(_) => wire::success(&next.order, data),
        Err(failure) => wire::ant_failure(failure),
    };
    Progress::Answered(Answered { status: answered.status.as_u16(), body: answered.body })
}

/// What the user needs, for sign-flow to say again.
fn links(intent: &Intent, reply: &Reply) -> Vec<Document> {
    let document = match intent {
        Intent::SubmitContract { .. } => reply
            .text("sign_no")
            .zip(reply.text("sign_info"))
            .map(|(sign_no, links)| Document { kind: Kind::SignInfo, text: format!("{sign_no}\n{links}") }),
        Intent::CreateWithhold => {
            reply.text("sign_str").map(|text| Document { kind: Kind::SignString, text: text.to_owned() })
        }
        Intent::Sync
        | Intent::Seal { .. }
        | Intent::CancelPlan { .. }
        | Intent::Close { .. }
        | Intent::Unbind
        | Intent::ConfirmUnsign { .. } => None,
    };
    document.into_iter().collect()
}
