//! What the core tells of a loan (§10, Loan core; items 15, 16, 19, 20, 23).

use jiff::Timestamp;

use super::{
    Attempts, CoreMessageKind, LoanStatus, Plan, Repaid, RepayOutcome, RepayPeriod, RepayResultStatus, Yuan,
};

/// The number of the result of an automatic debit (§11, Repayment).
const AUTOMATIC: u32 = 0;

/// A message about a loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoanNews {
    /// `audit-result`
    Audit(AuditResult),
    /// `loan-result`
    Result(LoanResult),
    /// `repay-plan`
    Plan(Box<NewPlan>),
    /// `overdue`: the plan with its fees.
    Overdue(Plan),
    /// `repay-result`
    Repayment(Box<RepayResult>),
}

/// What the audit of a confirmed loan came to (item 15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditResult {
    /// It goes on, in this state if one is told.
    Passed(Option<LoanStatus>),
    /// The user gets no loan, with this code.
    Refused(LoanStatus),
}

/// How the disbursement goes (item 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanResult {
    /// Where the loan stands.
    pub status: LoanStatus,
    /// What was paid out, if that is told.
    pub receive_amount: Option<Yuan>,
}

/// The plan of a loan that was disbursed (item 19).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPlan {
    /// The contract's id.
    pub contract_id: String,
    /// What was lent.
    pub loan_amount: Yuan,
    /// What was paid out.
    pub receive_amount: Yuan,
    /// What is to be repaid.
    pub repay_amount: Yuan,
    /// The plan.
    pub plan: Plan,
}

/// What came of a repayment (item 23).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepayResult {
    /// Of what.
    pub period: RepayPeriod,
    /// Of which attempt; 0 of an automatic debit.
    pub attempt_no: u32,
    /// What came of it.
    pub outcome: RepayOutcome,
    /// What is repaid already.
    pub already_repay_amount: Yuan,
    /// What is still to be paid.
    pub will_repay_amount: Yuan,
    /// When it was tried.
    pub repay_time: Timestamp,
    /// The plan after it; where nothing was paid it may be left out.
    pub plan: Option<Plan>,
}

impl LoanNews {
    /// The kind of message that tells it.
    #[must_use]
    pub fn kind(&self) -> CoreMessageKind {
        match self {
            Self::Audit(_) => CoreMessageKind::AuditResult,
            Self::Result(_) => CoreMessageKind::LoanResult,
            Self::Plan(_) => CoreMessageKind::RepayPlan,
            Self::Overdue(_) => CoreMessageKind::Overdue,
            Self::Repayment(_) => CoreMessageKind::RepayResult,
        }
    }

    /// Whether it refuses the user, if the loan may be led there.
    #[must_use]
    pub fn refuses(&self) -> bool {
        match self {
            Self::Audit(AuditResult::Refused(_)) => true,
            Self::Result(result) => result.status == LoanStatus::RefusedInReview,
            Self::Audit(AuditResult::Passed(_)) | Self::Plan(_) | Self::Overdue(_) | Self::Repayment(_) => {
                false
            }
        }
    }

    /// What it tells, in a word.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Audit(AuditResult::Passed(_)) => "passed",
            Self::Audit(AuditResult::Refused(_)) => "refused",
            Self::Result(_) => "result",
            Self::Plan(_) => "plan",
            Self::Overdue(_) => "overdue",
            Self::Repayment(result) => result.outcome.as_str(),
        }
    }
}

impl AuditResult {
    /// A pass, with the code that comes with it; `None` if that is one of a refusal.
    #[must_use]
    pub fn passed(status: Option<LoanStatus>) -> Option<Self> {
        (!status.is_some_and(LoanStatus::is_refused)).then_some(Self::Passed(status))
    }

    /// A refusal, which is the automatic one if no code comes with it, or one that is not listed: the seed gives that one no
    /// code (§2.2), and has every refusal called back. `None` if the code is listed and none of a refusal.
    #[must_use]
    pub fn refused(status: Option<LoanStatus>) -> Option<Self> {
        let status = match status {
            None | Some(LoanStatus::Unlisted(_)) => LoanStatus::RefusedAutomatically,
            Some(listed) => listed,
        };
        status.is_refused().then_some(Self::Refused(status))
    }
}

impl RepayResult {
    /// Whether no attempt of ours led to it.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        self.attempt_no == AUTOMATIC
    }

    /// What the platform is told of it (1.3), with the plan as it is after it. A period that something else paid is cleared,
    /// and an attempt that came to less does not take that back.
    #[must_use]
    pub fn told(&self, plan: &Plan) -> Repaid {
        let own = Repaid {
            period: self.period,
            status: self.outcome.status(),
            already_repay_amount: self.already_repay_amount,
            will_repay_amount: self.will_repay_amount,
            repay_time: self.repay_time,
        };
        match plan.standing(self.period, &Attempts::default()) {
            Some(standing)
                if standing.status == RepayResultStatus::Cleared && own.status != standing.status =>
            {
                Repaid {
                    status: standing.status,
                    already_repay_amount: standing.already_repay_amount,
                    will_repay_amount: standing.will_repay_amount,
                    repay_time: plan.paid_at(self.period).unwrap_or(self.repay_time),
                    ..own
                }
            }
            Some(_) | None => own,
        }
    }

    /// Whether it is one of a loan with this plan, and its own plan has the period paid if it says so itself: what is paid
    /// is never to be asked for again.
    #[must_use]
    pub fn fits(&self, current: &Plan) -> bool {
        let Some(plan) = &self.plan else {
            return !self.outcome.changes_plan() && current.is_paid(self.period).is_some();
        };
        let is_paid = plan.is_paid(self.period);
        let is_consistent = match self.outcome {
            RepayOutcome::Paid => is_paid == Some(true),
            RepayOutcome::PartlyPaid | RepayOutcome::Failed => is_paid.is_some(),
        };
        is_consistent && plan.has_periods_of(current)
    }
}
