//! The calls that a lender makes at Rongshu.

/// Which call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Callback 1.1: the result of the credit audit.
    Audit,
    /// Callback 1.2: the result of the loan.
    Loan,
    /// Callback 1.3: the result of a repayment.
    Repay,
    /// Callback 1.4: the repayment plan.
    Plan,
    /// Pulls 1.11: what Rongshu knows of a user.
    Operator,
    CreditCard,
    Device,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Audit, Self::Loan, Self::Repay, Self::Plan, Self::Operator, Self::CreditCard, Self::Device];

    /// As the log and the faults call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Loan => "loan",
            Self::Repay => "repay",
            Self::Plan => "plan",
            Self::Operator => "operator",
            Self::CreditCard => "creditCard",
            Self::Device => "device",
        }
    }

    /// Below the channel's base.
    fn path(self) -> &'static str {
        match self {
            Self::Audit => "api/v2/order/feedback.do",
            Self::Loan => "api/v2/loan/feedback.do",
            Self::Repay => "api/v2/refund/feedback.do",
            Self::Plan => "api/v2/repayPlan/feedback.do",
            Self::Operator => "api/v2/data/operator.do",
            Self::CreditCard => "api/v2/data/creditCard.do",
            Self::Device => "api/v2/data/device.do",
        }
    }

    /// `type` in the answer to a pull; callbacks have none.
    pub(super) fn pulled(self) -> Option<u8> {
        match self {
            Self::Audit | Self::Loan | Self::Repay | Self::Plan => None,
            Self::Operator => Some(1),
            Self::CreditCard => Some(2),
            Self::Device => Some(3),
        }
    }

    pub(super) fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.path() == path)
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// All names, for explanations.
    pub(super) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}
