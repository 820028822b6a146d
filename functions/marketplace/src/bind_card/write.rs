//! What is written of a card that is bound, in one transaction.

use domain::marketplace::{AuthItem, CardType, LoanCard, Register};
use jiff::Timestamp;
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use tracing::info;

use super::{BindCard, Found};
use crate::core_command;
use crate::store::{
    Beside, Commit, Committed, DefaultCards, RegisterKey, RegisterWrite, StoredCard, StoredLoan, StoredOrder,
    StoredRegister,
};

/// Writes that a card is bound: it becomes both defaults, and the order shows it. Where there is no account the page is
/// handed out; of a confirmed order the loan gets the card, and the core is told. `false` if the order is no longer what
/// was read: its version is written each time, so that a confirmation either sees the card or comes before it.
pub(super) async fn bound(
    operation: &BindCard,
    scope: &Scope,
    (found, card_type): (&Found, CardType),
    card: LoanCard,
    (read, has_account): (Option<&StoredRegister>, Option<bool>),
) -> Result<bool, DynamoDbError> {
    let now = scope.now();
    let next = StoredOrder {
        items: found.order.items.clone().and([AuthItem::BankCard]),
        version: found.order.version + 1,
        ..found.order.clone()
    };
    let loan = changed_loan(found, &card);
    let stored = stored(found, card, card_type, now);
    let (payout, repayment) = (stored.digest.clone(), stored.digest.clone());
    let defaults = DefaultCards { payout, repayment, at: now };
    let user = (&next.key.channel, &next.content.uid);
    let mut beside = vec![
        Beside::Card(&operation.cards, user, &stored),
        Beside::DefaultCards(&operation.cards, user, &defaults),
    ];
    if has_account == Some(false) {
        beside.extend(register(operation, &found.register_key, read, now));
    }
    let pending = loan.as_ref().map(|(read, loan)| {
        beside.push(Beside::ChangedLoan(&operation.loans, *read, loan));
        let command = core_command::card_bound(loan, &stored.card);
        operation.outbox.queue_message(scope, &operation.core_commands, command, &[])
    });
    let commit =
        Commit { beside: &beside, outbox: pending.as_ref(), ..Commit::of(Some(found.order.version), &next) };
    let committed = operation.store.commit(scope, commit).await?;
    info!(order = %next.key, is_known = found.card.is_some(), ?committed, "a card is bound");
    if committed == Committed::Lost {
        return Ok(false);
    }
    if let Some(pending) = pending {
        operation.outbox.deliver(scope, &[pending]).await;
    }
    Ok(true)
}

/// Of a card that is known only the time changes.
fn stored(found: &Found, card: LoanCard, card_type: CardType, now: Timestamp) -> StoredCard {
    match &found.card {
        Some(known) => StoredCard { bound_at: now, ..known.clone() },
        None => StoredCard { digest: found.digest.clone(), card, card_type, bound_at: now },
    }
}

/// The loan with the card, and the version that was read, unless it has it already.
fn changed_loan(found: &Found, card: &LoanCard) -> Option<(u64, StoredLoan)> {
    let read = found.loan.as_ref()?;
    let loan = read.loan.with_card(card)?;
    Some((read.version, read.become_loan(loan)))
}

/// The page is handed out; while one waits, its hour goes on.
fn register<'a>(
    operation: &'a BindCard,
    key: &'a RegisterKey,
    read: Option<&'a StoredRegister>,
    now: Timestamp,
) -> Option<Beside<'a>> {
    let next = Register::page_given(read.map(|read| read.register), now);
    let write = RegisterWrite { key, read, next };
    (read.map(|read| read.register) != Some(next)).then_some(Beside::Register(&operation.registers, write))
}
