use super::fixtures::{every_intent, order, sealed_by_landlord, tag, waiting};
use crate::lease::OrderState::{
    Active, Closed, ContractSigning, Fulfilled, New, PlanCancelled, Sealing, Synced, Unbound, WithholdSigned,
    WithholdSigning,
};
use crate::lease::Query::{SignFlowGet, TradeGet, WithholdSignQuery};
use crate::lease::{Intent, NextStep, OrderState, needs_query, next_step};

#[test]
fn sign_flow_takes_one_step_after_the_other_until_the_order_is_active() {
    for (state, step) in [
        (New, NextStep::Sync),
        (Synced, NextStep::SubmitContract),
        (ContractSigning, NextStep::CreateWithhold),
        (WithholdSigning, NextStep::AskWithhold),
        (WithholdSigned, NextStep::Seal { tag: tag("landlord") }),
        (Sealing, NextStep::Seal { tag: tag("landlord") }),
        (Active, NextStep::Done),
        (PlanCancelled, NextStep::Done),
        (Fulfilled, NextStep::Done),
        (Closed, NextStep::Done),
        (Unbound, NextStep::Done),
    ] {
        assert_eq!(next_step(&order(state)), step, "{state:?}");
    }
}

#[test]
fn parties_are_sealed_in_their_order_and_then_ant_is_asked() {
    let mut order = sealed_by_landlord(order(Sealing));
    assert_eq!(next_step(&order), NextStep::Seal { tag: tag("guarantor") });
    for party in &mut order.contract.as_mut().unwrap().parties {
        party.sealed = true;
    }
    assert_eq!(next_step(&order), NextStep::AskFlow);
    order.state = WithholdSigned;
    order.contract = None;
    assert_eq!(next_step(&order), NextStep::Seal { tag: None }, "a contract without tags has one party");
}

#[test]
fn an_order_is_asked_about_where_something_may_have_changed_at_ant() {
    for state in OrderState::ALL {
        let queries = match state {
            ContractSigning | WithholdSigned | Sealing => vec![SignFlowGet],
            WithholdSigning => vec![SignFlowGet, WithholdSignQuery],
            New | Synced | Active | PlanCancelled | Fulfilled | Closed | Unbound => vec![],
        };
        assert_eq!(needs_query(&order(state)), queries, "{state:?}");
    }
}

#[test]
fn an_unknown_outcome_is_asked_after_by_its_own_query_alone() {
    for state in OrderState::ALL {
        for intent in every_intent() {
            let query = match &intent {
                Intent::CreateWithhold | Intent::Unbind | Intent::ConfirmUnsign { agree: true } => {
                    WithholdSignQuery
                }
                Intent::Seal { .. } => SignFlowGet,
                Intent::Sync
                | Intent::SubmitContract { .. }
                | Intent::CancelPlan { .. }
                | Intent::Close { .. }
                | Intent::ConfirmUnsign { agree: false } => TradeGet,
            };
            assert_eq!(needs_query(&waiting(state, intent)), [query]);
        }
    }
}
