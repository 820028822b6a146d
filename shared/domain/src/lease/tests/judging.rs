use super::fixtures::{every_intent, later, now, order, sealed_by_landlord, tag, two_parties, waiting};
use crate::lease::OrderState::{
    Active, Closed, ContractSigning, Fulfilled, New, PlanCancelled, Sealing, Synced, Unbound, WithholdSigned,
    WithholdSigning,
};
use crate::lease::{Busy, CancelReason, CloseReason, Intent, Judgement, Order, OrderState, Wish, judge};

/// How a judgement is written in the tables below.
fn word(judgement: Judgement) -> &'static str {
    match judgement {
        Judgement::Send => "send",
        Judgement::FromStore => "store",
        Judgement::Busy(_) => "busy",
        Judgement::Conflict(_) => "409",
        Judgement::Precondition(_) => "422",
        Judgement::NeedsTerms => "terms",
    }
}

/// Judges the wish in every state: all that are not listed are `otherwise`.
fn in_every_state(wish: &Wish, listed: &[(OrderState, &str)], otherwise: &str) {
    for state in OrderState::ALL {
        let expected = listed.iter().find(|(of, _)| *of == state).map_or(otherwise, |(_, word)| *word);
        assert_eq!(word(judge(&order(state), wish, now())), expected, "{state:?} {wish:?}");
    }
}

fn close(reason: CloseReason) -> Wish {
    Wish::new(Intent::Close { reason, evidence: false })
}

#[test]
fn an_order_is_synced_until_its_contract_is_submitted() {
    in_every_state(&Wish::new(Intent::Sync), &[(New, "send"), (Synced, "send")], "409");
}

#[test]
fn a_contract_is_submitted_in_synced_alone() {
    let wish = Wish::new(Intent::SubmitContract { parties: two_parties() });
    in_every_state(&wish, &[(Synced, "send")], "409");
}

#[test]
fn a_withhold_sign_is_created_and_created_again_until_it_is_signed() {
    let sent = [(ContractSigning, "send"), (WithholdSigning, "send")];
    in_every_state(&Wish::new(Intent::CreateWithhold), &sent, "409");
}

#[test]
fn a_party_is_sealed_once_the_agreement_is_signed_and_a_sealed_one_is_answered_from_the_store() {
    let stored = [Active, PlanCancelled, Fulfilled, Closed, Unbound].map(|state| (state, "store"));
    let listed: Vec<_> = [(WithholdSigned, "send"), (Sealing, "send")].into_iter().chain(stored).collect();
    in_every_state(&Wish::new(Intent::Seal { tag: tag("landlord") }), &listed, "422");
    for unnamed in [None, tag("somebody")] {
        let sent = [(WithholdSigned, "send"), (Sealing, "send")];
        in_every_state(&Wish::new(Intent::Seal { tag: unnamed }), &sent, "422");
    }
    let one = sealed_by_landlord(order(Sealing));
    let seal = |tag| judge(&one, &Wish::new(Intent::Seal { tag }), now());
    assert_eq!(seal(tag("landlord")), Judgement::FromStore);
    assert_eq!(seal(tag("guarantor")), Judgement::Send);
}

#[test]
fn a_plan_is_cancelled_while_active_and_again_only_for_the_same_reason() {
    let cancel = |reason| Wish::new(Intent::CancelPlan { reason });
    let stored = [PlanCancelled, Closed, Unbound].map(|state| (state, "store"));
    let listed: Vec<_> = [(Active, "send")].into_iter().chain(stored).collect();
    in_every_state(&cancel(CancelReason::RentingOut), &listed, "409");
    in_every_state(&cancel(CancelReason::RentingAndResale), &[(Active, "send")], "409");
    let never_cancelled = Order { cancel_reason: None, ..order(Closed) };
    assert_eq!(word(judge(&never_cancelled, &cancel(CancelReason::RentingOut), now())), "409");
}

#[test]
fn a_return_is_closed_after_its_cancel_when_upstream_confirms_it() {
    let listed = [(Closed, "store"), (Unbound, "store"), (Active, "422"), (Fulfilled, "422")];
    let unconfirmed: Vec<_> = listed.into_iter().chain([(PlanCancelled, "422")]).collect();
    in_every_state(&close(CloseReason::RentingOut), &unconfirmed, "409");
    let confirmed: Vec<_> = listed.into_iter().chain([(PlanCancelled, "send")]).collect();
    in_every_state(&Wish { return_confirmed: true, ..close(CloseReason::RentingOut) }, &confirmed, "409");
}

#[test]
fn a_sale_is_closed_after_a_cancel_for_it_and_needs_no_return() {
    let resale = close(CloseReason::RentingAndResale);
    in_every_state(&resale, &[(Active, "422"), (Fulfilled, "422")], "409");
    let cancelled = Order { cancel_reason: Some(CancelReason::RentingAndResale), ..order(PlanCancelled) };
    assert_eq!(judge(&cancelled, &resale, now()), Judgement::Send);
    let other = Wish { return_confirmed: true, ..close(CloseReason::RentingOut) };
    assert_eq!(word(judge(&cancelled, &other, now())), "409");
}

#[test]
fn a_fulfilled_order_is_closed_and_an_active_one_when_terms_or_evidence_prove_it() {
    let fulfilled = close(CloseReason::Fulfilled);
    in_every_state(&fulfilled, &[(Fulfilled, "send"), (Active, "terms")], "409");
    let seen = Wish { terms_seen: true, ..fulfilled };
    in_every_state(&seen, &[(Fulfilled, "send"), (Active, "422")], "409");
    let evidence = Wish::new(Intent::Close { reason: CloseReason::Fulfilled, evidence: true });
    in_every_state(&evidence, &[(Fulfilled, "send"), (Active, "send")], "409");
    let returned = Wish::new(Intent::Close { reason: CloseReason::RentingOut, evidence: true });
    assert_eq!(word(judge(&order(Active), &returned, now())), "422", "evidence proves payment only");
}

#[test]
fn a_close_is_repeated_for_its_own_reason_and_never_after_an_unbind_without_one() {
    let closed = Order { cancel_reason: None, close_reason: Some(CloseReason::Fulfilled), ..order(Closed) };
    assert_eq!(judge(&closed, &close(CloseReason::Fulfilled), now()), Judgement::FromStore);
    assert_eq!(word(judge(&closed, &close(CloseReason::RentingOut), now())), "409");
    let unbound = Order { close_reason: None, ..order(Unbound) };
    assert_eq!(word(judge(&unbound, &close(CloseReason::RentingOut), now())), "409");
}

#[test]
fn an_agreement_is_unbound_after_the_close_or_by_an_override_before_the_first_seal() {
    let unbind = Wish::new(Intent::Unbind);
    in_every_state(&unbind, &[(Closed, "send"), (Unbound, "store")], "422");
    let listed = [(Closed, "send"), (Unbound, "store"), (WithholdSigned, "send")];
    in_every_state(&Wish { override_allowed: true, ..unbind }, &listed, "422");
}

#[test]
fn an_unsign_is_answered_when_it_was_applied_for_or_by_an_override() {
    let dead = [New, Synced, ContractSigning, WithholdSigning, Unbound].map(|state| (state, "409"));
    for agree in [true, false] {
        let confirm = Wish::new(Intent::ConfirmUnsign { agree });
        in_every_state(&confirm, &dead, "422");
        in_every_state(&Wish { override_allowed: true, ..confirm.clone() }, &dead, "send");
        let pending = Order { unsign_pending: true, ..order(Active) };
        assert_eq!(judge(&pending, &confirm, now()), Judgement::Send);
        let early = Order { unsign_pending: true, ..order(WithholdSigning) };
        assert_eq!(word(judge(&early, &confirm, now())), "409");
    }
}

#[test]
fn nothing_is_done_while_a_call_runs_and_nothing_while_its_outcome_is_unknown_but_another_create() {
    for state in OrderState::ALL {
        for unknown in every_intent() {
            let busy = waiting(state, unknown.clone());
            for intent in every_intent() {
                let again = unknown == Intent::CreateWithhold && intent == Intent::CreateWithhold;
                let wish = Wish { override_allowed: true, ..Wish::new(intent) };
                assert_eq!(judge(&busy, &wish, now()), Judgement::Busy(Busy::Running));
                let judgement = judge(&busy, &wish, later());
                if again {
                    assert_eq!(judgement, judge(&order(state), &wish, later()), "{state:?}");
                } else {
                    assert_eq!(judgement, Judgement::Busy(Busy::UnknownOutcome), "{state:?} {wish:?}");
                }
            }
        }
    }
}

#[test]
fn a_call_runs_until_the_instant_before_its_deadline() {
    let order = waiting(New, Intent::Sync);
    let unknown = order.unknown.clone().unwrap();
    let last = unknown.running_until - jiff::SignedDuration::from_nanos(1);
    assert!(unknown.is_running(last) && !unknown.is_running(unknown.running_until));
    assert!(order.is_under_way(last) && !order.is_under_way(unknown.running_until));
    assert!(!Order { unknown: None, ..order }.is_under_way(last));
}
