use super::{LoanResultStatus, Step, ThirdOrderStatus};

/// The code of an automatic refusal where nothing else is configured (§2.2).
const AUTOMATIC_REFUSAL: u16 = 26;

/// Where a loan order stands (`cl_borrow`, §2.2). The specification names groups of codes; where a group has several,
/// the code stands in the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoanStatus {
    /// 0: in review; where a loan order begins.
    InReview0,
    /// 10: in review.
    InReview10,
    /// 13: in review.
    InReview13,
    /// 20: in review.
    InReview20,
    /// 26, or what is configured: the audit refused automatically.
    RefusedAutomatically,
    /// 27: refused in the manual re-review.
    RefusedInReview,
    /// 30: disbursed.
    Disbursed,
    /// 31: the disbursement failed, and may be tried again.
    DisbursementFailed,
    /// 40: disbursed, a repaid state.
    Repaid40,
    /// 41: disbursed, a repaid state.
    Repaid41,
    /// A code that the specification does not list. It is kept, and tells the platform nothing.
    Unlisted(u16),
}

/// How the core's codes are read: one of them is configuration (§2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanCodes {
    automatic_refusal: u16,
}

/// What a loan query is answered (§2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanAnswer {
    /// Where the loan stands.
    pub status: LoanResultStatus,
    /// The words for it.
    pub remark: &'static str,
}

impl LoanStatus {
    /// Every listed status.
    pub const LISTED: [Self; 10] = [
        Self::InReview0,
        Self::InReview10,
        Self::InReview13,
        Self::InReview20,
        Self::RefusedAutomatically,
        Self::RefusedInReview,
        Self::Disbursed,
        Self::DisbursementFailed,
        Self::Repaid40,
        Self::Repaid41,
    ];

    /// Whether a loan order may go from here to `next` (§11, `cl_borrow`). To stay is no transition.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::InReview0
            | Self::InReview10
            | Self::InReview13
            | Self::InReview20
            | Self::DisbursementFailed => self != next,
            Self::RefusedAutomatically | Self::RefusedInReview | Self::Repaid41 => false,
            Self::Disbursed => matches!(next, Self::Repaid40 | Self::Repaid41),
            Self::Repaid40 => next == Self::Repaid41,
            Self::Unlisted(_) => Self::LISTED.contains(&next),
        }
    }

    /// What a message that brings `next` meets.
    #[must_use]
    pub fn step_to(self, next: Self) -> Step {
        Step::of(self == next, self.may_become(next))
    }

    /// Whether a repayment plan may come now, which makes the loan a disbursed one (§11, `cl_borrow`).
    #[must_use]
    pub fn accepts_plan(self) -> bool {
        match self {
            Self::InReview0
            | Self::InReview10
            | Self::InReview13
            | Self::InReview20
            | Self::DisbursementFailed
            | Self::Disbursed => true,
            Self::RefusedAutomatically
            | Self::RefusedInReview
            | Self::Repaid40
            | Self::Repaid41
            | Self::Unlisted(_) => false,
        }
    }

    /// Whether the user was refused, by whomever.
    #[must_use]
    pub fn is_refused(self) -> bool {
        self.result() == Some(LoanResultStatus::Refused)
    }

    /// Its status in a loan query; `None` for an unlisted code.
    fn result(self) -> Option<LoanResultStatus> {
        match self {
            Self::InReview0
            | Self::InReview10
            | Self::InReview13
            | Self::InReview20
            | Self::DisbursementFailed => Some(LoanResultStatus::InProgress),
            Self::RefusedAutomatically | Self::RefusedInReview => Some(LoanResultStatus::Refused),
            Self::Disbursed | Self::Repaid40 | Self::Repaid41 => Some(LoanResultStatus::Disbursed),
            Self::Unlisted(_) => None,
        }
    }
}

impl Default for LoanCodes {
    fn default() -> Self {
        Self { automatic_refusal: AUTOMATIC_REFUSAL }
    }
}

impl LoanCodes {
    /// With another code for an automatic refusal; `None` if that code means something else.
    #[must_use]
    pub fn new(automatic_refusal: u16) -> Option<Self> {
        let taken = LoanStatus::LISTED.iter().any(|status| fixed_code(*status) == Some(automatic_refusal));
        (!taken).then_some(Self { automatic_refusal })
    }

    /// Reads a code.
    #[must_use]
    pub fn status(self, code: u16) -> LoanStatus {
        let listed = LoanStatus::LISTED.into_iter().find(|status| self.code(*status) == code);
        listed.unwrap_or(LoanStatus::Unlisted(code))
    }

    /// The code of a status.
    #[must_use]
    pub fn code(self, status: LoanStatus) -> u16 {
        fixed_code(status).unwrap_or(self.automatic_refusal)
    }
}

/// The code of every status but the one whose code is configured.
fn fixed_code(status: LoanStatus) -> Option<u16> {
    match status {
        LoanStatus::InReview0 => Some(0),
        LoanStatus::InReview10 => Some(10),
        LoanStatus::InReview13 => Some(13),
        LoanStatus::InReview20 => Some(20),
        LoanStatus::RefusedAutomatically => None,
        LoanStatus::RefusedInReview => Some(27),
        LoanStatus::Disbursed => Some(30),
        LoanStatus::DisbursementFailed => Some(31),
        LoanStatus::Repaid40 => Some(40),
        LoanStatus::Repaid41 => Some(41),
        LoanStatus::Unlisted(code) => Some(code),
    }
}

impl LoanAnswer {
    /// The answer to a query about a loan order (§2.2); `None` is code 10001 and an alarm: a code that is not listed.
    #[must_use]
    pub fn of_loan(loan: LoanStatus) -> Option<Self> {
        loan.result().map(LoanResultStatus::answer)
    }

    /// The answer where there is no loan order (§2.2); `None` is code 10001 and an alarm: the order is processed.
    #[must_use]
    pub fn without_loan(order: ThirdOrderStatus) -> Option<Self> {
        without_loan(order).map(LoanResultStatus::answer)
    }
}

impl LoanResultStatus {
    /// The status with its words, which the loan callback has too (§7.7, §8).
    #[must_use]
    pub fn answer(self) -> LoanAnswer {
        let remark = match self {
            Self::Disbursed => "放款成功",
            Self::InProgress => "处理中",
            Self::Refused => "拒单处理",
        };
        LoanAnswer { status: self, remark }
    }
}

fn without_loan(order: ThirdOrderStatus) -> Option<LoanResultStatus> {
    match order {
        ThirdOrderStatus::InformationIncomplete
        | ThirdOrderStatus::ToBeParsed
        | ThirdOrderStatus::InProgress
        | ThirdOrderStatus::WaitingForCredit
        | ThirdOrderStatus::CreditInProgress
        | ThirdOrderStatus::WaitingForConfirmation
        | ThirdOrderStatus::WaitingForUseOfFunds => Some(LoanResultStatus::InProgress),
        ThirdOrderStatus::Refused | ThirdOrderStatus::LoanFailed => Some(LoanResultStatus::Refused),
        ThirdOrderStatus::Processed => None,
    }
}
