use super::codes::coded;
use super::{AuditStatus, Callback, Step};

coded! {
    /// Where a third-party order stands (三方表, §2.1).
    ThirdOrderStatus {
        /// Pushed; the data pulls are outstanding.
        InformationIncomplete = 0,
        /// The loan order was created.
        Processed = 1,
        /// All data is there, or will not come.
        ToBeParsed = 2,
        /// A job works on it.
        InProgress = 3,
        /// Cancelled, or credit was refused.
        Refused = 4,
        /// It could not be parsed, or data is missing. A refusal toward the platform.
        LoanFailed = 5,
        /// It waits for the credit application.
        WaitingForCredit = 10,
        /// Risk has the credit application.
        CreditInProgress = 11,
        /// Credit is approved; the user is to confirm.
        WaitingForConfirmation = 12,
        /// The use of funds is to be confirmed. Nothing leads here.
        WaitingForUseOfFunds = 13,
    }
}

/// What an audit query is answered (§2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditAnswer {
    /// Where the decision stands.
    pub status: AuditStatus,
    /// The words for it.
    pub remark: &'static str,
}

impl ThirdOrderStatus {
    /// Whether an order may go from here to `next` in one write (§2.1). To stay is no transition.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        self.next().contains(&next)
    }

    /// What a wish to bring an order from here to `next` meets.
    #[must_use]
    pub fn step_to(self, next: Self) -> Step {
        Step::of(self == next, self.may_become(next))
    }

    fn next(self) -> &'static [Self] {
        match self {
            Self::InformationIncomplete => &[Self::ToBeParsed],
            Self::ToBeParsed => &[Self::InProgress],
            Self::InProgress => &[Self::WaitingForCredit, Self::Processed, Self::Refused, Self::LoanFailed],
            Self::WaitingForCredit => &[Self::CreditInProgress, Self::Refused],
            Self::CreditInProgress => &[Self::WaitingForConfirmation, Self::Refused],
            Self::WaitingForConfirmation => &[Self::Processed],
            Self::Processed | Self::Refused | Self::LoanFailed | Self::WaitingForUseOfFunds => &[],
        }
    }

    /// What the platform is told when an order comes here (§2.1).
    #[must_use]
    pub fn callback(self) -> Option<Callback> {
        match self {
            Self::Refused | Self::LoanFailed => Some(Callback::AuditRefused),
            Self::WaitingForConfirmation => Some(Callback::AuditPassed),
            Self::InformationIncomplete
            | Self::Processed
            | Self::ToBeParsed
            | Self::InProgress
            | Self::WaitingForCredit
            | Self::CreditInProgress
            | Self::WaitingForUseOfFunds => None,
        }
    }

    /// The answer to an audit query (§2.3).
    #[must_use]
    pub fn audit_answer(self) -> AuditAnswer {
        match self {
            Self::InformationIncomplete
            | Self::ToBeParsed
            | Self::InProgress
            | Self::WaitingForCredit
            | Self::CreditInProgress => AuditStatus::Processing.answer(),
            Self::Refused | Self::LoanFailed => AuditStatus::Refused.answer(),
            Self::Processed | Self::WaitingForConfirmation | Self::WaitingForUseOfFunds => {
                AuditStatus::FirstPassed.answer()
            }
        }
    }
}

impl AuditStatus {
    /// The status with its words, which the audit callback has too (§2.3, §8).
    #[must_use]
    pub fn answer(self) -> AuditAnswer {
        let remark = match self {
            Self::FirstPassed => "初审通过",
            Self::Processing => "审核中",
            Self::Refused => "资质不符",
        };
        AuditAnswer { status: self, remark }
    }
}

#[cfg(test)]
mod tests {
    use super::ThirdOrderStatus;
    use crate::marketplace::{Callback, Step};

    const CODES: [u16; 10] = [0, 1, 2, 3, 4, 5, 10, 11, 12, 13];
    /// §2.1, in codes.
    const TABLE: [(u16, u16); 11] =
        [(0, 2), (2, 3), (3, 10), (3, 1), (3, 4), (3, 5), (10, 11), (10, 4), (11, 12), (11, 4), (12, 1)];

    #[test]
    fn the_codes_are_those_of_the_table() {
        let codes: Vec<_> = ThirdOrderStatus::ALL.iter().map(|status| status.code()).collect();
        assert_eq!(codes, CODES);
        for code in 0..=100 {
            let read = ThirdOrderStatus::of(code);
            assert_eq!(read.map(ThirdOrderStatus::code), CODES.contains(&code).then_some(code));
        }
    }

    #[test]
    fn an_order_moves_as_the_table_says_and_in_no_other_way() {
        for from in ThirdOrderStatus::ALL {
            for to in ThirdOrderStatus::ALL {
                let in_table = TABLE.contains(&(from.code(), to.code()));
                assert_eq!(from.may_become(*to), in_table, "{from:?} {to:?}");
                let step = match (from == to, in_table) {
                    (true, _) => Step::Stay,
                    (false, true) => Step::Go,
                    (false, false) => Step::Forbidden,
                };
                assert_eq!(from.step_to(*to), step, "{from:?} {to:?}");
            }
        }
    }

    #[test]
    fn a_refusal_is_called_back_wherever_it_comes_from_and_an_approval_once() {
        for status in ThirdOrderStatus::ALL {
            let callback = match status.code() {
                4 | 5 => Some(Callback::AuditRefused),
                12 => Some(Callback::AuditPassed),
                _ => None,
            };
            assert_eq!(status.callback(), callback, "{status:?}");
        }
    }

    #[test]
    fn an_audit_query_is_answered_by_the_mapping_and_its_decisions() {
        for (code, status, remark) in [
            (0, 6003, "审核中"),
            (2, 6003, "审核中"),
            (3, 6003, "审核中"),
            (10, 6003, "审核中"),
            (11, 6003, "审核中"),
            (4, 6004, "资质不符"),
            (5, 6004, "资质不符"),
            (12, 6001, "初审通过"),
            (1, 6001, "初审通过"),
            (13, 6001, "初审通过"),
        ] {
            let answer = ThirdOrderStatus::of(code).map(ThirdOrderStatus::audit_answer);
            let told = answer.map(|answer| (answer.status.code(), answer.remark));
            assert_eq!(told, Some((status, remark)), "{code}");
        }
    }
}
