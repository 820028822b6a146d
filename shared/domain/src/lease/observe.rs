use jiff::Timestamp;

use super::apply::enter;
use super::resolve::{reply, resolution};
use super::{
    FlowStatus, Intent, Order, OrderState, Resolution, SignedContract, Term, Unknown, WithholdStatus,
};

/// An order as trade.get shows it (§12). What it does not say, nobody guesses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trade {
    /// Whether its `orderStatus` is CLOSED, if it has one.
    pub closed: Option<bool>,
    /// The contract, if `signNo`, `flowId` and `accountId` are all there.
    pub contract: Option<SignedContract>,
    /// Whether the user has applied to end the withhold agreement, if it says so.
    pub unsign_pending: Option<bool>,
    /// The terms of the rent.
    pub terms: Vec<Term>,
}

/// What a query of Ant said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// withhold.sign.query's status.
    Withhold(WithholdStatus),
    /// What sign.flow.get shows.
    Flow {
        /// Where the contract stands.
        status: FlowStatus,
        /// Of each tag in `sign_info` whether it is sealed.
        sealed: Vec<(Option<String>, bool)>,
    },
    /// What trade.get shows.
    Trade(Trade),
    /// trade.get was declined because Ant has no such order. Declined otherwise, it is no observation.
    TradeAbsent,
}

/// What an observation made of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// The order: unchanged, or changed and one version further.
    pub order: Order,
    /// What became of the order's unknown outcome, if this told.
    pub resolution: Option<Resolution>,
    /// Whom to wake.
    pub alerts: Vec<Alert>,
}

/// What somebody has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// The withhold agreement ended while the order lives on it (§4).
    WithholdLost,
}

impl Trade {
    /// Whether there are terms, and none of them can be debited any more (R3, §12).
    #[must_use]
    pub fn is_settled(&self) -> bool {
        !self.terms.is_empty() && self.terms.iter().all(|term| term.status.is_terminal())
    }
}

impl Alert {
    /// What the step from one version of an order to another calls for.
    #[must_use]
    pub fn between(before: &Order, after: &Order) -> Vec<Self> {
        let lost = !before.withhold_lost && after.withhold_lost;
        if lost { vec![Self::WithholdLost] } else { Vec::new() }
    }
}

/// Applies what a query said (§4, §9, §12). While a call is under way, only the flags change: its own answer decides.
#[must_use]
pub fn observe(order: &Order, observation: &Observation, now: Timestamp) -> Observed {
    observe_as_of(order, observation, now, false)
}

/// The same of an answer that another change of the order has overtaken. Whether the user waits may have been settled
/// meanwhile, so that stays as the order has it; an unknown outcome it ends all the same.
#[must_use]
pub fn observe_overtaken(order: &Order, observation: &Observation, now: Timestamp) -> Observed {
    observe_as_of(order, observation, now, true)
}

fn observe_as_of(order: &Order, observation: &Observation, now: Timestamp, is_overtaken: bool) -> Observed {
    let mut next = order.clone();
    let running = order.unknown.as_ref().filter(|unknown| unknown.is_running(now));
    let mut resolved = None;
    if running.is_none() {
        resolved = resolve(&mut next, observation, now);
        advance(&mut next, observation);
    }
    flag(&mut next, observation, running, is_overtaken);
    if next != *order {
        next.version += 1;
    }
    Observed { alerts: Alert::between(order, &next), order: next, resolution: resolved }
}

/// Ends the unknown outcome, if the observation tells it.
fn resolve(order: &mut Order, observation: &Observation, now: Timestamp) -> Option<Resolution> {
    let intent = order.unresolved(now)?.clone();
    let resolution = resolution(order, &intent, observation)?;
    order.unknown = None;
    if resolution == Resolution::Happened {
        happen(order, &intent, observation);
    }
    Some(resolution)
}

fn happen(order: &mut Order, intent: &Intent, observation: &Observation) {
    match intent {
        // That it is signed says more than that it was created.
        Intent::CreateWithhold => {
            order.go(OrderState::WithholdSigned);
        }
        Intent::Sync
        | Intent::SubmitContract { .. }
        | Intent::Seal { .. }
        | Intent::CancelPlan { .. }
        | Intent::Close { .. }
        | Intent::Unbind
        | Intent::ConfirmUnsign { .. } => {
            // An order that has fallen back to SYNCED meanwhile stays there: the effect belongs to the contract that
            // was dropped. `enter` then leaves the order as it is.
            let _ = enter(order, intent, reply(observation));
        }
    }
}

/// Moves the order where the observation alone takes it.
fn advance(order: &mut Order, observation: &Observation) {
    match observation {
        Observation::Withhold(WithholdStatus::Signed) if order.state == OrderState::WithholdSigning => {
            order.go(OrderState::WithholdSigned);
        }
        Observation::Withhold(WithholdStatus::Terminated) if order.state == OrderState::Closed => {
            order.go(OrderState::Unbound);
        }
        Observation::Flow { status: FlowStatus::Finish, .. }
            if matches!(order.state, OrderState::WithholdSigned | OrderState::Sealing) =>
        {
            order.go(OrderState::Active);
            let parties = order.contract.iter_mut().flat_map(|contract| &mut contract.parties);
            parties.for_each(|party| party.sealed = true);
        }
        Observation::Flow { status, .. }
            if status.ended_without_contract() && order.state.awaits_contract() =>
        {
            order.go(OrderState::Synced);
        }
        // A plan that we cancelled left ACTIVE; an outcome of a cancel that stays open needs its own answer first.
        Observation::Trade(trade)
            if order.state == OrderState::Active && trade.is_settled() && order.cancel_reason.is_none() =>
        {
            order.go(OrderState::Fulfilled);
        }
        Observation::Withhold(_)
        | Observation::Flow { .. }
        | Observation::Trade(_)
        | Observation::TradeAbsent => {}
    }
}

/// Sets the flags, which a call under way does not hold up. The agreement that it is ending itself is not lost.
fn flag(order: &mut Order, observation: &Observation, running: Option<&Unknown>, is_overtaken: bool) {
    match observation {
        Observation::Withhold(WithholdStatus::Terminated) => {
            let ours = running.is_some_and(|unknown| unknown.intent == Intent::Unbind);
            if order.state.needs_withhold() && !ours {
                order.withhold_lost = true;
            }
        }
        Observation::Trade(Trade { unsign_pending: Some(pending), .. }) if !is_overtaken => {
            order.unsign_pending = *pending;
        }
        Observation::Withhold(_)
        | Observation::Flow { .. }
        | Observation::Trade(_)
        | Observation::TradeAbsent => {}
    }
}
