use rust_decimal::Decimal;

use super::ContractNumber;

/// What MKK says of a credit line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The number the answer is about; it must be the one that was asked for.
    pub contract_number: ContractNumber,
    /// The status of the application.
    pub status: LineStatus,
    /// The line's limit in roubles, when the answer has one that is a decimal.
    pub limit: Option<Decimal>,
    /// The line's balance in roubles, when the answer has one that is a decimal.
    pub balance: Option<Decimal>,
}

/// The status of an application at MKK (CRED.FR-135). Its set is not ours: a new one is no error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineStatus {
    /// The line was closed at the client's request.
    Closed,
    /// The line is open.
    Active,
    /// Any other text, kept for the log; it is not CLOSED.
    Unknown(String),
}

impl LineStatus {
    /// Reads MKK's text, without regard to case (§4).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if text.eq_ignore_ascii_case("CLOSED") {
            Self::Closed
        } else if text.eq_ignore_ascii_case("ACTIVE") {
            Self::Active
        } else {
            Self::Unknown(text.to_owned())
        }
    }
}

/// Whether a closed line is paid up (§5 step 7). It is closed either way (7a).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Limit and balance are the same amount.
    Settled,
    /// They differ, or one is missing.
    Mismatch,
}

impl Line {
    /// Compares limit and balance as amounts: 1000 is 1000.00.
    #[must_use]
    pub fn settlement(&self) -> Settlement {
        match (self.limit, self.balance) {
            (Some(limit), Some(balance)) if limit == balance => Settlement::Settled,
            (Some(_) | None, Some(_) | None) => Settlement::Mismatch,
        }
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use rust_decimal::Decimal;

    use super::{Line, LineStatus, Settlement};
    use crate::instalment::ContractNumber;

    fn settlement(limit: Option<&str>, balance: Option<&str>) -> Settlement {
        let amount = |text: Option<&str>| text.map(|text| Decimal::from_str_exact(text).unwrap());
        let contract_number = ContractNumber::new("77-1").unwrap();
        let (limit, balance) = (amount(limit), amount(balance));
        Line { contract_number, status: LineStatus::Closed, limit, balance }.settlement()
    }

    #[test]
    fn limit_and_balance_are_compared_as_amounts_and_a_missing_one_is_a_mismatch() {
        assert_eq!(settlement(Some("50000.00"), Some("50000")), Settlement::Settled);
        assert_eq!(settlement(Some("0"), Some("-0.00")), Settlement::Settled);
        assert_eq!(settlement(Some("50000.00"), Some("49999.99")), Settlement::Mismatch);
        assert_eq!(settlement(None, Some("1")), Settlement::Mismatch);
        assert_eq!(settlement(None, None), Settlement::Mismatch);
    }

    #[test]
    fn the_status_is_read_without_regard_to_case_and_an_unknown_one_is_kept() {
        assert_eq!(LineStatus::parse("closed"), LineStatus::Closed);
        assert_eq!(LineStatus::parse("Active"), LineStatus::Active);
        assert_eq!(LineStatus::parse("PAUSED"), LineStatus::Unknown("PAUSED".to_owned()));
        assert_eq!(LineStatus::parse("CLOSED "), LineStatus::Unknown("CLOSED ".to_owned()));
    }
}
