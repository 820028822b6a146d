/// Why a withhold plan is cancelled (§5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CancelReason {
    /// 退租: the goods come back.
    RentingOut,
    /// 租转售: the user buys them.
    RentingAndResale,
}

/// Why an order is closed (§5, R2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CloseReason {
    /// The user has performed in full.
    Fulfilled,
    /// The plan was cancelled, and the goods came back.
    RentingOut,
    /// The plan was cancelled, and the user bought them.
    RentingAndResale,
}

impl CancelReason {
    /// Every reason.
    pub const ALL: [Self; 2] = [Self::RentingOut, Self::RentingAndResale];

    /// The text on both wires and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RentingOut => "RENTING_OUT",
            Self::RentingAndResale => "RENTING_AND_RESALE",
        }
    }

    /// Reads a reason; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Fulfilled, Self::RentingOut, Self::RentingAndResale];

    /// The text on both wires and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fulfilled => "FULFILLED",
            Self::RentingOut => CancelReason::RentingOut.as_str(),
            Self::RentingAndResale => CancelReason::RentingAndResale.as_str(),
        }
    }

    /// Reads a reason; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// The reason that the plan must have been cancelled for (R2); `None` where no cancel comes before.
    #[must_use]
    pub fn cancel_reason(self) -> Option<CancelReason> {
        match self {
            Self::Fulfilled => None,
            Self::RentingOut => Some(CancelReason::RentingOut),
            Self::RentingAndResale => Some(CancelReason::RentingAndResale),
        }
    }
}
