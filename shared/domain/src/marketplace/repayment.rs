//! Attempts to repay (§3 1.11 and 1.12, §11 Repayment): who may begin one, and what a result of the core does to it.

use std::collections::BTreeMap;

use super::{Plan, RepayResultStatus};

/// The number of a result that no attempt of ours led to: an automatic debit's (§11).
const AUTOMATIC: u32 = 0;
/// The number for everything on the wire and in messages.
const WHOLE: i32 = -1;
/// Of how many attempts to repay a period it is kept what came of them: of those that closed last. Of the others it is
/// known how many there were.
const KEPT: usize = 8;

/// What is repaid: one period, or everything that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RepayPeriod {
    /// Everything: −1.
    Whole,
    /// A period, from 1.
    Period(u16),
}

/// What came of an attempt (`status` in the core's `repay-result`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepayOutcome {
    /// What was asked for is paid.
    Paid,
    /// A part is.
    PartlyPaid,
    /// Nothing was paid.
    Failed,
}

/// The attempts to repay a period, or everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeriodAttempts {
    /// How many were closed before these, so long ago that nobody asks any more what came of them.
    pub closed_before: u32,
    /// What came of those that are closed, in the order of their numbers; the first of all is number 1.
    pub closed: Vec<RepayOutcome>,
    /// Whether the next number is given out, and its result has not come.
    pub is_open: bool,
    /// The result that came last: an attempt's or an automatic debit's.
    pub last: Option<RepayOutcome>,
}

/// All attempts to repay a loan. At most one is open for each period, and one for everything excludes all others (§11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    by_period: BTreeMap<RepayPeriod, PeriodAttempts>,
}

/// Attempts that cannot be: one for everything is open beside one for a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an attempt to repay everything is open beside another")]
pub struct ContradictoryAttempts;

/// Why a wish to repay is not taken: 5003.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepayRefusal {
    /// There is no plan yet.
    NoPlan,
    /// The plan has no such period.
    UnknownPeriod,
    /// It is paid already.
    AlreadyPaid,
    /// Another attempt is open that excludes this one: `还款处理中`.
    InProgress,
}

/// What becomes of a wish to repay (1.11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepayRequest {
    /// It is a new attempt.
    New {
        /// The attempts with it.
        attempts: Attempts,
        /// Its number.
        attempt_no: u32,
    },
    /// It is the attempt that is open already.
    Repeated {
        /// Its number.
        attempt_no: u32,
    },
    /// It is not taken.
    Refused(RepayRefusal),
}

/// What a result of the core meets (§11): like [`super::Step`], with what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultStep {
    /// It is to be applied; these are the attempts after it.
    Go(Attempts),
    /// Its attempt is closed with the same outcome already.
    Stay,
    /// Its number was never given out, or its attempt is closed with another outcome, or so long ago that nobody knows.
    Forbidden,
}

impl RepayPeriod {
    /// Reads a number: −1, or a period from 1; `None` for any other.
    #[must_use]
    pub fn of(number: i64) -> Option<Self> {
        if number == i64::from(WHOLE) {
            return Some(Self::Whole);
        }
        u16::try_from(number).ok().filter(|period| *period > 0).map(Self::Period)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Whole => WHOLE,
            Self::Period(number) => i32::from(number),
        }
    }

    /// Whether an open attempt for the one keeps an attempt for the other from beginning.
    #[must_use]
    pub fn excludes(self, other: Self) -> bool {
        self != other && (self == Self::Whole || other == Self::Whole)
    }
}

impl RepayOutcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Paid, Self::PartlyPaid, Self::Failed];

    /// Its name in the core's messages and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::PartlyPaid => "partly_paid",
            Self::Failed => "failed",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }

    /// What the platform is told (1.3).
    #[must_use]
    pub fn status(self) -> RepayResultStatus {
        match self {
            Self::Paid => RepayResultStatus::Cleared,
            Self::PartlyPaid => RepayResultStatus::PartlyPaid,
            Self::Failed => RepayResultStatus::Failed,
        }
    }

    /// Whether something was paid, so that the plan is called back behind the result (item 23).
    #[must_use]
    pub fn changes_plan(self) -> bool {
        match self {
            Self::Paid | Self::PartlyPaid => true,
            Self::Failed => false,
        }
    }
}

impl RepayResultStatus {
    /// The words for it, in the answer and in the callback.
    #[must_use]
    pub fn remark(self) -> &'static str {
        match self {
            Self::Cleared => "已还清",
            Self::PartlyPaid => "部分还款",
            Self::Failed => "还款失败",
            Self::Unpaid => "未还款",
        }
    }
}

impl PeriodAttempts {
    /// The number of the attempt that is open, or would be the next.
    fn current(&self) -> u32 {
        // The numbers are u32 on the wire; nobody makes four thousand million attempts.
        let closed = u32::try_from(self.closed.len()).unwrap_or(u32::MAX);
        self.closed_before.saturating_add(closed).saturating_add(1)
    }

    /// What came of an attempt that is closed; `None` also of one that was closed too long ago.
    fn outcome(&self, attempt_no: u32) -> Option<RepayOutcome> {
        let at = attempt_no.checked_sub(self.closed_before)?.checked_sub(1)?;
        self.closed.get(usize::try_from(at).ok()?).copied()
    }

    /// Closes the open one.
    fn close(&mut self, outcome: RepayOutcome) {
        self.closed.push(outcome);
        let too_many = self.closed.len().saturating_sub(KEPT);
        self.closed.drain(..too_many);
        self.closed_before = self.closed_before.saturating_add(u32::try_from(too_many).unwrap_or(u32::MAX));
        self.is_open = false;
    }
}

impl Attempts {
    /// The attempts as they were kept.
    ///
    /// # Errors
    /// They cannot be.
    pub fn restore(
        kept: impl IntoIterator<Item = (RepayPeriod, PeriodAttempts)>,
    ) -> Result<Self, ContradictoryAttempts> {
        let attempts = Self { by_period: kept.into_iter().collect() };
        let is_possible = attempts.open().all(|(period, _)| !attempts.excludes(period));
        is_possible.then_some(attempts).ok_or(ContradictoryAttempts)
    }

    /// What is to be kept, in a fixed order.
    pub fn kept(&self) -> impl Iterator<Item = (RepayPeriod, &PeriodAttempts)> {
        self.by_period.iter().map(|(period, attempts)| (*period, attempts))
    }

    /// The attempts that are open, with their numbers.
    pub fn open(&self) -> impl Iterator<Item = (RepayPeriod, u32)> {
        self.kept().filter(|(_, attempts)| attempts.is_open).map(|(period, of)| (period, of.current()))
    }

    /// Whether the last attempt failed: that of a period, or of everything. One that is open has not failed yet.
    #[must_use]
    pub fn has_failed(&self, period: RepayPeriod) -> bool {
        let of = self.by_period.get(&period);
        of.is_some_and(|of| !of.is_open && of.last == Some(RepayOutcome::Failed))
    }

    /// Judges a wish to repay (1.11). What a plan says is paid is never asked for again, not even by a repeat.
    #[must_use]
    pub fn request(&self, plan: Option<&Plan>, period: RepayPeriod) -> RepayRequest {
        let Some(plan) = plan else {
            return RepayRequest::Refused(RepayRefusal::NoPlan);
        };
        match plan.is_paid(period) {
            None => return RepayRequest::Refused(RepayRefusal::UnknownPeriod),
            Some(true) => return RepayRequest::Refused(RepayRefusal::AlreadyPaid),
            Some(false) => {}
        }
        let of = self.by_period.get(&period).cloned().unwrap_or_default();
        let attempt_no = of.current();
        if of.is_open {
            return RepayRequest::Repeated { attempt_no };
        }
        if self.excludes(period) {
            return RepayRequest::Refused(RepayRefusal::InProgress);
        }
        RepayRequest::New { attempts: self.with(period, PeriodAttempts { is_open: true, ..of }), attempt_no }
    }

    /// Judges a result of the core. A result closes its attempt; an automatic debit's, which has the number 0, is applied and
    /// leaves an open attempt open, whose own result is still to come.
    #[must_use]
    pub fn result(&self, period: RepayPeriod, attempt_no: u32, outcome: RepayOutcome) -> ResultStep {
        let mut of = self.by_period.get(&period).cloned().unwrap_or_default();
        if attempt_no != AUTOMATIC {
            match of.outcome(attempt_no) {
                Some(closed) if closed == outcome => return ResultStep::Stay,
                Some(_) => return ResultStep::Forbidden,
                None => {}
            }
            if !of.is_open || attempt_no != of.current() {
                return ResultStep::Forbidden;
            }
            of.close(outcome);
        }
        of.last = Some(outcome);
        ResultStep::Go(self.with(period, of))
    }

    /// Whether another attempt is open that keeps one for `period` from beginning.
    fn excludes(&self, period: RepayPeriod) -> bool {
        self.open().any(|(open, _)| open.excludes(period))
    }

    fn with(&self, period: RepayPeriod, of: PeriodAttempts) -> Self {
        let mut by_period = self.by_period.clone();
        by_period.insert(period, of);
        Self { by_period }
    }
}
