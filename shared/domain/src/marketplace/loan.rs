//! The loan that a confirmation makes of an order (`cl_borrow`, §2.2, §11): what it is, and what the core's messages make
//! of it.

use jiff::Timestamp;

use super::{
    AppliedMessage, Attempts, AuditResult, Bank, LoanNews, LoanResult, LoanStatus, NewPlan, PeriodUnit, Plan,
    Recency, RepayOutcome, RepayPeriod, RepayResult, RepayResultStatus, ResultStep, Step, Yuan,
};

/// What was confirmed (1.7), until the plan tells what was lent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoanTerms {
    /// The amount.
    pub loan_amount: Yuan,
    /// For how many periods.
    pub period: u16,
    /// What a period is.
    pub period_unit: PeriodUnit,
}

/// The card of a loan: it is paid out to it, and debited (§10, Card binding). Never its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanCard {
    /// Its bank.
    pub bank: Bank,
    /// The last four digits of its number.
    pub last4: String,
    /// The bank's name for it.
    pub card_ref: String,
}

/// A loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loan {
    /// Where it stands.
    pub status: LoanStatus,
    /// What was confirmed.
    pub terms: LoanTerms,
    /// Its card; the review waits until there is one (§11, Card and confirmation).
    pub card: Option<LoanCard>,
    /// The contract's id, once there is a plan.
    pub contract_id: Option<String>,
    /// What is paid out, once that is known.
    pub receive_amount: Option<Yuan>,
    /// What is to be repaid, once there is a plan.
    pub repay_amount: Option<Yuan>,
    /// The plan, once there is one.
    pub plan: Option<DatedPlan>,
    /// The attempts to repay it.
    pub attempts: Attempts,
    /// When the last of the plan was paid.
    pub paid_off_at: Option<Timestamp>,
    /// Whether it shows an automatic refusal that only the result of the disbursement brought, which tells nobody: the
    /// audit's, which does, is still to come, and the two come in any order.
    pub is_refusal_untold: bool,
}

/// A plan as some message of the core told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedPlan {
    /// The plan.
    pub plan: Plan,
    /// As of when.
    pub at: Timestamp,
}

/// What a message of the core meets in a loan (§11, Internal messages): like [`Step`], with what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoanStep {
    /// It changes the loan.
    Go(Box<LoanChange>),
    /// The loan shows the same already.
    Stay,
    /// The table does not lead there.
    Forbidden,
    /// Its plan is not one of this loan, or contradicts what comes with it.
    BadPlan,
}

/// A change of a loan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoanChange {
    /// The loan as it becomes.
    pub loan: Loan,
    /// What the platform is told, in this order.
    pub callbacks: Vec<LoanCallback>,
    /// What other systems are told.
    pub events: Vec<LoanEvent>,
    /// Whether it refuses the user, which is remembered (§11, Admission).
    pub is_refusal: bool,
}

/// What the platform is told of a loan (§4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoanCallback {
    /// 1.2: refused.
    Refused,
    /// 1.2: disbursed, with the plan.
    Disbursed,
    /// 1.3: what came of a repayment.
    Repaid(Repaid),
    /// 1.4: the plan.
    Plan,
}

/// What came of a repayment (1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repaid {
    /// Of what.
    pub period: RepayPeriod,
    /// What came of it.
    pub status: RepayResultStatus,
    /// What is repaid already.
    pub already_repay_amount: Yuan,
    /// What is still to be paid.
    pub will_repay_amount: Yuan,
    /// When it was tried, or was paid.
    pub repay_time: Timestamp,
}

/// What other systems are told of a loan (design §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoanEvent {
    /// `loan_disbursed`
    Disbursed,
    /// `loan_paid_off`
    PaidOff,
}

impl Loan {
    /// The loan of a confirmation, with the card that is bound already, if one is (items 12, 13).
    #[must_use]
    pub fn confirmed(terms: LoanTerms, card: Option<LoanCard>) -> Self {
        Self {
            status: LoanStatus::InReview0,
            terms,
            card,
            contract_id: None,
            receive_amount: None,
            repay_amount: None,
            plan: None,
            attempts: Attempts::default(),
            paid_off_at: None,
            is_refusal_untold: false,
        }
    }

    /// The plan, once there is one.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        self.plan.as_ref().map(|dated| &dated.plan)
    }

    /// The loan with a card that was bound after the confirmation; `None` if it is the loan's already.
    #[must_use]
    pub fn with_card(&self, card: &LoanCard) -> Option<Self> {
        (self.card.as_ref() != Some(card)).then(|| Self { card: Some(card.clone()), ..self.clone() })
    }

    /// How a message stands to what the loan shows; `last` is the last of its kind that changed it. A plan that is older than
    /// the loan's is late, whatever kind of message told that one. The result of an attempt that is still open never is:
    /// results of several attempts may overtake each other, and each attempt has its own.
    #[must_use]
    pub fn recency(
        &self,
        news: &LoanNews,
        event_id: &str,
        occurred_at: Timestamp,
        last: Option<&AppliedMessage>,
    ) -> Recency {
        let is_newer = self.plan.as_ref().is_some_and(|dated| occurred_at < dated.at);
        match (Recency::of(event_id, occurred_at, last), news) {
            (Recency::Late, LoanNews::Repayment(result)) if self.awaits(result) => Recency::News,
            (Recency::News, LoanNews::Plan(_) | LoanNews::Overdue(_)) if is_newer => Recency::Late,
            (recency, _) => recency,
        }
    }

    /// What a message meets, which is neither known nor late.
    #[must_use]
    pub fn judge(&self, news: &LoanNews, at: Timestamp) -> LoanStep {
        match news {
            LoanNews::Audit(audit) => self.audited(*audit),
            LoanNews::Result(result) => self.resulted(*result),
            LoanNews::Plan(new) => self.planned(new, at),
            LoanNews::Overdue(plan) => self.overdue(plan, at),
            LoanNews::Repayment(result) => self.repaid(result, at),
        }
    }

    /// Item 15: a refusal is told as the loan's (§7.3), and a pass is not.
    fn audited(&self, audit: AuditResult) -> LoanStep {
        let (status, is_refusal) = match audit {
            AuditResult::Passed(None) => return LoanStep::Stay,
            AuditResult::Passed(Some(status)) => (status, false),
            AuditResult::Refused(status) => (status, true),
        };
        self.step_to(status, is_refusal, Self { status, ..self.clone() })
    }

    /// Item 16: of all results only the refusal in the re-review is told (§7.5).
    fn resulted(&self, result: LoanResult) -> LoanStep {
        let LoanResult { status, receive_amount } = result;
        let is_refusal = status == LoanStatus::RefusedInReview;
        let paid_out = receive_amount.filter(|_| status == LoanStatus::Disbursed);
        let receive_amount = paid_out.or(self.receive_amount);
        self.step_to(status, is_refusal, Self { status, receive_amount, ..self.clone() })
    }

    fn step_to(&self, status: LoanStatus, is_refusal: bool, loan: Self) -> LoanStep {
        if is_refusal && self.is_refusal_untold {
            // The platform is owed the refusal, whichever code this one has; the loan's own code is final (§11, `cl_borrow`).
            return Self { is_refusal_untold: false, ..self.clone() }.refused();
        }
        match self.status.step_to(status) {
            Step::Stay => LoanStep::Stay,
            Step::Forbidden => LoanStep::Forbidden,
            Step::Go if is_refusal => loan.refused(),
            Step::Go => {
                let is_refusal_untold = status == LoanStatus::RefusedAutomatically;
                let loan = Self { is_refusal_untold, ..loan };
                let (callbacks, events) = (Vec::new(), Vec::new());
                LoanStep::Go(Box::new(LoanChange { loan, callbacks, events, is_refusal: false }))
            }
        }
    }

    /// The change to this loan, of which the platform is told that it is refused.
    fn refused(self) -> LoanStep {
        let callbacks = vec![LoanCallback::Refused];
        LoanStep::Go(Box::new(LoanChange { loan: self, callbacks, events: Vec::new(), is_refusal: true }))
    }

    /// Item 19: the loan is a disbursed one from now on, and only now the platform is told (§7.4).
    fn planned(&self, new: &NewPlan, at: Timestamp) -> LoanStep {
        if self.plan.is_some() {
            let is_same = self.with_plan(new, at).told() == self.told();
            return if is_same { LoanStep::Stay } else { LoanStep::Forbidden };
        }
        if !self.status.accepts_plan() {
            return LoanStep::Forbidden;
        }
        let loan = Self { status: LoanStatus::Disbursed, ..self.with_plan(new, at) };
        loan.changed(vec![LoanCallback::Disbursed], vec![LoanEvent::Disbursed], at)
    }

    fn with_plan(&self, new: &NewPlan, at: Timestamp) -> Self {
        let plan = new.plan.clone();
        let plan = match self.plan() {
            Some(current) => plan.with_times(current, None),
            None => plan,
        };
        Self {
            terms: LoanTerms { loan_amount: new.loan_amount, ..self.terms },
            contract_id: Some(new.contract_id.clone()),
            receive_amount: Some(new.receive_amount),
            repay_amount: Some(new.repay_amount),
            plan: Some(DatedPlan { plan, at }),
            ..self.clone()
        }
    }

    /// What a message with a plan tells.
    fn told(&self) -> (Option<&str>, [Option<Yuan>; 3], Option<&Plan>) {
        let amounts = [Some(self.terms.loan_amount), self.receive_amount, self.repay_amount];
        (self.contract_id.as_deref(), amounts, self.plan())
    }

    /// Item 20: the fees have changed; each period has its own (§7.12).
    fn overdue(&self, plan: &Plan, at: Timestamp) -> LoanStep {
        let Some(current) = self.plan() else {
            return LoanStep::Forbidden;
        };
        if !plan.has_periods_of(current) || !plan.keeps_paid_of(current) {
            return LoanStep::BadPlan;
        }
        let plan = plan.clone().with_times(current, None);
        if plan == *current {
            return LoanStep::Stay;
        }
        let loan = Self { plan: Some(DatedPlan { plan, at }), ..self.clone() };
        loan.changed(vec![LoanCallback::Plan], Vec::new(), at)
    }

    /// Item 23: the result is told, and behind it the plan, unless nothing was paid (§7.8). What is paid stays told as paid,
    /// whatever came of an attempt beside that.
    fn repaid(&self, result: &RepayResult, at: Timestamp) -> LoanStep {
        let Some(current) = &self.plan else {
            return LoanStep::Forbidden;
        };
        if !result.fits(&current.plan) {
            return LoanStep::BadPlan;
        }
        let attempts = match self.attempts.result(result.period, result.attempt_no, result.outcome) {
            ResultStep::Go(attempts) => attempts,
            ResultStep::Stay => return LoanStep::Stay,
            ResultStep::Forbidden => return LoanStep::Forbidden,
        };
        let payment = (result.outcome == RepayOutcome::Paid).then_some((result.period, result.repay_time));
        let told = result.plan.clone().map(|plan| plan.with_times(&current.plan, payment));
        let brings_nothing =
            result.outcome.changes_plan() && told.as_ref().is_some_and(|plan| *plan == current.plan);
        if brings_nothing && result.is_automatic() {
            return LoanStep::Stay;
        }
        // A plan that is newer than the result has the result in it, or the loan would be debited twice.
        let plan = match told.filter(|_| at >= current.at) {
            Some(plan) => DatedPlan { plan, at },
            None => {
                DatedPlan { plan: current.plan.clone().with_times(&current.plan, payment), at: current.at }
            }
        };
        let is_paid = plan.plan.is_paid(result.period) == Some(true);
        if !plan.plan.keeps_paid_of(&current.plan) || (result.outcome == RepayOutcome::Paid && !is_paid) {
            return LoanStep::BadPlan;
        }
        let told = result.told(&plan.plan);
        let mut callbacks = vec![LoanCallback::Repaid(told)];
        if told.status != RepayResultStatus::Failed {
            callbacks.push(LoanCallback::Plan);
        }
        Self { plan: Some(plan), attempts, ..self.clone() }.changed(callbacks, Vec::new(), at)
    }

    /// Whether an attempt is open that this is the result of.
    fn awaits(&self, result: &RepayResult) -> bool {
        self.attempts.open().any(|open| open == (result.period, result.attempt_no))
    }

    /// The change to this loan; the first plan of which everything is paid ends it.
    fn changed(
        mut self,
        callbacks: Vec<LoanCallback>,
        mut events: Vec<LoanEvent>,
        at: Timestamp,
    ) -> LoanStep {
        if self.paid_off_at.is_none() && self.plan().is_some_and(Plan::is_paid_off) {
            self.paid_off_at = Some(at);
            events.push(LoanEvent::PaidOff);
        }
        LoanStep::Go(Box::new(LoanChange { loan: self, callbacks, events, is_refusal: false }))
    }
}
