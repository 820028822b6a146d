use jiff::Timestamp;

use super::{CancelReason, CloseReason, Intent, OrderId, OrderState, Party, Unknown};

/// A lease order, as far as the rules look at it (§4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Which.
    pub id: OrderId,
    /// Grows by one with each change; every write is conditional on it (§9).
    pub version: u64,
    /// Where it stands.
    pub state: OrderState,
    /// The call to Ant that has no outcome yet.
    pub unknown: Option<Unknown>,
    /// Whether the withhold agreement ended while the order lives on it (§4).
    pub withhold_lost: bool,
    /// Whether the user has applied to end the withhold agreement and waits for the merchant (R4).
    pub unsign_pending: bool,
    /// The contract that was submitted, until the order falls back to SYNCED.
    pub contract: Option<Contract>,
    /// The `sign_no` of the contract that the order fell back from: Ant may go on naming it.
    pub dropped_sign_no: Option<String>,
    /// Why the plan was cancelled, if we did.
    pub cancel_reason: Option<CancelReason>,
    /// Why the order was closed, if it was.
    pub close_reason: Option<CloseReason>,
}

/// What Ant calls a contract (§5, front.sign.submit).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedContract {
    /// Its `sign_no`.
    pub sign_no: String,
    /// Its `flow_id`.
    pub flow_id: String,
    /// Its `account_id`.
    pub account_id: String,
}

/// A contract that was submitted, with the seals that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// Ant's `sign_no`.
    pub sign_no: String,
    /// Ant's `flow_id`.
    pub flow_id: String,
    /// Ant's `account_id`.
    pub account_id: String,
    /// Whose seals it needs.
    pub parties: Vec<Party>,
}

impl Order {
    /// An order that upstream has just registered; no version of it has been written.
    #[must_use]
    pub fn registered(id: OrderId) -> Self {
        Self {
            id,
            version: 0,
            state: OrderState::New,
            unknown: None,
            withhold_lost: false,
            unsign_pending: false,
            contract: None,
            dropped_sign_no: None,
            cancel_reason: None,
            close_reason: None,
        }
    }

    /// Whether a call to Ant may be under way: its own answer decides then, and no other moves the order.
    #[must_use]
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        self.unknown.as_ref().is_some_and(|unknown| unknown.is_running(now))
    }

    /// The intent whose outcome is unknown: there is one, and its call is not under way any more.
    pub(super) fn unresolved(&self, now: Timestamp) -> Option<&Intent> {
        self.unknown.as_ref().filter(|unknown| !unknown.is_running(now)).map(|unknown| &unknown.intent)
    }

    /// Whether the contract's party with this tag has been sealed.
    #[must_use]
    pub fn is_sealed(&self, tag: Option<&str>) -> bool {
        let parties = self.contract.as_ref().map(|contract| contract.parties.as_slice()).unwrap_or_default();
        parties.iter().any(|party| party.sealed && party.tag.as_deref() == tag)
    }

    /// Goes to `next`, if the table lets it; to stay where it is, it always may. Whether it is there now.
    pub(super) fn go(&mut self, next: OrderState) -> bool {
        if self.state == next {
            return true;
        }
        if !self.state.may_become(next) {
            return false;
        }
        self.state = next;
        match next {
            // A new contract may be submitted from here; nothing of the old one counts any more (§12).
            OrderState::Synced => {
                let dropped = self.contract.take().map(|contract| contract.sign_no);
                self.dropped_sign_no = dropped.or_else(|| self.dropped_sign_no.take());
            }
            // What was lost was an agreement before this one.
            OrderState::WithholdSigned => self.withhold_lost = false,
            OrderState::New
            | OrderState::ContractSigning
            | OrderState::WithholdSigning
            | OrderState::Sealing
            | OrderState::Active
            | OrderState::PlanCancelled
            | OrderState::Fulfilled
            | OrderState::Closed
            | OrderState::Unbound => {}
        }
        true
    }

    /// What TERMINATED means here: the end of a closed order, a loss for one that lives on the agreement (§4).
    pub(super) fn withhold_ended(&mut self) {
        if self.state == OrderState::Closed {
            self.go(OrderState::Unbound);
        } else if self.state.needs_withhold() {
            self.withhold_lost = true;
        }
    }
}
