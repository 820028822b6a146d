use jiff::Timestamp;

use super::{CancelReason, CloseReason, Intent, Order, OrderState};

/// What a caller wants of an order, with what the rules need to know about the caller's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// What it is.
    pub intent: Intent,
    /// Whether the caller asks for the override and may use it (§12, Bodies).
    pub override_allowed: bool,
    /// Whether upstream confirms that the goods came back (R2).
    pub return_confirmed: bool,
    /// Whether trade.get's terms have been applied to the order just now (R3).
    pub terms_seen: bool,
}

/// What becomes of a wish (§12, Order of checks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It goes to Ant.
    Send,
    /// It has been done before: answered 200 from the store.
    FromStore,
    /// 409: another call has no outcome yet.
    Busy(Busy),
    /// 409: the state machine forbids it.
    Conflict(&'static str),
    /// 422: something that must come before is missing.
    Precondition(&'static str),
    /// Only the terms can tell: ask trade.get, apply it, judge again with `terms_seen`.
    NeedsTerms,
}

/// What an order is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    /// A call is under way.
    Running,
    /// A call's outcome is unknown; a query will tell.
    UnknownOutcome,
}

impl Wish {
    /// A wish with nothing besides.
    #[must_use]
    pub fn new(intent: Intent) -> Self {
        Self { intent, override_allowed: false, return_confirmed: false, terms_seen: false }
    }
}

/// Judges a wish in the order of §12: busy, state, precondition.
#[must_use]
pub fn judge(order: &Order, wish: &Wish, now: Timestamp) -> Judgement {
    if let Some(busy) = busy(order, &wish.intent, now) {
        return Judgement::Busy(busy);
    }
    match &wish.intent {
        Intent::Sync => judge_sync(order.state),
        Intent::SubmitContract { .. } => judge_contract(order.state),
        Intent::CreateWithhold => judge_withhold(order.state),
        Intent::Seal { tag } => judge_seal(order, tag.as_deref()),
        Intent::CancelPlan { reason } => judge_cancel(order, *reason),
        Intent::Close { reason, evidence } => judge_close(order, wish, *reason, *evidence),
        Intent::Unbind => judge_unbind(order.state, wish.override_allowed),
        Intent::ConfirmUnsign { .. } => judge_confirm(order, wish.override_allowed),
    }
}

/// A create whose outcome is unknown may be sent again: Ant answers it with a fresh `sign_str` (§9, §12).
fn busy(order: &Order, intent: &Intent, now: Timestamp) -> Option<Busy> {
    let unknown = order.unknown.as_ref()?;
    if unknown.is_running(now) {
        return Some(Busy::Running);
    }
    let again = unknown.intent == Intent::CreateWithhold && *intent == Intent::CreateWithhold;
    if again { None } else { Some(Busy::UnknownOutcome) }
}

fn judge_sync(state: OrderState) -> Judgement {
    if matches!(state, OrderState::New | OrderState::Synced) {
        return Judgement::Send;
    }
    Judgement::Conflict("a contract has been submitted for the order")
}

fn judge_contract(state: OrderState) -> Judgement {
    match state {
        OrderState::Synced => Judgement::Send,
        OrderState::New => Judgement::Conflict("the order has not been synced"),
        OrderState::ContractSigning
        | OrderState::WithholdSigning
        | OrderState::WithholdSigned
        | OrderState::Sealing
        | OrderState::Active
        | OrderState::PlanCancelled
        | OrderState::Fulfilled
        | OrderState::Closed
        | OrderState::Unbound => Judgement::Conflict("a contract has been submitted for the order"),
    }
}

fn judge_withhold(state: OrderState) -> Judgement {
    match state {
        OrderState::ContractSigning | OrderState::WithholdSigning => Judgement::Send,
        OrderState::New | OrderState::Synced => Judgement::Conflict("no contract has been submitted"),
        OrderState::WithholdSigned
        | OrderState::Sealing
        | OrderState::Active
        | OrderState::PlanCancelled
        | OrderState::Fulfilled
        | OrderState::Closed
        | OrderState::Unbound => Judgement::Conflict("the withhold agreement has been signed"),
    }
}

fn judge_seal(order: &Order, tag: Option<&str>) -> Judgement {
    if order.is_sealed(tag) {
        return Judgement::FromStore;
    }
    if matches!(order.state, OrderState::WithholdSigned | OrderState::Sealing) {
        return Judgement::Send;
    }
    Judgement::Precondition(
        "a party is sealed once the withhold agreement is signed, until the contract is finished",
    )
}

fn judge_cancel(order: &Order, reason: CancelReason) -> Judgement {
    match order.state {
        OrderState::Active => Judgement::Send,
        OrderState::PlanCancelled | OrderState::Closed | OrderState::Unbound => match order.cancel_reason {
            Some(before) if before == reason => Judgement::FromStore,
            Some(_) => Judgement::Conflict("the plan was cancelled for another reason"),
            None => Judgement::Conflict("the order has ended without a cancel of its plan"),
        },
        OrderState::Fulfilled => Judgement::Conflict("every term is settled"),
        OrderState::New
        | OrderState::Synced
        | OrderState::ContractSigning
        | OrderState::WithholdSigning
        | OrderState::WithholdSigned
        | OrderState::Sealing => Judgement::Conflict("the order is not active"),
    }
}

fn judge_close(order: &Order, wish: &Wish, reason: CloseReason, evidence: bool) -> Judgement {
    match order.state {
        OrderState::Closed | OrderState::Unbound => match order.close_reason {
            Some(before) if before == reason => Judgement::FromStore,
            Some(_) => Judgement::Conflict("the order was closed for another reason"),
            None => Judgement::Conflict("the withhold agreement was ended without a close"),
        },
        OrderState::PlanCancelled => match (order.cancel_reason == reason.cancel_reason(), reason) {
            (false, _) => Judgement::Conflict("the plan was cancelled for another reason"),
            (true, CloseReason::RentingOut) if !wish.return_confirmed => {
                Judgement::Precondition("the return is not confirmed")
            }
            (true, _) => Judgement::Send,
        },
        OrderState::Fulfilled if reason == CloseReason::Fulfilled => Judgement::Send,
        OrderState::Fulfilled => Judgement::Precondition("the plan has not been cancelled"),
        OrderState::Active => judge_close_of_active(wish, reason, evidence),
        OrderState::New
        | OrderState::Synced
        | OrderState::ContractSigning
        | OrderState::WithholdSigning
        | OrderState::WithholdSigned
        | OrderState::Sealing => Judgement::Conflict("the order is not active"),
    }
}

/// An active order is closed if it is fulfilled, which trade.get shows or upstream's evidence says (R2, R3).
fn judge_close_of_active(wish: &Wish, reason: CloseReason, evidence: bool) -> Judgement {
    match reason {
        CloseReason::RentingOut | CloseReason::RentingAndResale => {
            Judgement::Precondition("the plan has not been cancelled")
        }
        CloseReason::Fulfilled if evidence => Judgement::Send,
        CloseReason::Fulfilled if wish.terms_seen => Judgement::Precondition("terms are not paid"),
        CloseReason::Fulfilled => Judgement::NeedsTerms,
    }
}

fn judge_unbind(state: OrderState, override_allowed: bool) -> Judgement {
    match state {
        OrderState::Closed => Judgement::Send,
        OrderState::Unbound => Judgement::FromStore,
        OrderState::WithholdSigned if override_allowed => Judgement::Send,
        OrderState::New
        | OrderState::Synced
        | OrderState::ContractSigning
        | OrderState::WithholdSigning
        | OrderState::WithholdSigned
        | OrderState::Sealing
        | OrderState::Active
        | OrderState::PlanCancelled
        | OrderState::Fulfilled => Judgement::Precondition("the order is not closed"),
    }
}

fn judge_confirm(order: &Order, override_allowed: bool) -> Judgement {
    match order.state {
        OrderState::New | OrderState::Synced | OrderState::ContractSigning | OrderState::WithholdSigning => {
            Judgement::Conflict("the withhold agreement has not been signed")
        }
        OrderState::Unbound => Judgement::Conflict("the withhold agreement has ended"),
        OrderState::WithholdSigned
        | OrderState::Sealing
        | OrderState::Active
        | OrderState::PlanCancelled
        | OrderState::Fulfilled
        | OrderState::Closed => {
            if order.unsign_pending || override_allowed {
                return Judgement::Send;
            }
            Judgement::Precondition("the user has not applied to end the withhold agreement")
        }
    }
}
