//! Orders in any state, and what Ant says of them.

use jiff::{SignedDuration, Timestamp};

use crate::lease::{
    CancelReason, CloseReason, Contract, FlowStatus, Intent, Observation, Order, OrderId, OrderState, Party,
    Reply, SignedContract, Term, TermStatus, Trade, WithholdStatus, begun,
};

pub(super) fn now() -> Timestamp {
    "2025-01-03T10:00:00Z".parse().unwrap()
}

/// When no call begun `now` can be under way any more.
pub(super) fn later() -> Timestamp {
    now() + SignedDuration::from_secs(60)
}

/// A signing area's tag; the empty text is none.
pub(super) fn tag(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A landlord and a guarantor.
pub(super) fn two_parties() -> Vec<Party> {
    vec![Party::unsealed(tag("landlord")), Party::unsealed(tag("guarantor"))]
}

pub(super) fn signed() -> SignedContract {
    SignedContract { sign_no: "S-1".to_owned(), flow_id: "F-1".to_owned(), account_id: "A-1".to_owned() }
}

pub(super) fn reply() -> Reply {
    Reply { contract: Some(signed()) }
}

/// An order in `state`, with two parties from `CONTRACT_SIGNING` on; later it was cancelled for a return, and closed.
pub(super) fn order(state: OrderState) -> Order {
    let mut order = Order::registered(OrderId::new("LEASE-0001").unwrap());
    let SignedContract { sign_no, flow_id, account_id } = signed();
    order.state = state;
    order.version = 7;
    order.contract = (state >= OrderState::ContractSigning).then(|| {
        let sealed = state >= OrderState::Active;
        let parties = two_parties().into_iter().map(|party| Party { sealed, ..party }).collect();
        Contract { sign_no, flow_id, account_id, parties }
    });
    if matches!(state, OrderState::PlanCancelled | OrderState::Closed | OrderState::Unbound) {
        order.cancel_reason = Some(CancelReason::RentingOut);
    }
    if matches!(state, OrderState::Closed | OrderState::Unbound) {
        order.close_reason = Some(CloseReason::RentingOut);
    }
    order
}

/// The order with the landlord's seal.
pub(super) fn sealed_by_landlord(mut order: Order) -> Order {
    for party in order.contract.iter_mut().flat_map(|contract| &mut contract.parties) {
        party.sealed = party.sealed || party.tag == tag("landlord");
    }
    order
}

/// An order in `state` whose call was begun `now`, and runs for 10 s at most.
pub(super) fn waiting(state: OrderState, intent: Intent) -> Order {
    begun(&order(state), intent, now(), now() + SignedDuration::from_secs(10))
}

pub(super) fn withhold(status: &str) -> Observation {
    Observation::Withhold(WithholdStatus::of(status))
}

pub(super) fn flow(status: &str, sealed: &[(&str, bool)]) -> Observation {
    let sealed = sealed.iter().map(|(of, sealed)| (tag(of), *sealed)).collect();
    Observation::Flow { status: FlowStatus::of(status), sealed }
}

/// trade.get of an order with terms of these statuses.
pub(super) fn trade(statuses: &[&str]) -> Trade {
    let terms = (1..).zip(statuses).map(|(index, status)| Term {
        index,
        status: TermStatus::of(status),
        rental_fen: 1_167,
    });
    Trade { terms: terms.collect(), closed: Some(false), contract: None, unsign_pending: Some(false) }
}

pub(super) fn all_paid() -> Observation {
    Observation::Trade(trade(&["RETURN_FULL", "RETURN_FULL", "CANCEL"]))
}

/// One intent of each kind.
pub(super) fn every_intent() -> Vec<Intent> {
    vec![
        Intent::Sync,
        Intent::SubmitContract { parties: two_parties() },
        Intent::CreateWithhold,
        Intent::Seal { tag: tag("landlord") },
        Intent::CancelPlan { reason: CancelReason::RentingOut },
        Intent::Close { reason: CloseReason::Fulfilled, evidence: true },
        Intent::Unbind,
        Intent::ConfirmUnsign { agree: true },
        Intent::ConfirmUnsign { agree: false },
    ]
}
