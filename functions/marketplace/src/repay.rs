//! A user wishes to repay: `repay` (1.11, item 22; §11 Repayment). Only that the wish is taken is answered; the core debits,
//! and its result is called back (1.3). At most one attempt is open for a period, and what is open or paid is not sent for
//! again: the core is told of an attempt once in effect, however often the platform asks.

mod settings;

use domain::marketplace::{Loan, OrderNumber, RepayPeriod, RepayRefusal, RepayRequest, RepayStatus};
use platform::Scope;
use platform::dynamodb::DynamoDbError;
use platform::metrics::Source;
use platform::outbox::Outbox;
use serde::Serialize;

use crate::asked_loan::{Asked, AskedPeriod, Loans};
use crate::channel::{Channel, Wording, Words};
use crate::endpoint::{Failure, Operation, Reply};
use crate::store::{Committed, LoanCommit, LoanEntry, StoredLoan};
use crate::{CONTEXT, core_command};

pub use self::settings::{Own, Settings};

/// How often a wish is judged anew because somebody else was at its loan.
const TRIES: u32 = 5;

/// The operation.
#[derive(Debug)]
pub struct Repay {
    /// The loans.
    pub loans: Loans,
    /// The table of their steps.
    pub history: String,
    /// What the core is to be sent.
    pub outbox: Outbox,
    /// The queue of what the core is to do.
    pub core_commands: String,
}

#[derive(Serialize)]
struct Wire<'a> {
    status: u16,
    remark: &'a str,
}

/// What a wish came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It is an attempt, and the core will have it.
    Begun,
    /// It is the attempt that is open already.
    Repeated,
    /// It is not taken.
    Refused(RepayRefusal),
}

impl Operation for Repay {
    const OP: &'static str = "repay";
    const SOURCE: Source = Source { context: CONTEXT, function: "repay" };
    type Input = (OrderNumber, AskedPeriod);

    /// `outTradeNo` is not looked at: an attempt is known by its period and its number.
    fn read(_: &Channel, text: String) -> Result<Self::Input, Failure> {
        Asked::read_with_period(&text)
    }

    async fn handle(&self, scope: &Scope, channel: &Channel, asked: Self::Input) -> Result<Reply, Failure> {
        let (number, period) = asked;
        let loan = self.loans.find(scope, channel, number).await?;
        let outcome = match (loan.filter(|loan| loan.loan.plan().is_some()), period) {
            (Some(loan), AskedPeriod::Possible(period)) => self.take(scope, loan, period).await?,
            (Some(_), AskedPeriod::Impossible) => Outcome::Refused(RepayRefusal::UnknownPeriod),
            (None, _) => Outcome::Refused(RepayRefusal::NoPlan),
        };
        Ok(Reply::json(outcome.word(), &outcome.wire(&channel.config.wording)))
    }
}

impl Repay {
    /// Judges the wish by the loan, and writes what follows on condition that the loan is what was read.
    async fn take(
        &self,
        scope: &Scope,
        mut loan: StoredLoan,
        period: RepayPeriod,
    ) -> Result<Outcome, DynamoDbError> {
        for tries in 1..=TRIES {
            let (attempts, attempt_no) = match loan.loan.attempts.request(loan.loan.plan(), period) {
                RepayRequest::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
                RepayRequest::Repeated { .. } => return Ok(Outcome::Repeated),
                RepayRequest::New { attempts, attempt_no } => (attempts, attempt_no),
            };
            let next = loan.become_loan(Loan { attempts, ..loan.loan.clone() });
            if self.begin(scope, &loan, &next, period, attempt_no).await? == Committed::Applied {
                return Ok(Outcome::Begun);
            }
            scope.pause(tries).await;
            loan = self.loans.again(scope, &loan.key).await?.unwrap_or(loan);
        }
        Err(DynamoDbError::raced("TransactWriteItems"))
    }

    /// Writes the attempt with what the core is to do, and sends that.
    async fn begin(
        &self,
        scope: &Scope,
        loan: &StoredLoan,
        next: &StoredLoan,
        period: RepayPeriod,
        attempt_no: u32,
    ) -> Result<Committed, DynamoDbError> {
        let command = core_command::repayment(next, period, attempt_no);
        let pending = [self.outbox.queue_message(scope, &self.core_commands, command, &[])];
        let entry = LoanEntry {
            history: self.history.clone(),
            from: loan.loan.status,
            source: Self::SOURCE.function,
            reason: format!("repayment of {} asked for, attempt {attempt_no}", period.number()),
        };
        let commit =
            LoanCommit { entry: Some(entry), outbox: &pending, ..LoanCommit::of(loan.version, next) };
        let committed = self.loans.loans.commit(scope, commit).await?;
        if committed == Committed::Applied {
            self.outbox.deliver(scope, &pending).await;
        }
        Ok(committed)
    }
}

impl Outcome {
    /// The log's word.
    fn word(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Repeated => "repeated",
            Self::Refused(RepayRefusal::NoPlan) => "no_plan",
            Self::Refused(RepayRefusal::UnknownPeriod) => "unknown_period",
            Self::Refused(RepayRefusal::AlreadyPaid) => "already_paid",
            Self::Refused(RepayRefusal::InProgress) => "in_progress",
        }
    }

    fn wire(self, wording: &Wording) -> Wire<'_> {
        let (status, words) = match self {
            Self::Begun | Self::Repeated => (RepayStatus::Accepted, Words::RepayAccepted),
            Self::Refused(refusal) => (RepayStatus::Refused, refused(refusal)),
        };
        Wire { status: status.code(), remark: wording.text(words) }
    }
}

fn refused(refusal: RepayRefusal) -> Words {
    match refusal {
        RepayRefusal::NoPlan => Words::RepayNoPlan,
        RepayRefusal::UnknownPeriod => Words::RepayUnknownPeriod,
        RepayRefusal::AlreadyPaid => Words::RepayAlreadyPaid,
        RepayRefusal::InProgress => Words::RepayInProgress,
    }
}
