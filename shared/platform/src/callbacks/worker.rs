//! How an order's callbacks are sent: by whoever has its lease, the lowest place first, up to the first that fails.

use std::time::Duration;

use tracing::{error, info, warn};

use super::attempt::Attempt;
use super::lease::{Held, Next, Settled, Taken, Tried, after};
use super::store::CallbackStore;
use super::stored::{Callback, Unreadable};
use super::{CallbackState, delivered, failed, gave_up};
use crate::Scope;
use crate::dynamodb::DynamoDbError;
use crate::metrics::{Measure, MeasureUnit};

/// How long an order rests whose partner is switched off.
const OFF: Duration = Duration::from_mins(2);
/// What must be left of the invocation beside a call, to write down what came of it.
const MARGIN: Duration = Duration::from_secs(3);

/// How one partner's callbacks are sent.
pub trait Sender {
    /// The partner's name in metrics.
    const PARTNER: &'static str;

    /// The longest that a call takes.
    fn call_time(&self) -> Duration;

    /// Whether an order's callbacks may go out now; else they wait, and no attempt is made.
    fn may_send(&self, order: &str) -> bool;

    /// Sends one, once.
    fn send(&self, scope: &Scope, callback: &Callback) -> impl Future<Output = Sent>;

    /// How long to wait after a failure; `None` when there have been enough.
    fn wait(&self, failure: &Failure) -> Option<Duration>;
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Whether the partner took it.
    pub is_delivered: bool,
    /// In a word, in `snake_case`.
    pub outcome: &'static str,
    /// The answer's code, or its HTTP status where that failed.
    pub code: Option<i64>,
    /// How long the partner asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// A callback that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// How often it has, this time included.
    pub failures: u32,
    /// How long it was made to wait before.
    pub waited: Duration,
    /// How long the partner asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// How a pass over an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Nothing waits any more.
    Drained,
    /// Something failed, and waits so long for its next try.
    Waits(Duration),
    /// Nothing was due.
    NotDue,
    /// Another worker has the order.
    Leased,
    /// The partner is switched off.
    SwitchedOff,
    /// The time was up before everything was sent.
    OutOfTime,
    /// The lease ran out under the worker, and another has the order.
    LeaseLost,
}

impl Passed {
    /// The log's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drained => "drained",
            Self::Waits(_) => "waits",
            Self::NotDue => "not_due",
            Self::Leased => "leased",
            Self::SwitchedOff => "switched_off",
            Self::OutOfTime => "out_of_time",
            Self::LeaseLost => "lease_lost",
        }
    }

    /// After how long the order is to be looked at again; `None` if there is nothing to come back for, or the relay does.
    #[must_use]
    pub fn comes_again(self) -> Option<Duration> {
        match self {
            Self::Waits(wait) => Some(wait),
            Self::OutOfTime => Some(Duration::ZERO),
            Self::Drained | Self::NotDue | Self::Leased | Self::SwitchedOff | Self::LeaseLost => None,
        }
    }
}

/// The worker: it may be woken as often and in whatever order, stopped anywhere, and run beside others.
#[derive(Clone, Debug)]
pub struct Worker<S> {
    /// The callbacks.
    pub store: CallbackStore,
    /// How they are sent.
    pub sender: S,
}

/// What to do after a callback.
enum Step {
    Next,
    LookAgain(Held),
    End(Passed),
}

impl<S: Sender> Worker<S> {
    /// Sends what waits of an order and is due.
    ///
    /// # Errors
    /// DynamoDB failed; what was sent and could not be written down is sent again.
    pub async fn pass(&self, scope: &Scope, order: &str) -> Result<Passed, DynamoDbError> {
        let mut held = match self.store.take(scope, order, self.lease()).await? {
            Taken::Held(held) => held,
            Taken::NotDue => return Ok(Passed::NotDue),
            Taken::Leased => return Ok(Passed::Leased),
        };
        let mut behind = held.done_seq.clone();
        loop {
            let page = self.store.of_order(scope, order, behind.as_deref()).await?;
            // What cannot be read may have to go out before what stands behind it.
            let mut unreadable = None;
            let readable = |read: Result<_, Unreadable>| read.map_err(|found| unreadable = Some(found)).ok();
            let callbacks: Vec<_> = page.items.into_iter().map_while(readable).collect();
            let has_more = page.next.is_some() || unreadable.is_some();
            behind = callbacks.last().map(|callback| callback.id.seq.clone()).or(behind);
            let waiting: Vec<_> =
                callbacks.into_iter().filter(|one| one.state == CallbackState::Pending).collect();
            let mut looks_again = None;
            for (place, callback) in waiting.iter().enumerate() {
                let following = Following { next: waiting.get(place + 1), has_more };
                match self.one(scope, &held, callback, following).await? {
                    Step::Next => {}
                    Step::LookAgain(moved) => {
                        looks_again = Some(moved);
                        break;
                    }
                    Step::End(passed) => return Ok(passed),
                }
            }
            if let (None, Some(unreadable)) = (&looks_again, unreadable) {
                return Err(unreadable.failure);
            }
            if looks_again.is_none() && !has_more {
                match self.store.settle(scope, &held, None, Next::Drained).await? {
                    Settled::Done => return Ok(Passed::Drained),
                    Settled::Moved(moved) => looks_again = Some(moved),
                    Settled::Lost => return Ok(Passed::LeaseLost),
                }
            }
            if let Some(moved) = looks_again {
                behind = moved.done_seq.clone();
                held = moved;
            }
        }
    }

    /// Sends one callback and writes down what came of it.
    async fn one(
        &self,
        scope: &Scope,
        held: &Held,
        callback: &Callback,
        following: Following<'_>,
    ) -> Result<Step, DynamoDbError> {
        if !self.sender.may_send(&held.order) {
            let waits_since = Some(callback.waits_since());
            let later = Next::DueAt { at: after(scope.now(), OFF), waits_since };
            self.store.settle(scope, held, None, later).await?;
            return Ok(Step::End(Passed::SwitchedOff));
        }
        if scope.remaining() < self.sender.call_time() + MARGIN {
            self.store.settle(scope, held, None, Next::GivenBack).await?;
            return Ok(Step::End(Passed::OutOfTime));
        }
        let at = scope.now();
        let sent = self.sender.send(scope, callback).await;
        let latency_ms = scope.now().duration_since(at).as_millis();
        let latency_ms = u64::try_from(latency_ms).unwrap_or_default();
        let attempt = Attempt { at, outcome: sent.outcome.to_owned(), latency_ms, code: sent.code };
        let (tried, wait) = self.judge(callback, &attempt, &sent);
        let next = match wait {
            Some(wait) => {
                Next::DueAt { at: after(scope.now(), wait), waits_since: Some(callback.waits_since()) }
            }
            None => self.going_on(scope, following),
        };
        let step = self.write_down(scope, held, tried, next, wait).await;
        Self::tell(scope, &tried, &step);
        step
    }

    async fn write_down(
        &self,
        scope: &Scope,
        held: &Held,
        tried: Tried<'_>,
        next: Next,
        wait: Option<Duration>,
    ) -> Result<Step, DynamoDbError> {
        Ok(match self.store.settle(scope, held, Some(tried), next).await? {
            Settled::Done => match next {
                Next::DueAt { .. } | Next::GivenBack => Step::End(Passed::Waits(wait.unwrap_or_default())),
                Next::Drained => Step::End(Passed::Drained),
                Next::GoesOn { .. } => Step::Next,
            },
            Settled::Lost => Step::End(Passed::LeaseLost),
            Settled::Moved(moved) => self.settle_moved(scope, moved, tried, wait.is_some()).await?,
        })
    }

    /// What came of a try, and how long to wait after it before the next one, if there is to be one.
    fn judge<'a>(
        &self,
        callback: &'a Callback,
        attempt: &'a Attempt,
        sent: &Sent,
    ) -> (Tried<'a>, Option<Duration>) {
        let (failures, waited) = (callback.failures, callback.waited);
        let tried = Tried { callback, attempt, state: CallbackState::Delivered, failures, waited };
        if sent.is_delivered {
            return (tried, None);
        }
        let failures = failures.saturating_add(1);
        let tried = Tried { failures, ..tried };
        match self.sender.wait(&Failure { failures, waited, retry_after: sent.retry_after }) {
            Some(wait) => {
                let waited = waited.saturating_add(wait);
                (Tried { state: CallbackState::Pending, waited, ..tried }, Some(wait))
            }
            None => (Tried { state: CallbackState::Dead, ..tried }, None),
        }
    }

    /// The same try written down after the order moved on under it: a new callback, or one that is sent again.
    async fn settle_moved(
        &self,
        scope: &Scope,
        moved: Held,
        tried: Tried<'_>,
        waits: bool,
    ) -> Result<Step, DynamoDbError> {
        let next = if waits {
            // What is sent again comes first: the next pass finds it.
            Next::DueAt { at: scope.now(), waits_since: None }
        } else {
            Next::GoesOn { until: after(scope.now(), self.lease()), waits_since: None }
        };
        Ok(match self.store.settle(scope, &moved, Some(tried), next).await? {
            Settled::Done if waits => Step::End(Passed::Waits(Duration::ZERO)),
            Settled::Done => Step::LookAgain(moved),
            // Twice within a moment: what was sent is sent again when the lease is over.
            Settled::Moved(_) | Settled::Lost => Step::End(Passed::LeaseLost),
        })
    }

    /// The order goes on with the next callback; with the last one it is done.
    fn going_on(&self, scope: &Scope, following: Following<'_>) -> Next {
        let until = after(scope.now(), self.lease());
        match following {
            Following { next: None, has_more: false } => Next::Drained,
            Following { next, .. } => Next::GoesOn { until, waits_since: next.map(Callback::waits_since) },
        }
    }

    fn lease(&self) -> Duration {
        // Renewed with every write: it covers one call and what is read and written around it.
        self.sender.call_time() + MARGIN * 4
    }

    fn tell(scope: &Scope, tried: &Tried<'_>, step: &Result<Step, DynamoDbError>) {
        let (callback, attempt) = (tried.callback, tried.attempt);
        info!(
            order = callback.id.order,
            seq = callback.id.seq,
            kind = callback.kind,
            outcome = attempt.outcome,
            code = attempt.code,
            attempt_ms = attempt.latency_ms,
            failures = tried.failures,
            caused_by = callback.correlation_id,
            "callback"
        );
        scope.measure(Measure {
            name: "callback_latency_ms",
            unit: MeasureUnit::Milliseconds,
            label: ("partner", S::PARTNER.to_owned()),
            value: attempt.latency_ms,
        });
        match step {
            Ok(Step::End(Passed::LeaseLost)) => {
                warn!(order = callback.id.order, "the lease ran out under a callback: it is sent again");
            }
            Ok(Step::Next | Step::LookAgain(_) | Step::End(_)) => Self::count(scope, tried),
            Err(_) => {
                warn!(order = callback.id.order, "what came of a callback is not stored: it is sent again");
            }
        }
    }

    fn count(scope: &Scope, tried: &Tried<'_>) {
        match tried.state {
            CallbackState::Delivered => scope.count(delivered(S::PARTNER)),
            CallbackState::Pending => scope.count(failed(S::PARTNER)),
            CallbackState::Dead => {
                let id = &tried.callback.id;
                error!(order = id.order, seq = id.seq, "a callback was given up");
                scope.count(failed(S::PARTNER));
                scope.count(gave_up(S::PARTNER));
            }
        }
    }
}

/// What is read of an order behind a callback.
#[derive(Clone, Copy)]
struct Following<'a> {
    next: Option<&'a Callback>,
    has_more: bool,
}
