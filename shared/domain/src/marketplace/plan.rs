//! The repayment plan (§3 `repayPlan`, §11 Internal messages, Repayment, Wire): what is owed when, and what is paid.

use jiff::Timestamp;

use super::codes::coded;
use super::{Attempts, RepayPeriod, RepayResultStatus, Yuan};

coded! {
    /// Where a period stands; the code is the platform's (§3, `repayPlan`).
    PeriodStatus {
        /// It is not due yet.
        NotDue = 1,
        /// It is paid.
        Paid = 2,
        /// It is overdue.
        Overdue = 3,
    }
}

/// A period of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPeriod {
    /// Which, from 1.
    pub period_no: u16,
    /// When it is due.
    pub due_time: Timestamp,
    /// From when on it may be repaid.
    pub can_repay_time: Timestamp,
    /// What is paid back of the loan.
    pub principal: Yuan,
    /// Principal and interest, without the fee.
    pub repay_amount: Yuan,
    /// What is repaid of it already.
    pub already_repay_amount: Yuan,
    /// The fee for being overdue: this period's alone (§7.12).
    pub overdue_fee: Yuan,
    /// Where it stands.
    pub status: PeriodStatus,
    /// When it was paid, if that is known; of a paid period only.
    pub success_time: Option<Timestamp>,
}

/// A whole plan. Its sums are amounts, so that nothing that is asked of it can overflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    periods: Vec<PlanPeriod>,
    /// What each period would take, in the same order.
    trials: Vec<Trial>,
    whole: Trial,
    totals: PlanTotals,
}

/// What it would take to repay now (1.10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// The principal: of the period, or of all that are unpaid (`loanAmount`).
    pub principal: Yuan,
    /// What would have to be paid: nothing where it is paid (`repayAmount`).
    pub repay_amount: Yuan,
    /// The fee that is in it (`overdueFee`).
    pub overdue_fee: Yuan,
}

/// What a plan comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlanTotals {
    /// Principal and interest of all periods, without fees.
    pub repay_amount: Yuan,
    /// What is repaid already.
    pub already_repay_amount: Yuan,
}

/// Where the repayment of a period, or of everything, stands (1.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepayStanding {
    /// The status.
    pub status: RepayResultStatus,
    /// What is repaid already.
    pub already_repay_amount: Yuan,
    /// What is still to be paid, with the fee.
    pub will_repay_amount: Yuan,
}

/// Why periods are no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// There are none.
    #[error("a plan without periods")]
    Empty,
    /// Their numbers do not rise from 1 or more.
    #[error("periods that do not rise from 1 or more")]
    Order,
    /// A period's principal is more than what is repaid with it.
    #[error("a period with more principal than is repaid")]
    Principal,
    /// More is repaid of a period than it takes, and it is not paid.
    #[error("a period whose status and payments contradict each other")]
    Contradictory,
    /// The amounts are more than money can be.
    #[error("too large")]
    TooLarge,
}

impl PeriodStatus {
    /// Its name in the core's messages and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotDue => "not_due",
            Self::Paid => "paid",
            Self::Overdue => "overdue",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.as_str() == text)
    }
}

impl PlanPeriod {
    /// Whether it is paid.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        self.status == PeriodStatus::Paid
    }

    /// What it would take to repay it now. A paid one takes nothing, whatever was left to the borrower.
    fn trial(&self) -> Result<Trial, PlanError> {
        if self.principal > self.repay_amount {
            return Err(PlanError::Principal);
        }
        let principal = self.principal;
        let owed = self.repay_amount.plus(self.overdue_fee).ok_or(PlanError::TooLarge)?;
        if self.is_paid() {
            return Ok(Trial { principal, ..Trial::default() });
        }
        let repay_amount = owed.minus(self.already_repay_amount).ok_or(PlanError::Contradictory)?;
        Ok(Trial { principal, repay_amount, overdue_fee: self.overdue_fee })
    }
}

impl Plan {
    /// Takes a plan's periods, in rising order. Status and amounts say what is paid: a paid period need not say when, and what
    /// another says of it is not kept.
    ///
    /// # Errors
    /// They are no plan.
    pub fn new(mut periods: Vec<PlanPeriod>) -> Result<Self, PlanError> {
        for period in periods.iter_mut().filter(|period| !period.is_paid()) {
            period.success_time = None;
        }
        let first = periods.first().ok_or(PlanError::Empty)?;
        let rises = periods.is_sorted_by(|before, after| before.period_no < after.period_no);
        if first.period_no == 0 || !rises {
            return Err(PlanError::Order);
        }
        let trials = periods.iter().map(PlanPeriod::trial).collect::<Result<Vec<_>, _>>()?;
        let unpaid = || periods.iter().zip(&trials).filter(|(period, _)| !period.is_paid());
        let whole = Trial {
            principal: sum(unpaid().map(|(_, trial)| trial.principal))?,
            repay_amount: sum(unpaid().map(|(_, trial)| trial.repay_amount))?,
            overdue_fee: sum(unpaid().map(|(_, trial)| trial.overdue_fee))?,
        };
        let totals = PlanTotals {
            repay_amount: sum(periods.iter().map(|period| period.repay_amount))?,
            already_repay_amount: sum(periods.iter().map(|period| period.already_repay_amount))?,
        };
        Ok(Self { periods, trials, whole, totals })
    }

    /// The plan with what is known of when periods were paid that do not say so themselves: what another plan knows, and
    /// when a payment was made. One of everything paid no period that was paid in the other plan.
    #[must_use]
    pub fn with_times(mut self, known: &Self, payment: Option<(RepayPeriod, Timestamp)>) -> Self {
        for period in self.periods.iter_mut().filter(|period| period.is_paid()) {
            let before = known.find(period.period_no).map(|(before, _)| before);
            let by_payment = payment.filter(|(of, _)| match of {
                RepayPeriod::Period(number) => *number == period.period_no,
                RepayPeriod::Whole => !before.is_some_and(PlanPeriod::is_paid),
            });
            let at_payment = by_payment.map(|(_, at)| at);
            period.success_time =
                period.success_time.or(before.and_then(|before| before.success_time)).or(at_payment);
        }
        self
    }

    /// The periods, in rising order.
    #[must_use]
    pub fn periods(&self) -> &[PlanPeriod] {
        &self.periods
    }

    /// What it comes to.
    #[must_use]
    pub fn totals(&self) -> PlanTotals {
        self.totals
    }

    /// Whether another plan is one of the same periods, whatever stands in them.
    #[must_use]
    pub fn has_periods_of(&self, other: &Self) -> bool {
        let numbers = |plan: &Self| plan.periods.iter().map(|period| period.period_no).collect::<Vec<_>>();
        numbers(self) == numbers(other)
    }

    /// Whether every period that is paid in another plan is paid in this one, too.
    #[must_use]
    pub fn keeps_paid_of(&self, other: &Self) -> bool {
        let mut paid = other.periods.iter().filter(|period| period.is_paid());
        paid.all(|period| self.is_paid(RepayPeriod::Period(period.period_no)) == Some(true))
    }

    /// Whether every period is paid.
    #[must_use]
    pub fn is_paid_off(&self) -> bool {
        self.periods.iter().all(PlanPeriod::is_paid)
    }

    /// Whether a period, or everything, is paid; `None` for a period that the plan does not have.
    #[must_use]
    pub fn is_paid(&self, period: RepayPeriod) -> Option<bool> {
        match period {
            RepayPeriod::Whole => Some(self.is_paid_off()),
            RepayPeriod::Period(number) => self.find(number).map(|(period, _)| period.is_paid()),
        }
    }

    /// When a period, or the last of everything, was paid; `None` if it is not, or if that is not known.
    #[must_use]
    pub fn paid_at(&self, period: RepayPeriod) -> Option<Timestamp> {
        match period {
            RepayPeriod::Whole if !self.is_paid_off() => None,
            RepayPeriod::Whole => self.periods.iter().filter_map(|period| period.success_time).max(),
            RepayPeriod::Period(number) => self.find(number)?.0.success_time,
        }
    }

    /// What it would take to repay a period now, or everything that is unpaid (1.10); `None` for a period that the plan does
    /// not have.
    #[must_use]
    pub fn trial(&self, period: RepayPeriod) -> Option<Trial> {
        match period {
            RepayPeriod::Whole => Some(self.whole),
            RepayPeriod::Period(number) => self.find(number).map(|(_, trial)| trial),
        }
    }

    /// Where the repayment of a period, or of everything, stands (1.12); `None` for a period that the plan does not have. Of
    /// what is not paid, the last attempt counts before what was repaid in parts.
    #[must_use]
    pub fn standing(&self, period: RepayPeriod, attempts: &Attempts) -> Option<RepayStanding> {
        let (will_repay_amount, is_paid) = (self.trial(period)?.repay_amount, self.is_paid(period)?);
        let already_repay_amount = match period {
            RepayPeriod::Whole => self.totals.already_repay_amount,
            RepayPeriod::Period(number) => self.find(number)?.0.already_repay_amount,
        };
        let status = if is_paid {
            RepayResultStatus::Cleared
        } else if attempts.has_failed(period) {
            RepayResultStatus::Failed
        } else if already_repay_amount.is_zero() {
            RepayResultStatus::Unpaid
        } else {
            RepayResultStatus::PartlyPaid
        };
        Some(RepayStanding { status, already_repay_amount, will_repay_amount })
    }

    fn find(&self, number: u16) -> Option<(&PlanPeriod, Trial)> {
        let at = self.periods.binary_search_by_key(&number, |period| period.period_no).ok()?;
        self.periods.get(at).zip(self.trials.get(at).copied())
    }
}

fn sum(amounts: impl IntoIterator<Item = Yuan>) -> Result<Yuan, PlanError> {
    Yuan::sum(amounts).ok_or(PlanError::TooLarge)
}
