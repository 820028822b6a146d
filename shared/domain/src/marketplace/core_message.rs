//! What the loan core tells of an order (§10, §11 Internal messages): when a message changes anything, whatever order
//! messages come in and however often.

use jiff::Timestamp;

use super::{Step, ThirdOrderStatus};

/// The kinds of messages, each on a queue of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CoreMessageKind {
    /// The credit decision (item 8).
    CreditResult,
    /// The audit of a confirmed loan (item 15).
    AuditResult,
    /// The disbursement (item 16).
    LoanResult,
    /// A plan was made (item 19).
    RepayPlan,
    /// Overdue fees have changed (item 20).
    Overdue,
    /// What came of a repayment (item 23).
    RepayResult,
}

/// The last message of its kind that changed an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppliedMessage {
    /// Its id.
    pub event_id: String,
    /// When what it tells happened.
    pub occurred_at: Timestamp,
}

/// How a message stands to those that were applied before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recency {
    /// It is the very one that was applied last.
    Known,
    /// What the order shows is newer: it belongs into the history and changes nothing.
    Late,
    /// It is to be judged by the order's state.
    News,
}

/// The credit decision (`result`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditResult {
    /// The user may confirm a loan.
    Approved,
    /// The user gets none.
    Refused,
    /// Nobody decided in time.
    Expired,
}

impl CoreMessageKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::CreditResult,
        Self::AuditResult,
        Self::LoanResult,
        Self::RepayPlan,
        Self::Overdue,
        Self::RepayResult,
    ];

    /// Its name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreditResult => "credit_result",
            Self::AuditResult => "audit_result",
            Self::LoanResult => "loan_result",
            Self::RepayPlan => "repay_plan",
            Self::Overdue => "overdue",
            Self::RepayResult => "repay_result",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Recency {
    /// How a message stands to the last one of its order and kind that was applied. Of the same instant is not older.
    #[must_use]
    pub fn of(event_id: &str, occurred_at: Timestamp, last: Option<&AppliedMessage>) -> Self {
        match last {
            Some(last) if last.event_id == event_id => Self::Known,
            Some(last) if occurred_at < last.occurred_at => Self::Late,
            Some(_) | None => Self::News,
        }
    }
}

impl CreditResult {
    /// Every result.
    pub const ALL: [Self; 3] = [Self::Approved, Self::Refused, Self::Expired];

    /// Its name in the message.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Expired => "expired",
        }
    }

    /// Reads a name; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.as_str() == text)
    }

    /// What the order becomes (§2.1).
    #[must_use]
    pub fn status(self) -> ThirdOrderStatus {
        match self {
            Self::Approved => ThirdOrderStatus::WaitingForConfirmation,
            Self::Refused | Self::Expired => ThirdOrderStatus::Refused,
        }
    }

    /// What it meets in an order that stands at `status`: only an application that is under way is decided. Other ways
    /// lead to a refusal, too, and none of them is this message's.
    #[must_use]
    pub fn step_from(self, status: ThirdOrderStatus) -> Step {
        Step::of(status == self.status(), status == ThirdOrderStatus::CreditInProgress)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{AppliedMessage, CoreMessageKind, CreditResult, Recency};
    use crate::marketplace::{Step, ThirdOrderStatus};

    #[test]
    fn a_message_is_known_by_its_id_late_by_its_time_and_else_news() {
        let now = Timestamp::UNIX_EPOCH;
        let (earlier, later) = (now - SignedDuration::from_nanos(1), now + SignedDuration::from_nanos(1));
        let last = AppliedMessage { event_id: "e-2".to_owned(), occurred_at: now };
        for at in [earlier, now, later] {
            assert_eq!(Recency::of("e-2", at, Some(&last)), Recency::Known);
            assert_eq!(Recency::of("e-1", at, None), Recency::News);
        }
        assert_eq!(Recency::of("e-1", earlier, Some(&last)), Recency::Late);
        assert_eq!(Recency::of("e-1", now, Some(&last)), Recency::News);
        assert_eq!(Recency::of("e-1", later, Some(&last)), Recency::News);
    }

    #[test]
    fn only_an_application_under_way_is_decided() {
        for result in CreditResult::ALL {
            let target = if result == CreditResult::Approved { 12 } else { 4 };
            for status in ThirdOrderStatus::ALL {
                let expected = match status.code() {
                    code if code == target => Step::Stay,
                    11 => Step::Go,
                    _ => Step::Forbidden,
                };
                assert_eq!(result.step_from(*status), expected, "{result:?} {status:?}");
                assert!(expected != Step::Go || status.may_become(result.status()));
            }
        }
    }

    #[test]
    fn kinds_and_results_have_names() {
        let kinds = CoreMessageKind::ALL;
        assert_eq!(kinds.map(|kind| CoreMessageKind::parse(kind.as_str())), kinds.map(Some));
        assert_eq!(CoreMessageKind::parse("credit-result"), None);
        let results = CreditResult::ALL;
        assert_eq!(results.map(CreditResult::as_str), ["approved", "refused", "expired"]);
        assert_eq!(results.map(|result| CreditResult::parse(result.as_str())), results.map(Some));
        assert_eq!(CreditResult::parse("Approved"), None);
    }
}
