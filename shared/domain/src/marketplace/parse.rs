use super::{Admission, AdmissionRule, AuthItem, AuthItems, Callback, ThirdOrderStatus};

/// What the parse job makes of an order (§2.1, item 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseOutcome {
    /// Credit can be applied for.
    WaitForCredit,
    /// The user may not borrow.
    Refused(AdmissionRule),
    /// The order cannot be parsed.
    Failed(ParseFailure),
}

/// Why an order cannot be parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParseFailure {
    /// Mandatory items are missing.
    Missing(Vec<AuthItem>),
    /// Its data cannot be read.
    Unreadable,
}

impl ParseOutcome {
    /// Judges an order: its items, then its data, then its user.
    #[must_use]
    pub fn of(items: &AuthItems, is_readable: bool, admission: &Admission) -> Self {
        let missing = items.missing();
        if !missing.is_empty() {
            return Self::Failed(ParseFailure::Missing(missing));
        }
        if !is_readable {
            return Self::Failed(ParseFailure::Unreadable);
        }
        admission.refused.map_or(Self::WaitForCredit, Self::Refused)
    }

    /// What the order becomes, from in progress.
    #[must_use]
    pub fn status(&self) -> ThirdOrderStatus {
        match self {
            Self::WaitForCredit => ThirdOrderStatus::WaitingForCredit,
            Self::Refused(_) => ThirdOrderStatus::Refused,
            Self::Failed(_) => ThirdOrderStatus::LoanFailed,
        }
    }

    /// What the platform is told.
    #[must_use]
    pub fn callback(&self) -> Option<Callback> {
        self.status().callback()
    }
}

#[cfg(test)]
mod tests {
    use super::{ParseFailure, ParseOutcome};
    use crate::marketplace::{Admission, AdmissionRule, AuthItem, AuthItems, Callback, ThirdOrderStatus};

    #[test]
    fn an_order_is_judged_by_its_items_its_data_and_its_user_in_this_order() {
        let complete: AuthItems = AuthItem::MANDATORY.into_iter().collect();
        let partial: AuthItems = AuthItem::MANDATORY.into_iter().skip(2).collect();
        let missing = ParseFailure::Missing(vec![AuthItem::OperatorBasic, AuthItem::OperatorReport]);
        let admitted = Admission::default();
        let refused = Admission { refused: Some(AdmissionRule::Blacklist), ..admitted };
        for (items, is_readable, admission, outcome, code, told) in [
            (&complete, true, admitted, ParseOutcome::WaitForCredit, 10, None),
            (&complete, true, refused, ParseOutcome::Refused(AdmissionRule::Blacklist), 4, Some(6004)),
            (&complete, false, refused, ParseOutcome::Failed(ParseFailure::Unreadable), 5, Some(6004)),
            (&partial, false, refused, ParseOutcome::Failed(missing), 5, Some(6004)),
        ] {
            assert_eq!(ParseOutcome::of(items, is_readable, &admission), outcome);
            assert_eq!((outcome.status().code(), outcome.callback().map(Callback::code)), (code, told));
            assert!(ThirdOrderStatus::InProgress.may_become(outcome.status()));
        }
    }
}
