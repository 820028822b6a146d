//! How anything is asked of Ant (§12, Unknown outcomes). The intent is written on the order before the call goes out,
//! and the outcome after it: a crash anywhere leaves either nothing or an outcome that a question resolves, and what may
//! have happened is never asked for again.

use domain::lease::{Judgement, Source, Wish, begun, judge};
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use serde_json::{Map, Value};

use crate::admit;
use crate::ant::{self, LEAST_TIME, Parameters};
use crate::deps::Deps;
use crate::failure::Failure;
use crate::settle::settle;
use crate::store::{Commit, Committed, Document, Entry, OnBehalf, Progress, RequestKey, StoredOrder};

/// How often a write is tried that others stood in the way of.
const TRIES: u32 = 5;

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
    let (merchant_id, sign_no) = (stored.merchant_id.clone(), stored.sign_no().map(str::to_owned));
    let version = stored.order.version;
    for tries in 1..=TRIES {
        match judge(&stored.order, &step.wish, scope.now()) {
            Judgement::FromStore => return Ok(Begun::Before(stored)),
            Judgement::NeedsTerms => return Ok(Begun::NeedsTerms(stored)),
            Judgement::Busy(busy) => return Err(Failure::Busy(busy)),
            Judgement::Conflict(why) => return Err(Failure::Conflict(why)),
            Judgement::Precondition(why) => return Err(Failure::Precondition(why)),
            Judgement::Send => {}
        }
        // What Ant would be told was made for another merchant, or for another contract.
        if stored.merchant_id != merchant_id || stored.sign_no() != sign_no.as_deref() {
            return Err(Failure::Raced);
        }
        if deps.ant.is_disabled() {
            return Err(Failure::Ant(ant::Failure::Disabled));
        }
        // What is begun with less may be cut off in the middle.
        if scope.remaining() < LEAST_TIME {
            return Err(Failure::Ant(ant::Failure::NotSent));
        }
        let next = intended(scope, caller, &stored, step);
        if write_intent(deps, scope, caller, (&stored, &next), step).await? {
            return Ok(Begun::Sent(next));
        }
        scope.pause(tries).await;
        stored = admit::admit(deps, scope, caller, &stored.order.id).await?.unwrap_or(stored);
    }
    // Nobody was at it: it is the database that would not have it.
    if stored.order.version == version {
        return Err(Failure::Database(DynamoDbError::raced("TransactWriteItems")));
    }
    Err(Failure::Raced)
}

fn intended(scope: &Scope, caller: &Caller, stored: &StoredOrder, step: &Step) -> StoredOrder {
    let now = scope.now();
    let until = now.checked_add(scope.remaining()).unwrap_or(now);
    // The success of one step is no answer to who asked for more.
    let key = caller.request.as_ref().filter(|_| step.answers);
    let request = key.map(|key| (key.id.clone(), key.fingerprint.clone()));
    let on_behalf = OnBehalf {
        who: caller.who.clone(),
        source: caller.source,
        operation: caller.operation.to_owned(),
        why: step.why.clone(),
        request,
    };
    let order = begun(&stored.order, step.wish.intent.clone(), now, until);
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
