use super::fixtures::{
    all_paid, every_intent, flow, later, now, order, sealed_by_landlord, trade, waiting, withhold,
};
use crate::lease::OrderState::{
    Active, Closed, ContractSigning, Fulfilled, PlanCancelled, Sealing, Synced, Unbound, WithholdSigned,
    WithholdSigning,
};
use crate::lease::{
    Alert, CancelReason, Intent, Observation, Observed, Order, OrderState, Trade, begun, observe,
    observe_overtaken,
};

/// Observes in every state: the order goes where it is listed, one version further, and else stays where it is, with its
/// contract as it was.
fn moves(observation: &Observation, listed: &[(OrderState, OrderState)]) {
    for state in OrderState::ALL {
        let before = order(state);
        let Observed { order: after, resolution, .. } = observe(&before, observation, now());
        assert_eq!(resolution, None, "nothing was unknown");
        match listed.iter().find(|(from, _)| *from == state) {
            Some((_, to)) => assert_eq!((after.state, after.version), (*to, 8), "{observation:?}"),
            None => assert_eq!((after.state, after.contract), (state, before.contract), "{observation:?}"),
        }
    }
}

/// Observes in every state: nothing changes.
fn changes_nothing(observation: &Observation) {
    for state in OrderState::ALL {
        let before = order(state);
        let after = observe(&before, observation, now());
        assert_eq!(after, Observed { order: before, resolution: None, alerts: vec![] }, "{observation:?}");
    }
}

#[test]
fn signed_ends_the_wait_for_the_agreement_and_means_nothing_elsewhere() {
    moves(&withhold("SIGNED"), &[(WithholdSigning, WithholdSigned)]);
}

#[test]
fn a_status_that_is_no_news_or_that_nobody_knows_changes_nothing() {
    for status in ["UNSIGNED", "APPLY_TERMINATE", "TIMEOUT_CLOSE", "signed", "FROZEN"] {
        changes_nothing(&withhold(status));
    }
    for status in ["DRAFT", "SIGNING", "FROZEN", "finish"] {
        changes_nothing(&flow(status, &[("landlord", true)]));
    }
    for terms in [&[][..], &["NOT_RETURN"], &["RETURN_FULL", "NOT_RETURN"], &["RETURN_FULL", "FROZEN"]] {
        changes_nothing(&Observation::Trade(trade(terms)));
    }
    changes_nothing(&Observation::TradeAbsent);
}

#[test]
fn an_answer_that_was_overtaken_leaves_the_users_application_as_it_is_and_is_good_for_all_else() {
    for known in [false, true] {
        let before = Order { unsign_pending: known, ..order(Active) };
        let paid = Trade { unsign_pending: Some(!known), ..trade(&["RETURN_FULL"]) };
        let seen = observe_overtaken(&before, &Observation::Trade(paid), now());
        assert_eq!((seen.order.state, seen.order.unsign_pending), (Fulfilled, known));
    }
    let lost = observe_overtaken(&order(Active), &withhold("TERMINATED"), now());
    assert!(lost.order.withhold_lost);
}

#[test]
fn terminated_unbinds_a_closed_order_and_is_a_loss_for_one_that_lives_on_the_agreement() {
    moves(&withhold("TERMINATED"), &[(Closed, Unbound)]);
    for state in OrderState::ALL {
        let lost = [WithholdSigned, Sealing, Active, PlanCancelled, Fulfilled].contains(&state);
        let seen = observe(&order(state), &withhold("TERMINATED"), now());
        assert_eq!(seen.order.withhold_lost, lost, "{state:?}");
        assert_eq!(seen.alerts, if lost { vec![Alert::WithholdLost] } else { vec![] });
        let again = observe(&seen.order, &withhold("TERMINATED"), now());
        assert_eq!((again.order, again.alerts), (seen.order, vec![]), "lost once");
    }
}

#[test]
fn a_new_agreement_after_a_lost_one_is_not_lost() {
    let before = Order { withhold_lost: true, ..order(WithholdSigning) };
    assert!(!observe(&before, &withhold("SIGNED"), now()).order.withhold_lost);
}

#[test]
fn finish_makes_an_order_active_once_the_agreement_is_signed_and_seals_all() {
    moves(&flow("FINISH", &[]), &[(WithholdSigned, Active), (Sealing, Active)]);
    let after = observe(&sealed_by_landlord(order(Sealing)), &flow("FINISH", &[]), now()).order;
    assert!(after.contract.unwrap().parties.iter().all(|party| party.sealed));
}

#[test]
fn a_flow_that_ended_without_a_contract_takes_the_order_back_to_synced_and_drops_it() {
    let back = [ContractSigning, WithholdSigning, WithholdSigned, Sealing].map(|state| (state, Synced));
    for status in ["UNDO", "EXPIRE", "REJECTED", "TERMINATE", "CANCELLED"] {
        moves(&flow(status, &[]), &back);
        for (state, _) in back {
            assert_eq!(observe(&order(state), &flow(status, &[]), now()).order.contract, None);
        }
    }
}

#[test]
fn an_active_order_with_nothing_left_to_pay_is_fulfilled() {
    moves(&all_paid(), &[(Active, Fulfilled)]);
    moves(&Observation::Trade(trade(&["CANCEL"])), &[(Active, Fulfilled)]);
    moves(&Observation::Trade(Trade { closed: Some(true), ..trade(&["NOT_RETURN"]) }), &[]);
    let cancelled = Order { cancel_reason: Some(CancelReason::RentingOut), ..order(Active) };
    assert_eq!(observe(&cancelled, &all_paid(), now()).order.state, Active, "a cancel of ours is no payment");
}

#[test]
fn an_application_to_unsign_comes_and_goes_with_what_trade_get_shows() {
    for state in OrderState::ALL {
        let pending = Observation::Trade(Trade { unsign_pending: Some(true), ..trade(&["NOT_RETURN"]) });
        let seen = observe(&order(state), &pending, now());
        assert!(seen.order.unsign_pending && seen.alerts.is_empty());
        assert_eq!((seen.order.state, seen.order.version), (state, 8));
        let gone = observe(&seen.order, &Observation::Trade(trade(&["NOT_RETURN"])), now());
        assert!(!gone.order.unsign_pending);
        assert_eq!(gone.order.version, 9);
    }
}

#[test]
fn while_a_call_runs_only_the_flags_change() {
    let observations = [
        withhold("SIGNED"),
        withhold("UNSIGNED"),
        withhold("TERMINATED"),
        flow("FINISH", &[]),
        flow("EXPIRE", &[]),
        all_paid(),
        Observation::Trade(Trade {
            closed: Some(true),
            unsign_pending: Some(true),
            ..trade(&["NOT_RETURN"])
        }),
        Observation::TradeAbsent,
    ];
    for state in OrderState::ALL {
        for intent in every_intent() {
            let before = waiting(state, intent);
            for observation in &observations {
                let Observed { order: after, resolution, .. } = observe(&before, observation, now());
                let Order { version, withhold_lost, unsign_pending, .. } = after.clone();
                assert_eq!(after, Order { version, withhold_lost, unsign_pending, ..before.clone() });
                assert_eq!(resolution, None);
                let flagged = withhold_lost || unsign_pending;
                assert_eq!(version, before.version + u64::from(flagged), "{state:?} {observation:?}");
            }
        }
    }
}

#[test]
fn an_agreement_that_our_own_unbind_is_ending_is_not_lost() {
    let running = waiting(WithholdSigned, Intent::Unbind);
    let seen = observe(&running, &withhold("TERMINATED"), now());
    assert_eq!(seen, Observed { order: running, resolution: None, alerts: vec![] });
}

#[test]
fn what_is_not_under_way_any_more_does_not_hold_the_order_up() {
    let before = begun(&order(Sealing), Intent::ConfirmUnsign { agree: false }, now(), now());
    let seen = observe(&before, &flow("FINISH", &[]), later());
    assert_eq!((seen.order.state, seen.resolution), (Active, None));
    assert_eq!(seen.order.unknown, before.unknown, "which its own query ends");
}
