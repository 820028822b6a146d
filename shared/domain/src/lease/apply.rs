use jiff::Timestamp;

use super::{Contract, Intent, Order, OrderState, Party, SignedContract, Unknown};

/// What Ant's OK brought, as far as the order keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// What Ant calls the contract; front.sign.submit has it, no other method needs it.
    pub contract: Option<SignedContract>,
}

/// Why a success cannot be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The order waits for no outcome.
    #[error("no operation under way")]
    NoIntent,
    /// front.sign.submit's answer names no contract.
    #[error("no contract in the answer")]
    NoContract,
    /// The order has left the state in which the operation means something.
    #[error("{} may not become {}", from.as_str(), to.as_str())]
    Transition {
        /// Where the order stands.
        from: OrderState,
        /// Where the operation would take it.
        to: OrderState,
    },
}

/// The order before a call to Ant: it says what is about to be asked for (§12, Unknown outcomes).
#[must_use]
pub fn begun(order: &Order, intent: Intent, now: Timestamp, running_until: Timestamp) -> Order {
    let unknown = Some(Unknown { intent, since: now, running_until });
    Order { unknown, version: order.version + 1, ..order.clone() }
}

/// The order after a call that had no effect: refused by Ant, not sent, or found not to have happened. Unchanged if it
/// waits for nothing.
#[must_use]
pub fn cleared(order: &Order) -> Order {
    if order.unknown.is_none() {
        return order.clone();
    }
    Order { unknown: None, version: order.version + 1, ..order.clone() }
}

/// The order after its own call came back with OK (§4).
///
/// # Errors
/// The order waits for no outcome, cannot go where the operation leads, or the contract is missing.
pub fn succeeded(order: &Order, reply: Reply) -> Result<Order, ApplyError> {
    let mut next = cleared(order);
    let Some(unknown) = &order.unknown else { return Err(ApplyError::NoIntent) };
    enter(&mut next, &unknown.intent, reply)?;
    Ok(next)
}

/// Enters what the intent brings about; the version stays. On an error the order is as it was.
pub(super) fn enter(order: &mut Order, intent: &Intent, reply: Reply) -> Result<(), ApplyError> {
    match intent {
        Intent::Sync => go(order, OrderState::Synced),
        Intent::SubmitContract { parties } => {
            let contract = reply.contract.ok_or(ApplyError::NoContract)?;
            go(order, OrderState::ContractSigning)?;
            order.contract = Some(contract.with(parties.clone()));
            Ok(())
        }
        Intent::CreateWithhold => go(order, OrderState::WithholdSigning),
        Intent::Seal { tag } => {
            go(order, OrderState::Sealing)?;
            seal(order, tag.as_deref());
            Ok(())
        }
        Intent::CancelPlan { reason } => {
            go(order, OrderState::PlanCancelled)?;
            order.cancel_reason = Some(*reason);
            Ok(())
        }
        Intent::Close { reason, .. } => {
            go(order, OrderState::Closed)?;
            order.close_reason = Some(*reason);
            Ok(())
        }
        Intent::Unbind => go(order, OrderState::Unbound),
        Intent::ConfirmUnsign { agree } => {
            order.unsign_pending = false;
            if *agree {
                order.withhold_ended();
            }
            Ok(())
        }
    }
}

fn go(order: &mut Order, to: OrderState) -> Result<(), ApplyError> {
    let from = order.state;
    if order.go(to) { Ok(()) } else { Err(ApplyError::Transition { from, to }) }
}

/// Marks a party as sealed. A tag that the contract did not name is kept as well: Ant took it.
fn seal(order: &mut Order, tag: Option<&str>) {
    let Some(contract) = &mut order.contract else { return };
    match contract.parties.iter_mut().find(|party| party.tag.as_deref() == tag) {
        Some(party) => party.sealed = true,
        None => contract.parties.push(Party { tag: tag.map(str::to_owned), sealed: true }),
    }
}

impl SignedContract {
    fn with(self, parties: Vec<Party>) -> Contract {
        let Self { sign_no, flow_id, account_id } = self;
        Contract { sign_no, flow_id, account_id, parties }
    }
}
