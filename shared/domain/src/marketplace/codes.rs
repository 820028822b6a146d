//! The statuses that stand in our answers and callbacks (§2.4). Codes that the platform knows and we never send have
//! no value here: 3002 (there is no SMS code), 6002 (there is no final pass) and 7005 (a later product).

/// Defines closed enums whose values have a code.
macro_rules! coded {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $code:literal,)* })*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its code.
            #[must_use]
            pub fn code(self) -> u16 {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// Reads a code; `None` for one that is none.
            #[must_use]
            pub fn of(code: u16) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }
        }
    )*};
}
pub(super) use coded;

coded! {
    /// What an order push comes to (1.3).
    PushStatus {
        /// Taken; also for a repeat, and for a change that came in time.
        Accepted = 2001,
        /// The order is already being processed; a change is ignored.
        AlreadyProcessing = 2002,
        /// The channel's product is switched off.
        Failed = 2003,
    }

    /// What a card binding comes to (1.4).
    BindStatus {
        /// Bound.
        Bound = 3001,
        /// Not bound, or not yet.
        Failed = 3003,
        /// The user goes on at the depository's page.
        ContinueOnPage = 3004,
    }

    /// What a confirmation comes to (1.7).
    ConfirmStatus {
        /// Taken; the user goes on at a page if there is a `url`.
        Accepted = 4001,
        /// The user may not borrow, or the order is elsewhere.
        Refused = 4003,
    }

    /// What a wish to repay comes to (1.11).
    RepayStatus {
        /// Taken; the result comes in a callback.
        Accepted = 5001,
        /// Not taken.
        Refused = 5003,
    }

    /// Where the credit decision stands (1.8, and the audit callback).
    AuditStatus {
        /// The first audit is passed.
        FirstPassed = 6001,
        /// Under way.
        Processing = 6003,
        /// Refused.
        Refused = 6004,
    }

    /// Where the loan stands (1.9, and the loan callback).
    LoanResultStatus {
        /// Disbursed.
        Disbursed = 7001,
        /// Under way.
        InProgress = 7002,
        /// Failed or refused.
        Refused = 7003,
    }

    /// Where the repayment of a period stands (1.12, and the repayment callback).
    RepayResultStatus {
        /// The period is cleared.
        Cleared = 8001,
        /// It is partly paid.
        PartlyPaid = 8002,
        /// The last attempt failed.
        Failed = 8003,
        /// It is unpaid.
        Unpaid = 8006,
    }

    /// The repayment plan (1.13, and the plan's callback).
    PlanStatus {
        /// It is there.
        Available = 9001,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AuditStatus, BindStatus, ConfirmStatus, LoanResultStatus, PlanStatus, PushStatus, RepayResultStatus,
        RepayStatus,
    };

    /// The codes of an enum, each of which is read back.
    macro_rules! codes {
        ($name:ident) => {
            $name::ALL
                .iter()
                .map(|value| {
                    assert_eq!($name::of(value.code()), Some(*value));
                    value.code()
                })
                .collect::<Vec<_>>()
        };
    }

    #[test]
    fn each_answer_has_the_codes_of_the_table_that_we_send_and_no_other() {
        assert_eq!(codes!(PushStatus), [2001, 2002, 2003]);
        assert_eq!(codes!(BindStatus), [3001, 3003, 3004]);
        assert_eq!(codes!(ConfirmStatus), [4001, 4003]);
        assert_eq!(codes!(RepayStatus), [5001, 5003]);
        assert_eq!(codes!(AuditStatus), [6001, 6003, 6004]);
        assert_eq!(codes!(LoanResultStatus), [7001, 7002, 7003]);
        assert_eq!(codes!(RepayResultStatus), [8001, 8002, 8003, 8006]);
        assert_eq!(codes!(PlanStatus), [9001]);
    }

    #[test]
    fn a_code_of_another_answer_or_one_that_we_never_send_is_none() {
        assert_eq!(BindStatus::of(3002), None);
        assert_eq!(AuditStatus::of(6002), None);
        assert_eq!(LoanResultStatus::of(7005), None);
        assert_eq!(PushStatus::of(3001), None);
    }
}
