/// Where a lease order stands (§4, §12). `CONTRACT_CANCELLED` is none of the states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderState {
    /// Registered by upstream.
    New,
    /// Ant has the order.
    Synced,
    /// The contract was submitted.
    ContractSigning,
    /// The withhold sign was created.
    WithholdSigning,
    /// A query said SIGNED.
    WithholdSigned,
    /// The first party was sealed.
    Sealing,
    /// The contract is finished.
    Active,
    /// The withhold plan was cancelled.
    PlanCancelled,
    /// Every term is settled.
    Fulfilled,
    /// Closed at Ant.
    Closed,
    /// The withhold agreement has ended.
    Unbound,
}

impl OrderState {
    /// Every state, in the order of an order's life.
    pub const ALL: [Self; 11] = [
        Self::New,
        Self::Synced,
        Self::ContractSigning,
        Self::WithholdSigning,
        Self::WithholdSigned,
        Self::Sealing,
        Self::Active,
        Self::PlanCancelled,
        Self::Fulfilled,
        Self::Closed,
        Self::Unbound,
    ];

    /// The text in answers and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "NEW",
            Self::Synced => "SYNCED",
            Self::ContractSigning => "CONTRACT_SIGNING",
            Self::WithholdSigning => "WITHHOLD_SIGNING",
            Self::WithholdSigned => "WITHHOLD_SIGNED",
            Self::Sealing => "SEALING",
            Self::Active => "ACTIVE",
            Self::PlanCancelled => "PLAN_CANCELLED",
            Self::Fulfilled => "FULFILLED",
            Self::Closed => "CLOSED",
            Self::Unbound => "UNBOUND",
        }
    }

    /// Reads a state; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether an order may go from here to `next` in one write (§4, §12). To stay is no transition.
    ///
    /// Two of them skip a state that nobody saw: the seal whose answer was lost and which finished the contract
    /// (`WITHHOLD_SIGNED` to ACTIVE), and the close on upstream's word that all is paid (ACTIVE to CLOSED, R3).
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    fn next(self) -> &'static [Self] {
        match self {
            Self::New => &[Self::Synced],
            Self::Synced => &[Self::ContractSigning],
            Self::ContractSigning => &[Self::WithholdSigning, Self::WithholdSigned, Self::Synced],
            Self::WithholdSigning => &[Self::WithholdSigned, Self::Synced],
            Self::WithholdSigned => &[Self::Sealing, Self::Active, Self::Unbound, Self::Synced],
            Self::Sealing => &[Self::Active, Self::Synced],
            Self::Active => &[Self::PlanCancelled, Self::Fulfilled, Self::Closed],
            Self::PlanCancelled | Self::Fulfilled => &[Self::Closed],
            Self::Closed => &[Self::Unbound],
            Self::Unbound => &[],
        }
    }

    /// Whether a contract is out and not finished: what can still end without one (§4, §12).
    pub(super) fn awaits_contract(self) -> bool {
        matches!(self, Self::ContractSigning | Self::WithholdSigning | Self::WithholdSigned | Self::Sealing)
    }

    /// Whether the order lives on a withhold agreement that was signed: what a TERMINATED takes it from (§4).
    pub(super) fn needs_withhold(self) -> bool {
        matches!(
            self,
            Self::WithholdSigned | Self::Sealing | Self::Active | Self::PlanCancelled | Self::Fulfilled
        )
    }
}
