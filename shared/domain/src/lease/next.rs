use super::{Intent, Order, OrderState, Query};

/// The step that sign-flow takes next (§3, 1.1; §4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Send the order.
    Sync,
    /// Submit the contract.
    SubmitContract,
    /// Create the withhold sign.
    CreateWithhold,
    /// Ask whether the withhold agreement is signed.
    AskWithhold,
    /// Seal a party.
    Seal {
        /// Which.
        tag: Option<String>,
    },
    /// Ask whether the contract is finished.
    AskFlow,
    /// Nothing is left to do.
    Done,
}

/// What sign-flow waits for (§12, Answers).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitingFor {
    /// The user signs the contract on Ant's page.
    ContractUserSignature,
    /// The user signs the withhold agreement.
    WithholdSignature,
    /// Seals, or Ant after the last one.
    Sealing,
    /// An outcome that is not known yet; the caller asks again.
    Retry,
}

impl WaitingFor {
    /// Everything it may wait for.
    pub const ALL: [Self; 4] =
        [Self::ContractUserSignature, Self::WithholdSignature, Self::Sealing, Self::Retry];

    /// The text in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContractUserSignature => "contract_user_signature",
            Self::WithholdSignature => "withhold_signature",
            Self::Sealing => "sealing",
            Self::Retry => "retry",
        }
    }
}

/// The step that an order's state calls for.
#[must_use]
pub fn next_step(order: &Order) -> NextStep {
    match order.state {
        OrderState::New => NextStep::Sync,
        OrderState::Synced => NextStep::SubmitContract,
        OrderState::ContractSigning => NextStep::CreateWithhold,
        OrderState::WithholdSigning => NextStep::AskWithhold,
        OrderState::WithholdSigned => first_unsealed(order).unwrap_or(NextStep::Seal { tag: None }),
        OrderState::Sealing => first_unsealed(order).unwrap_or(NextStep::AskFlow),
        OrderState::Active
        | OrderState::PlanCancelled
        | OrderState::Fulfilled
        | OrderState::Closed
        | OrderState::Unbound => NextStep::Done,
    }
}

fn first_unsealed(order: &Order) -> Option<NextStep> {
    let party = order.contract.as_ref()?.parties.iter().find(|party| !party.sealed)?;
    Some(NextStep::Seal { tag: party.tag.clone() })
}

/// What order-query and lease-reconcile ask Ant about an order: what resolves its unknown outcome, and if there is none,
/// what may have changed at Ant in its state.
#[must_use]
pub fn needs_query(order: &Order) -> Vec<Query> {
    if let Some(unknown) = &order.unknown {
        return vec![resolved_by(&unknown.intent)];
    }
    match order.state {
        OrderState::ContractSigning | OrderState::WithholdSigned | OrderState::Sealing => {
            vec![Query::SignFlowGet]
        }
        OrderState::WithholdSigning => vec![Query::SignFlowGet, Query::WithholdSignQuery],
        OrderState::New
        | OrderState::Synced
        | OrderState::Active
        | OrderState::PlanCancelled
        | OrderState::Fulfilled
        | OrderState::Closed
        | OrderState::Unbound => Vec::new(),
    }
}

fn resolved_by(intent: &Intent) -> Query {
    match intent {
        Intent::Sync
        | Intent::SubmitContract { .. }
        | Intent::CancelPlan { .. }
        | Intent::Close { .. }
        | Intent::ConfirmUnsign { agree: false } => Query::TradeGet,
        Intent::CreateWithhold | Intent::Unbind | Intent::ConfirmUnsign { agree: true } => {
            Query::WithholdSignQuery
        }
        Intent::Seal { .. } => Query::SignFlowGet,
    }
}
