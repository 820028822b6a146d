use super::fixtures::{later, now, order, reply, signed, tag, two_parties, waiting};
use crate::lease::OrderState::{
    Active, Closed, ContractSigning, Fulfilled, New, PlanCancelled, Sealing, Synced, Unbound, WithholdSigned,
    WithholdSigning,
};
use crate::lease::{
    ApplyError, CancelReason, CloseReason, Intent, Order, OrderId, Party, Reply, begun, cleared, succeeded,
};

#[test]
fn an_order_is_registered_new_and_unwritten() {
    let order = Order::registered(OrderId::new("LEASE-0001").unwrap());
    assert_eq!((order.state, order.version, order.unknown), (New, 0, None));
    assert!(!order.withhold_lost && !order.unsign_pending && order.contract.is_none());
}

#[test]
fn an_intent_is_written_and_cleared_one_version_at_a_time() {
    let before = order(Active);
    let waiting = begun(&before, Intent::Unbind, now(), later());
    let unknown = waiting.unknown.clone().unwrap();
    assert_eq!((unknown.intent, unknown.since, unknown.running_until), (Intent::Unbind, now(), later()));
    assert_eq!((waiting.version, waiting.state), (8, Active));
    assert_eq!(cleared(&waiting), Order { version: 9, ..before.clone() });
    assert_eq!(cleared(&before), before, "nothing to clear");
}

#[test]
fn a_success_takes_the_order_where_the_operation_leads() {
    let seal = |of: &str| Intent::Seal { tag: tag(of) };
    let reason = CancelReason::RentingAndResale;
    let close = |reason| Intent::Close { reason, evidence: false };
    for (from, intent, to) in [
        (New, Intent::Sync, Synced),
        (Synced, Intent::Sync, Synced),
        (Synced, Intent::SubmitContract { parties: two_parties() }, ContractSigning),
        (ContractSigning, Intent::CreateWithhold, WithholdSigning),
        (WithholdSigning, Intent::CreateWithhold, WithholdSigning),
        (WithholdSigned, seal("landlord"), Sealing),
        (Sealing, seal("guarantor"), Sealing),
        (Active, Intent::CancelPlan { reason }, PlanCancelled),
        (PlanCancelled, close(CloseReason::RentingOut), Closed),
        (Fulfilled, close(CloseReason::Fulfilled), Closed),
        (Active, Intent::Close { reason: CloseReason::Fulfilled, evidence: true }, Closed),
        (Closed, Intent::Unbind, Unbound),
        (WithholdSigned, Intent::Unbind, Unbound),
        (Active, Intent::ConfirmUnsign { agree: false }, Active),
        (Active, Intent::ConfirmUnsign { agree: true }, Active),
        (Closed, Intent::ConfirmUnsign { agree: true }, Unbound),
    ] {
        let waiting = waiting(from, intent.clone());
        let after = succeeded(&waiting, reply()).unwrap();
        assert_eq!((after.state, after.version), (to, waiting.version + 1), "{from:?} {intent:?}");
        assert_eq!(after.unknown, None);
    }
}

#[test]
fn a_submitted_contract_is_kept_with_the_parties_of_the_intent() {
    let waiting = waiting(Synced, Intent::SubmitContract { parties: two_parties() });
    let contract = succeeded(&waiting, reply()).unwrap().contract.unwrap();
    let ids = (contract.sign_no, contract.flow_id, contract.account_id);
    assert_eq!(ids, (signed().sign_no, signed().flow_id, signed().account_id));
    assert_eq!(contract.parties, two_parties());
    assert_eq!(succeeded(&waiting, Reply::default()), Err(ApplyError::NoContract));
}

#[test]
fn a_sealed_party_is_marked_and_one_that_was_not_named_is_added() {
    let parties = |of: Option<String>| {
        let after = succeeded(&waiting(WithholdSigned, Intent::Seal { tag: of }), Reply::default());
        after.unwrap().contract.unwrap().parties
    };
    let sealed = |tag| Party { tag, sealed: true };
    let [landlord, guarantor] = two_parties().try_into().unwrap();
    assert_eq!(parties(tag("guarantor")), [landlord.clone(), sealed(tag("guarantor"))]);
    assert_eq!(parties(tag("other")), [landlord.clone(), guarantor.clone(), sealed(tag("other"))]);
    assert_eq!(parties(None), [landlord, guarantor, sealed(None)]);
}

#[test]
fn a_cancel_and_a_close_keep_their_reasons() {
    let reason = CancelReason::RentingAndResale;
    let cancelled = succeeded(&waiting(Active, Intent::CancelPlan { reason }), Reply::default()).unwrap();
    assert_eq!((cancelled.cancel_reason, cancelled.close_reason), (Some(reason), None));
    let reason = CloseReason::RentingAndResale;
    let intent = Intent::Close { reason, evidence: false };
    let closed = succeeded(&begun(&cancelled, intent, now(), later()), Reply::default()).unwrap();
    assert_eq!(closed.close_reason, Some(reason));
    assert_eq!(closed.cancel_reason, cancelled.cancel_reason);
}

#[test]
fn an_agreed_unsign_loses_the_agreement_of_an_order_that_lives_on_it_and_a_refused_one_does_not() {
    for state in [WithholdSigned, Sealing, Active, PlanCancelled, Fulfilled, Closed] {
        for agree in [true, false] {
            let mut waiting = waiting(state, Intent::ConfirmUnsign { agree });
            waiting.unsign_pending = true;
            let after = succeeded(&waiting, Reply::default()).unwrap();
            assert!(!after.unsign_pending);
            assert_eq!(after.withhold_lost, agree && state != Closed, "{state:?}");
        }
    }
}

#[test]
fn what_no_one_asked_for_or_no_state_allows_is_not_entered() {
    assert_eq!(succeeded(&order(Active), reply()), Err(ApplyError::NoIntent));
    for (from, intent, to) in [
        (Synced, Intent::Unbind, Unbound),
        (Active, Intent::Sync, Synced),
        (Active, Intent::Seal { tag: None }, Sealing),
        (New, Intent::CreateWithhold, WithholdSigning),
    ] {
        let error = succeeded(&waiting(from, intent), reply()).unwrap_err();
        assert_eq!(error, ApplyError::Transition { from, to });
    }
    let error = ApplyError::Transition { from: Synced, to: Unbound };
    assert_eq!(error.to_string(), "SYNCED may not become UNBOUND");
}
