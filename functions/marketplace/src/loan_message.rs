//! The core's messages about loans (items 15, 16, 19, 20, 23; §10, §11): one way through for all of them. A kind's own file
//! says how its message is read, the domain what it leads to; here the loan is read, and everything written that follows.

mod consumer;
mod events;
mod kind;

use std::collections::BTreeSet;

use domain::marketplace::{
    BankCodes, LoanCallback, LoanChange, LoanNews, LoanStep, OrderKey, Recency, ThirdOrderStatus,
};
use futures_util::future::join;
use platform::Scope;
use platform::callbacks::{Callbacks, NewCallback, WakeUps};
use platform::dynamodb::DynamoDbError;
use platform::outbox::{Outbox, Pending};

use crate::channel::Channels;
use crate::core_message::{self, Effect, Error, Found, Judged, Outcome, Reason};
use crate::loan_wire::loan_callback;
use crate::refusals::Refusals;
use crate::store::{
    Committed, CoreMessage, CoreMessages, LoanCommit, LoanEntry, LoanStore, NewRefusal, OrderStore,
    RefusedBy, StoredLoan, StoredOrder,
};

pub use consumer::{LoanConsumer, Settings};
pub use kind::{Kind, Needs, code, plan};

/// What the operation works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The loans.
    pub loans: LoanStore,
    /// The orders that they come from.
    pub orders: OrderStore,
    /// The messages that were taken.
    pub messages: CoreMessages,
    /// What the platform is to be told.
    pub callbacks: Callbacks,
    /// Who tells it.
    pub wake_ups: WakeUps,
    /// What a kind needs beside.
    pub means: Means,
}

/// What messages of some kinds need beside the loans.
#[derive(Clone, Debug)]
pub enum Means {
    /// Before there is a plan: a refusal is remembered.
    Refusals(Refusals),
    /// The first plan: an event is told.
    Bus(Outbox),
    /// Later plans: events, and the banks' codes at the channel.
    BusAndChannels(Outbox, Channels),
}

/// A message about a loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanMessage {
    /// What it says of itself.
    pub message: CoreMessage,
    /// What it tells.
    pub news: LoanNews,
}

/// What is read for a message.
#[derive(Clone, Debug)]
struct State {
    loan: StoredLoan,
    /// The order, for a message that refuses its person.
    order: Option<StoredOrder>,
}

struct Tells<'a> {
    deps: &'a Deps,
    told: &'a LoanMessage,
    source: &'static str,
}

/// Takes a message; `source` is the function that does.
///
/// # Errors
/// Whether it may be taken later is told by [`Error`]'s variant.
pub async fn handle(
    deps: &Deps,
    scope: &Scope,
    told: &LoanMessage,
    source: &'static str,
) -> Result<Outcome, Error> {
    core_message::take(&deps.messages, scope, &told.message, &Tells { deps, told, source }).await
}

impl Effect for Tells<'_> {
    type State = State;
    type Change = Box<LoanChange>;

    async fn read(&self, scope: &Scope, key: &OrderKey) -> Result<Found<State>, DynamoDbError> {
        let (loans, orders) = (&self.deps.loans, &self.deps.orders);
        let (loan, order) = if self.told.news.refuses() {
            let (loan, order) = join(loans.loan(scope, key), orders.order(scope, key)).await;
            (loan?, order?)
        } else {
            (loans.loan(scope, key).await?, None)
        };
        if let Some(loan) = loan {
            return Ok(Found::Here(State { loan, order }));
        }
        let order = match order {
            Some(order) => Some(order),
            None => orders.order(scope, key).await?,
        };
        let Some(order) = order else {
            return Ok(Found::NoOrder);
        };
        // It was confirmed between the two reads.
        let is_confirmed = order.status == ThirdOrderStatus::Processed;
        let loan = if is_confirmed { loans.loan(scope, key).await? } else { None };
        Ok(loan.map_or(Found::TooEarly, |loan| Found::Here(State { loan, order: Some(order) })))
    }

    fn recency(&self, state: &State) -> Recency {
        let LoanMessage { message, news } = self.told;
        let last = state.loan.applied.get(&message.kind);
        state.loan.loan.recency(news, &message.event_id, message.occurred_at, last)
    }

    fn judge(&self, state: &State) -> Judged<Box<LoanChange>> {
        match state.loan.loan.judge(&self.told.news, self.told.message.occurred_at) {
            LoanStep::Go(change) => Judged::Go(change),
            LoanStep::Stay => Judged::Stay,
            LoanStep::Forbidden => Judged::Refused(Reason::Forbidden),
            LoanStep::BadPlan => Judged::Refused(Reason::BadPlan),
        }
    }

    async fn write(&self, scope: &Scope, state: &State, change: Box<LoanChange>) -> Result<Committed, Error> {
        let (deps, message) = (self.deps, &self.told.message);
        let LoanChange { loan, callbacks, events, is_refusal } = *change;
        let mut next = state.loan.become_loan(loan);
        next.apply(message);
        let caused = deps.caused(&next, &callbacks)?;
        let digests = match (&deps.means, &state.order) {
            (Means::Refusals(refusals), Some(order)) if is_refusal => refusals.digests_of(order),
            (Means::Refusals(_) | Means::Bus(_) | Means::BusAndChannels(..), _) => BTreeSet::new(),
        };
        let outbox = deps.means.outbox();
        let pending: Vec<Pending> = outbox
            .iter()
            .flat_map(|outbox| events.iter().map(|event| events::pending(outbox, scope, *event, &next)))
            .collect();
        let commit = LoanCommit {
            entry: Some(self.entry(state)),
            callbacks: Some((&deps.callbacks, &caused)),
            outbox: &pending,
            message: Some((&deps.messages, message)),
            refusal: deps.refusal(&digests, message),
            ..LoanCommit::of(state.loan.version, &next)
        };
        let committed = deps.loans.commit(scope, commit).await?;
        if committed == Committed::Applied {
            join(deps.wake(scope, &next, &caused), deliver(outbox, scope, pending)).await;
        }
        Ok(committed)
    }
}

impl Tells<'_> {
    fn entry(&self, state: &State) -> LoanEntry {
        LoanEntry {
            history: self.deps.orders.history_table().to_owned(),
            from: state.loan.loan.status,
            source: self.source,
            reason: reason(&self.told.news),
        }
    }
}

impl Means {
    fn outbox(&self) -> Option<&Outbox> {
        match self {
            Self::Refusals(_) => None,
            Self::Bus(outbox) | Self::BusAndChannels(outbox, _) => Some(outbox),
        }
    }
}

impl Deps {
    /// The callbacks of a change, in their order. Only a plan's has a bank's code.
    fn caused(&self, loan: &StoredLoan, callbacks: &[LoanCallback]) -> Result<Vec<NewCallback>, Error> {
        let told = |codes: &BankCodes| {
            callbacks.iter().filter_map(|callback| loan_callback(codes, loan, *callback)).collect()
        };
        match &self.means {
            Means::Refusals(_) | Means::Bus(_) => Ok(told(&BankCodes::default())),
            Means::BusAndChannels(_, channels) => {
                let channel = channels.get(loan.key.channel.as_str()).ok_or(Error::UnknownChannel)?;
                Ok(told(&channel.config.bank_codes))
            }
        }
    }

    fn refusal<'a>(&'a self, digests: &'a BTreeSet<String>, message: &CoreMessage) -> Option<NewRefusal<'a>> {
        match &self.means {
            Means::Refusals(Refusals { customers, .. }) => {
                Some(NewRefusal { customers, digests, by: RefusedBy::Audit, at: message.occurred_at })
            }
            Means::Bus(_) | Means::BusAndChannels(..) => None,
        }
    }

    async fn wake(&self, scope: &Scope, loan: &StoredLoan, caused: &[NewCallback]) {
        if !caused.is_empty() {
            self.wake_ups.send(scope, &[&loan.key.to_string()]).await;
        }
    }
}

async fn deliver(outbox: Option<&Outbox>, scope: &Scope, pending: Vec<Pending>) {
    if let Some(outbox) = outbox.filter(|_| !pending.is_empty()) {
        outbox.deliver(scope, &pending).await;
    }
}

/// Why a loan changed, for the history.
fn reason(news: &LoanNews) -> String {
    match news {
        LoanNews::Audit(_) => format!("audit {}", news.as_str()),
        LoanNews::Result(_) => "result of the disbursement".to_owned(),
        LoanNews::Plan(_) => "plan made".to_owned(),
        LoanNews::Overdue(_) => "overdue fees".to_owned(),
        LoanNews::Repayment(result) => {
            let (period, attempt) = (result.period.number(), result.attempt_no);
            format!("repayment of {period}, attempt {attempt}: {}", result.outcome.as_str())
        }
    }
}
