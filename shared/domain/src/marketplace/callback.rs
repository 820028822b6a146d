use super::{AuditStatus, LoanResultStatus, PlanStatus, RepayResultStatus};

/// A kind of callback (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallbackKind {
    /// 1.1: the credit decision.
    Audit,
    /// 1.2: the loan's result.
    Loan,
    /// 1.3: a repayment's result.
    Repay,
    /// 1.4: the repayment plan.
    Plan,
}

/// What a callback tells: the statuses that are called back, which are fewer than those that are answered (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Callback {
    /// The first audit is passed.
    AuditPassed,
    /// The user may not borrow: before, by or instead of a credit decision.
    AuditRefused,
    /// Disbursed, and there is a plan.
    LoanDisbursed,
    /// Refused after the confirmation.
    LoanRefused,
    /// A period is cleared.
    RepayCleared,
    /// A period is partly paid.
    RepayPartlyPaid,
    /// An attempt to repay failed.
    RepayFailed,
    /// The plan has changed.
    PlanChanged,
}

impl CallbackKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Audit, Self::Loan, Self::Repay, Self::Plan];

    /// Its name in the store and for operators.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Loan => "loan",
            Self::Repay => "repay",
            Self::Plan => "plan",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Its path at the platform, unless the channel is configured with another (§4).
    #[must_use]
    pub fn default_path(self) -> &'static str {
        match self {
            Self::Audit => "api/v2/order/feedback.do",
            Self::Loan => "api/v2/loan/feedback.do",
            Self::Repay => "api/v2/refund/feedback.do",
            Self::Plan => "api/v2/repayPlan/feedback.do",
        }
    }
}

impl Callback {
    /// Every callback.
    pub const ALL: [Self; 8] = [
        Self::AuditPassed,
        Self::AuditRefused,
        Self::LoanDisbursed,
        Self::LoanRefused,
        Self::RepayCleared,
        Self::RepayPartlyPaid,
        Self::RepayFailed,
        Self::PlanChanged,
    ];

    /// Its kind.
    #[must_use]
    pub fn kind(self) -> CallbackKind {
        match self {
            Self::AuditPassed | Self::AuditRefused => CallbackKind::Audit,
            Self::LoanDisbursed | Self::LoanRefused => CallbackKind::Loan,
            Self::RepayCleared | Self::RepayPartlyPaid | Self::RepayFailed => CallbackKind::Repay,
            Self::PlanChanged => CallbackKind::Plan,
        }
    }

    /// The `status` in its body.
    #[must_use]
    pub fn code(self) -> u16 {
        match self {
            Self::AuditPassed => AuditStatus::FirstPassed.code(),
            Self::AuditRefused => AuditStatus::Refused.code(),
            Self::LoanDisbursed => LoanResultStatus::Disbursed.code(),
            Self::LoanRefused => LoanResultStatus::Refused.code(),
            Self::RepayCleared => RepayResultStatus::Cleared.code(),
            Self::RepayPartlyPaid => RepayResultStatus::PartlyPaid.code(),
            Self::RepayFailed => RepayResultStatus::Failed.code(),
            Self::PlanChanged => PlanStatus::Available.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Callback, CallbackKind};

    #[test]
    fn each_kind_calls_back_its_statuses_of_the_table() {
        let codes = |kind| {
            let of_kind = Callback::ALL.into_iter().filter(|callback| callback.kind() == kind);
            of_kind.map(Callback::code).collect::<Vec<_>>()
        };
        assert_eq!(codes(CallbackKind::Audit), [6001, 6004]);
        assert_eq!(codes(CallbackKind::Loan), [7001, 7003]);
        assert_eq!(codes(CallbackKind::Repay), [8001, 8002, 8003]);
        assert_eq!(codes(CallbackKind::Plan), [9001]);
    }

    #[test]
    fn a_kind_has_a_name_and_a_path() {
        let kinds = CallbackKind::ALL;
        assert_eq!(kinds.map(CallbackKind::as_str), ["audit", "loan", "repay", "plan"]);
        assert_eq!(kinds.map(|kind| CallbackKind::parse(kind.as_str())), kinds.map(Some));
        assert_eq!(CallbackKind::parse("Audit"), None);
        assert!(kinds.iter().all(|kind| kind.default_path().starts_with("api/v2/")));
    }
}
