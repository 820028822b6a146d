use super::fixtures::{
    all_paid, every_intent, flow, later, order, sealed_by_landlord, signed, tag, trade, two_parties, waiting,
    withhold,
};
use crate::lease::OrderState::{
    Active, Closed, ContractSigning, Fulfilled, New, PlanCancelled, Sealing, Synced, Unbound, WithholdSigned,
    WithholdSigning,
};
use crate::lease::Resolution::{Happened, NotHappened};
use crate::lease::{
    Alert, CancelReason, CloseReason, Intent, Observation, Order, OrderState, Resolution, SignedContract,
    Trade, Unknown, observe, observe_overtaken,
};

/// An outcome unknown in a state; what a query says; what became of the call, and where the order stands then.
type Case = (OrderState, Intent, Observation, Option<Resolution>, OrderState);

fn check(cases: Vec<Case>) {
    for (from, intent, observation, resolution, to) in cases {
        let before = waiting(from, intent.clone());
        let seen = observe(&before, &observation, later());
        let sentence = format!("{intent:?} unknown in {from:?}, {observation:?}");
        assert_eq!((seen.resolution, seen.order.state), (resolution, to), "{sentence}");
        assert_eq!(seen.order.unknown.is_none(), resolution.is_some(), "{sentence}");
        if resolution.is_some() {
            assert_eq!(seen.order.version, before.version + 1, "{sentence}");
        }
    }
}

fn seen(trade: Trade) -> Observation {
    Observation::Trade(trade)
}

#[test]
fn a_sync_happened_if_trade_get_finds_the_order() {
    check(vec![
        (New, Intent::Sync, seen(trade(&[])), Some(Happened), Synced),
        (New, Intent::Sync, Observation::TradeAbsent, Some(NotHappened), New),
        (Synced, Intent::Sync, seen(trade(&["NOT_RETURN"])), Some(Happened), Synced),
        (Synced, Intent::Sync, Observation::TradeAbsent, Some(NotHappened), Synced),
        (New, Intent::Sync, withhold("SIGNED"), None, New),
        (New, Intent::Sync, flow("FINISH", &[]), None, New),
    ]);
}

#[test]
fn an_order_that_ant_does_not_have_tells_nothing_of_any_other_call() {
    for intent in every_intent().into_iter().filter(|intent| *intent != Intent::Sync) {
        for state in OrderState::ALL {
            let before = waiting(state, intent.clone());
            let seen = observe(&before, &Observation::TradeAbsent, later());
            assert_eq!((seen.order, seen.resolution), (before, None));
        }
    }
}

#[test]
fn a_contract_was_submitted_if_trade_get_names_it() {
    let submit = || Intent::SubmitContract { parties: two_parties() };
    let named = Trade { contract: Some(signed()), ..trade(&["NOT_RETURN"]) };
    check(vec![
        (Synced, submit(), seen(named.clone()), Some(Happened), ContractSigning),
        (Synced, submit(), seen(trade(&["NOT_RETURN"])), Some(NotHappened), Synced),
    ]);
    let after = observe(&waiting(Synced, submit()), &seen(named), later()).order;
    assert_eq!(after.contract, order(ContractSigning).contract);
}

#[test]
fn the_contract_that_the_order_fell_back_from_is_not_the_one_that_was_submitted() {
    let fell_back = observe(&order(ContractSigning), &flow("EXPIRE", &[]), later()).order;
    assert_eq!(
        (fell_back.state, fell_back.dropped_sign_no.as_deref()),
        (Synced, Some(signed().sign_no.as_str()))
    );
    let again = Order { unknown: waiting(Synced, Intent::Sync).unknown, ..fell_back };
    let unknown = again
        .unknown
        .map(|unknown| Unknown { intent: Intent::SubmitContract { parties: two_parties() }, ..unknown });
    let again = Order { unknown, ..again };
    let named = |contract| seen(Trade { contract: Some(contract), ..trade(&["NOT_RETURN"]) });
    let old = observe(&again, &named(signed()), later());
    assert_eq!((old.resolution, old.order.state), (Some(NotHappened), Synced));
    let new = SignedContract { sign_no: "another".into(), ..signed() };
    let new = observe(&again, &named(new), later());
    assert_eq!((new.resolution, new.order.state), (Some(Happened), ContractSigning));
}

#[test]
fn a_created_withhold_sign_is_signed_or_may_be_created_again() {
    for state in [ContractSigning, WithholdSigning] {
        check(vec![
            (state, Intent::CreateWithhold, withhold("SIGNED"), Some(Happened), WithholdSigned),
            (state, Intent::CreateWithhold, withhold("UNSIGNED"), Some(NotHappened), state),
            (state, Intent::CreateWithhold, withhold("TIMEOUT_CLOSE"), Some(NotHappened), state),
            (state, Intent::CreateWithhold, withhold("TERMINATED"), Some(NotHappened), state),
            (state, Intent::CreateWithhold, withhold("FROZEN"), None, state),
            (state, Intent::CreateWithhold, flow("SIGNING", &[]), None, state),
            (state, Intent::CreateWithhold, flow("EXPIRE", &[]), None, Synced),
        ]);
    }
    check(vec![(Synced, Intent::CreateWithhold, withhold("SIGNED"), Some(Happened), Synced)]);
}

#[test]
fn a_seal_is_told_by_the_flows_end_or_by_the_tags_own_entry() {
    let seal = || Intent::Seal { tag: tag("landlord") };
    for state in [WithholdSigned, Sealing] {
        check(vec![
            (state, seal(), flow("FINISH", &[]), Some(Happened), Active),
            (state, seal(), flow("SIGNING", &[("landlord", true)]), Some(Happened), Sealing),
            (state, seal(), flow("SIGNING", &[("landlord", false)]), Some(NotHappened), state),
            (state, seal(), flow("SIGNING", &[("guarantor", true)]), None, state),
            (state, seal(), flow("SIGNING", &[]), None, state),
            (state, seal(), flow("FROZEN", &[("landlord", true)]), None, state),
            (state, seal(), flow("EXPIRE", &[("landlord", true)]), Some(NotHappened), Synced),
            (state, seal(), withhold("SIGNED"), None, state),
        ]);
    }
}

#[test]
fn a_seal_that_the_flow_says_nothing_of_stays_unknown_even_if_it_is_the_last() {
    for of in ["guarantor", "somebody"] {
        let mut before = sealed_by_landlord(waiting(Sealing, Intent::Seal { tag: tag(of) }));
        let waits =
            |order: &Order| observe(order, &flow("SIGNING", &[("landlord", true)]), later()).resolution;
        assert_eq!(waits(&before), None, "{of}");
        before.contract.as_mut().unwrap().parties.truncate(1);
        assert_eq!(waits(&before), None, "the contract may wait for the user: {of}");
        assert_eq!(observe(&before, &flow("FINISH", &[]), later()).resolution, Some(Happened), "{of}");
    }
}

#[test]
fn a_seal_that_is_found_is_kept_of_that_party_alone() {
    let before = waiting(WithholdSigned, Intent::Seal { tag: tag("landlord") });
    let observation = flow("SIGNING", &[("landlord", true), ("guarantor", true)]);
    let after = observe(&before, &observation, later()).order;
    assert_eq!((after.is_sealed(Some("landlord")), after.is_sealed(Some("guarantor"))), (true, false));
}

#[test]
fn a_plan_was_cancelled_if_no_term_is_left_and_never_on_doubtful_terms() {
    let cancel = || Intent::CancelPlan { reason: CancelReason::RentingOut };
    check(vec![
        (Active, cancel(), all_paid(), Some(Happened), PlanCancelled),
        (Active, cancel(), seen(trade(&["RETURN_FULL", "NOT_RETURN"])), Some(NotHappened), Active),
        (Active, cancel(), seen(trade(&["FROZEN", "NOT_RETURN"])), Some(NotHappened), Active),
        (Active, cancel(), seen(trade(&["CANCEL", "FROZEN"])), None, Active),
        (Active, cancel(), seen(trade(&[])), None, Active),
        (Active, cancel(), withhold("SIGNED"), None, Active),
    ]);
    let after = observe(&waiting(Active, cancel()), &all_paid(), later()).order;
    assert_eq!(after.cancel_reason, Some(CancelReason::RentingOut));
}

#[test]
fn a_close_happened_if_trade_get_says_closed() {
    let closed = || seen(Trade { closed: Some(true), ..trade(&["RETURN_FULL"]) });
    let close = |reason, evidence| Intent::Close { reason, evidence };
    let fulfilled = || close(CloseReason::Fulfilled, true);
    check(vec![
        (PlanCancelled, close(CloseReason::RentingOut, false), closed(), Some(Happened), Closed),
        (PlanCancelled, close(CloseReason::RentingOut, false), all_paid(), Some(NotHappened), PlanCancelled),
        (Fulfilled, fulfilled(), closed(), Some(Happened), Closed),
        (Active, fulfilled(), closed(), Some(Happened), Closed),
        (Active, fulfilled(), seen(trade(&["NOT_RETURN"])), Some(NotHappened), Active),
        (Active, fulfilled(), all_paid(), Some(NotHappened), Fulfilled),
    ]);
    let after = observe(&waiting(Active, fulfilled()), &closed(), later()).order;
    assert_eq!(after.close_reason, Some(CloseReason::Fulfilled));
}

#[test]
fn an_unbind_happened_if_the_agreement_is_terminated() {
    for state in [Closed, WithholdSigned] {
        check(vec![
            (state, Intent::Unbind, withhold("TERMINATED"), Some(Happened), Unbound),
            (state, Intent::Unbind, withhold("SIGNED"), Some(NotHappened), state),
            (state, Intent::Unbind, withhold("APPLY_TERMINATE"), Some(NotHappened), state),
            (state, Intent::Unbind, withhold("FROZEN"), None, state),
        ]);
        let after = observe(&waiting(state, Intent::Unbind), &withhold("TERMINATED"), later());
        assert!(!after.order.withhold_lost && after.alerts.is_empty());
    }
}

#[test]
fn an_agreed_unsign_happened_if_the_agreement_is_terminated_which_is_a_loss() {
    let agree = || Intent::ConfirmUnsign { agree: true };
    check(vec![
        (Active, agree(), withhold("TERMINATED"), Some(Happened), Active),
        (Closed, agree(), withhold("TERMINATED"), Some(Happened), Unbound),
        (Active, agree(), withhold("SIGNED"), Some(NotHappened), Active),
        (Active, agree(), seen(trade(&["NOT_RETURN"])), None, Active),
    ]);
    let mut before = waiting(Active, agree());
    before.unsign_pending = true;
    let seen = observe(&before, &withhold("TERMINATED"), later());
    assert_eq!((seen.order.withhold_lost, seen.order.unsign_pending), (true, false));
    assert_eq!(seen.alerts, [Alert::WithholdLost]);
}

#[test]
fn a_refused_unsign_happened_if_no_application_is_pending_any_more() {
    let refuse = || Intent::ConfirmUnsign { agree: false };
    let pending = seen(Trade { unsign_pending: Some(true), ..trade(&["NOT_RETURN"]) });
    check(vec![
        (Active, refuse(), seen(trade(&["NOT_RETURN"])), Some(Happened), Active),
        (Active, refuse(), pending.clone(), Some(NotHappened), Active),
        (Active, refuse(), withhold("SIGNED"), None, Active),
    ]);
    let after = observe(&waiting(Active, refuse()), &pending, later()).order;
    assert!(after.unsign_pending, "and may be answered again");
}

#[test]
fn what_trade_get_does_not_say_leaves_a_close_and_a_refusal_open_and_the_wish_as_it_is() {
    let silent = |statuses| seen(Trade { closed: None, unsign_pending: None, ..trade(statuses) });
    let close = Intent::Close { reason: CloseReason::RentingOut, evidence: false };
    let refuse = || Intent::ConfirmUnsign { agree: false };
    check(vec![
        (PlanCancelled, close, silent(&["CANCEL"]), None, PlanCancelled),
        (Active, refuse(), silent(&["NOT_RETURN"]), None, Active),
    ]);
    for pending in [false, true] {
        let before = Order { unsign_pending: pending, ..waiting(Active, refuse()) };
        let after = observe(&before, &silent(&["NOT_RETURN"]), later()).order;
        assert_eq!(after.unsign_pending, pending);
    }
}

#[test]
fn an_answer_that_was_overtaken_still_tells_what_became_of_a_refusal() {
    let refused = |pending| Order {
        unsign_pending: pending,
        ..waiting(Active, Intent::ConfirmUnsign { agree: false })
    };
    for known in [false, true] {
        for (told, resolution) in [(false, Happened), (true, NotHappened)] {
            let answer = seen(Trade { unsign_pending: Some(told), ..trade(&["NOT_RETURN"]) });
            let after = observe_overtaken(&refused(known), &answer, later());
            assert_eq!(after.resolution, Some(resolution), "{known} {told}");
            assert_eq!(after.order.unsign_pending, known && told, "{known} {told}");
        }
    }
}
