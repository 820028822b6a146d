//! How a confirmation is completed (items 12, 13; §11, Card and confirmation): the order becomes processed, its loan is
//! created, and the core is sent the application, in one transaction. Three ways lead here, and the order's version lets
//! one of them write: the user confirms again, the depository tells of the account, or the job asks for it.

mod found;
mod settings;

use domain::marketplace::{Admission, AdmissionRule, LoanCard, LoanTerms, Register, Step, ThirdOrderStatus};
use futures_util::future::{join3, try_join};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::metrics::Count;
use platform::outbox::Outbox;
use tracing::info;

use crate::admission::{self, Lookup};
use crate::channel::Channel;
use crate::core_command;
use crate::store::{
    Beside, CardStore, Commit, Committed, ConfirmLog, ConfirmLogs, CustomerStore, Entry, LoanStore, LogWrite,
    OrderStore, RegisterWrite, Registers, SealedPersonError, Sealing, StoredConfirmLog, StoredLoan,
    StoredOrder, StoredRegister,
};

pub use found::{Opened, account_found};
pub use settings::Own;

/// How often something is tried that other writers stand in the way of.
pub const TRIES: u32 = 5;
/// A confirmation that came to nothing since its user may not borrow any more.
const REFUSED: Count = Count::of("confirmation_refused");

/// What completing a confirmation works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The orders.
    pub store: OrderStore,
    /// The loans.
    pub loans: LoanStore,
    /// Whom we know.
    pub customers: CustomerStore,
    /// Whose cards are bound.
    pub cards: CardStore,
    /// The confirmations that wait.
    pub logs: ConfirmLogs,
    /// The accounts that they wait for.
    pub registers: Registers,
    /// What persons are sealed with.
    pub sealing: Sealing,
    /// What the core is to be sent.
    pub outbox: Outbox,
    /// The queue of what the core is to do.
    pub core_commands: String,
}

/// What is read of an order before its confirmation is completed.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The order, which waits for its confirmation.
    pub order: &'a StoredOrder,
    /// What is known of its user's account.
    pub register: Option<&'a StoredRegister>,
    /// The confirmation that waits, or waited.
    pub log: Option<&'a StoredConfirmLog>,
}

/// What is known of an order's user at a confirmation.
#[derive(Clone, Debug)]
pub struct User {
    /// Whether they may borrow.
    pub admission: Admission,
    /// The card that the loan is paid out to, if one is bound.
    pub card: Option<LoanCard>,
}

/// Why a confirmation was not completed, and may be later.
#[derive(Debug, thiserror::Error)]
pub enum NotCompleted {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
    /// The person is needed, and cannot be had.
    #[error(transparent)]
    Person(#[from] SealedPersonError),
    /// The order's channel is not configured.
    #[error("the order's channel is not configured")]
    UnknownChannel,
    /// The rows were changed by others at every try.
    #[error("raced {TRIES} times")]
    Raced,
}

impl Deps {
    /// Opens the connections during init, as many as are used at once: the reads of an order that cannot be.
    pub async fn warm(&self) {
        // Boxed: it is large, and run once.
        Box::pin(join3(self.store.warm(), self.registers.warm(), self.customers.warm_for_checks())).await;
    }
}

/// What is known of an order's user as of `time`: the same rules as when it was parsed (§11, Admission), and the cards.
///
/// # Errors
/// DynamoDB failed, or the person cannot be had.
pub async fn look(
    deps: &Deps,
    scope: &Scope,
    channel: &Channel,
    (order, time): (&StoredOrder, Timestamp),
) -> Result<User, NotCompleted> {
    let person = deps.sealing.open_of_order(&order.key, &order.content.person)?;
    let lookup = Lookup {
        first: Some(&order.content.lookup.id_number),
        phone: Some(&order.content.lookup.phone),
        birthday: Some(person.id_number.birthday()),
    };
    let admission = admission::judge(&deps.customers, scope, &channel.config.admission, lookup, time);
    let cards = deps.cards.cards(scope, (&order.key.channel, &order.content.uid));
    let (admission, cards) = try_join(admission, cards).await?;
    Ok(User { admission, card: cards.payout().cloned() })
}

/// Counts and tells that a user may not borrow any more.
pub fn tell_refusal(scope: &Scope, order: &StoredOrder, rule: AdmissionRule) {
    info!(order = %order.key, rule = admission::word(rule), "a confirmation is refused");
    scope.count(REFUSED);
}

/// Completes a confirmation with these terms: everything is written, or nothing. `source` is the function that does.
///
/// # Errors
/// DynamoDB failed.
pub async fn complete(
    deps: &Deps,
    scope: &Scope,
    standing: Standing<'_>,
    (terms, card): (LoanTerms, Option<LoanCard>),
    source: &'static str,
) -> Result<Committed, DynamoDbError> {
    let (order, now) = (standing.order, scope.now());
    debug_assert_eq!(order.status.confirmation_step(), Step::Go);
    let next = order.become_status(ThirdOrderStatus::Processed, None);
    let loan = StoredLoan::confirmed(&next, terms, card, now);
    let command = core_command::loan_application(&loan);
    let pending = deps.outbox.queue_message(scope, &deps.core_commands, command, &[]);
    let log = standing.log.map(|read| {
        let next = ConfirmLog { terms, completed_at: Some(now), ..read.log.clone() };
        (read, next)
    });
    let mut beside = vec![Beside::NewLoan(&deps.loans, &loan)];
    if let Some((read, next)) = &log {
        let write = LogWrite { key: &order.key, read: Some(read), next };
        beside.push(Beside::Log(&deps.logs, write));
    }
    beside.extend(standing.register.and_then(|read| opened(deps, read, now)));
    let commit = Commit {
        entry: Some(Entry { from: Some(order.status), source, reason: "loan confirmed".to_owned() }),
        beside: &beside,
        outbox: Some(&pending),
        ..Commit::of(Some(order.version), &next)
    };
    let committed = deps.store.commit(scope, commit).await?;
    info!(order = %order.key, source, ?committed, has_card = loan.loan.card.is_some(), "confirmation");
    if committed == Committed::Applied {
        deps.outbox.deliver(scope, &[pending]).await;
    }
    Ok(committed)
}

/// The write that there is an account, unless that is known.
fn opened<'a>(deps: &'a Deps, read: &'a StoredRegister, now: Timestamp) -> Option<Beside<'a>> {
    let next = Register::opened(Some(read.register), now);
    let write = RegisterWrite { key: &read.key, read: Some(read), next };
    (next != read.register).then_some(Beside::Register(&deps.registers, write))
}
