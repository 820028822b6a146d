use super::{FlowStatus, Intent, Observation, Order, Reply, TermStatus, Trade, WithholdStatus};

/// What became of a call whose outcome was unknown (§12, Unknown outcomes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It had its effect.
    Happened,
    /// It had none.
    NotHappened,
}

/// What a query's answer says about an unknown outcome, each by its own query; `None` if it leaves it open.
pub(super) fn resolution(order: &Order, intent: &Intent, observation: &Observation) -> Option<Resolution> {
    match observation {
        // That there is no such order tells nothing about any other call.
        Observation::TradeAbsent => (*intent == Intent::Sync).then_some(Resolution::NotHappened),
        Observation::Trade(trade) => by_trade(order, trade, intent),
        Observation::Withhold(status) => by_withhold(status, intent),
        Observation::Flow { status, sealed } => {
            let Intent::Seal { tag } = intent else { return None };
            by_flow(status, sealed, tag.as_ref())
        }
    }
}

/// What of the answer the intent's success brings with it.
pub(super) fn reply(observation: &Observation) -> Reply {
    match observation {
        Observation::Trade(trade) => Reply { contract: trade.contract.clone() },
        Observation::Withhold(_) | Observation::Flow { .. } | Observation::TradeAbsent => Reply::default(),
    }
}

fn by_trade(order: &Order, trade: &Trade, intent: &Intent) -> Option<Resolution> {
    match intent {
        Intent::Sync => Some(Resolution::Happened),
        // A contract that ended is still named, until there is another.
        Intent::SubmitContract { .. } => Some(happened(trade.contract.as_ref().is_some_and(|contract| {
            order.dropped_sign_no.as_ref().is_none_or(|dropped| *dropped != contract.sign_no)
        }))),
        Intent::CancelPlan { .. } => by_terms(trade),
        Intent::Close { .. } => trade.closed.map(happened),
        Intent::ConfirmUnsign { agree: false } => trade.unsign_pending.map(|pending| happened(!pending)),
        Intent::CreateWithhold
        | Intent::Seal { .. }
        | Intent::Unbind
        | Intent::ConfirmUnsign { agree: true } => None,
    }
}

/// A plan is cancelled when no term is left to be debited. No terms at all, or one in a status that nobody knows, is
/// no proof: to take a plan for cancelled that is not would leave its debits running.
fn by_terms(trade: &Trade) -> Option<Resolution> {
    if trade.terms.iter().any(|term| term.status == TermStatus::NotReturn) {
        return Some(Resolution::NotHappened);
    }
    trade.is_settled().then_some(Resolution::Happened)
}

fn by_withhold(status: &WithholdStatus, intent: &Intent) -> Option<Resolution> {
    let wanted = match intent {
        Intent::CreateWithhold => WithholdStatus::Signed,
        Intent::Unbind | Intent::ConfirmUnsign { agree: true } => WithholdStatus::Terminated,
        Intent::Sync
        | Intent::SubmitContract { .. }
        | Intent::Seal { .. }
        | Intent::CancelPlan { .. }
        | Intent::Close { .. }
        | Intent::ConfirmUnsign { agree: false } => return None,
    };
    match status {
        WithholdStatus::Unknown(_) => None,
        WithholdStatus::Unsigned
        | WithholdStatus::Signed
        | WithholdStatus::Terminated
        | WithholdStatus::ApplyTerminate
        | WithholdStatus::TimeoutClose => Some(happened(*status == wanted)),
    }
}

fn by_flow(
    status: &FlowStatus,
    sealed: &[(Option<String>, bool)],
    tag: Option<&String>,
) -> Option<Resolution> {
    match status {
        FlowStatus::Finish => return Some(Resolution::Happened),
        FlowStatus::Unknown(_) => return None,
        // The contract is dropped, and its seals with it.
        FlowStatus::Undo
        | FlowStatus::Terminate
        | FlowStatus::Expire
        | FlowStatus::Rejected
        | FlowStatus::Cancelled => return Some(Resolution::NotHappened),
        FlowStatus::Draft | FlowStatus::Signing => {}
    }
    if let Some((_, sealed)) = sealed.iter().find(|(of, _)| of.as_ref() == tag) {
        return Some(happened(*sealed));
    }
    // The contract may wait for the user as well: that it is not finished tells nothing of the seal.
    None
}

fn happened(it_did: bool) -> Resolution {
    if it_did { Resolution::Happened } else { Resolution::NotHappened }
}
