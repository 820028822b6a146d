//! The loan that a confirmation makes of an order (`cl_borrow`, §2.2, §11): what it is.

use jiff::Timestamp;

use super::{Bank, LoanStatus, PeriodUnit, Yuan};

/// What was confirmed (1.7).
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
    /// When the last of the plan was paid.
    pub paid_off_at: Option<Timestamp>,
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
            paid_off_at: None,
        }
    }

    /// The loan with a card that was bound after the confirmation; `None` if it is the loan's already.
    #[must_use]
    pub fn with_card(&self, card: &LoanCard) -> Option<Self> {
        (self.card.as_ref() != Some(card)).then(|| Self { card: Some(card.clone()), ..self.clone() })
    }
}
