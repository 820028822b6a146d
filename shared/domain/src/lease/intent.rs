use jiff::Timestamp;

use super::{CancelReason, CloseReason, Method, Party};

/// What a call to Ant is to bring about; written on the order before the call goes out (§12, Unknown outcomes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// The order goes to Ant.
    Sync,
    /// The contract goes to Ant.
    SubmitContract {
        /// Whose seals it will need.
        parties: Vec<Party>,
    },
    /// A withhold sign is created.
    CreateWithhold,
    /// A party is sealed.
    Seal {
        /// Which.
        tag: Option<String>,
    },
    /// The withhold plan is cancelled.
    CancelPlan {
        /// Why.
        reason: CancelReason,
    },
    /// The order is closed.
    Close {
        /// Why.
        reason: CloseReason,
        /// Whether upstream says, with an evidence id, that all is paid (R3).
        evidence: bool,
    },
    /// The withhold agreement is ended.
    Unbind,
    /// The user's wish to end it is answered.
    ConfirmUnsign {
        /// Whether it ends.
        agree: bool,
    },
}

/// A call to Ant that has no outcome yet: it is under way, or nobody knows what became of it (§12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What it is to bring about.
    pub intent: Intent,
    /// When it was begun.
    pub since: Timestamp,
    /// Until when whoever makes the call may still be alive; from then on the outcome is unknown.
    pub running_until: Timestamp,
}

impl Intent {
    /// The method that brings it about (§3).
    #[must_use]
    pub fn method(&self) -> Method {
        match self {
            Self::Sync => Method::FrontTradeSync,
            Self::SubmitContract { .. } => Method::FrontSignSubmit,
            Self::CreateWithhold => Method::WithholdSignCreate,
            Self::Seal { .. } => Method::SignFlowAuth,
            Self::CancelPlan { .. } => Method::WithholdPlanCancel,
            Self::Close { .. } => Method::TradeSync,
            Self::Unbind => Method::WithholdSignUnbind,
            Self::ConfirmUnsign { .. } => Method::SignAsyncUnsignConfirm,
        }
    }
}

impl Unknown {
    /// Whether the call may still be under way.
    #[must_use]
    pub fn is_running(&self, now: Timestamp) -> bool {
        now < self.running_until
    }
}
