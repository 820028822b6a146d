/// What came of a query or a cancel, as credit.man names it (§3.3). `0000` is the failure, `1111` the success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// 0000: the system failed.
    SystemException,
    /// 1001: a parameter is missing or wrong, or there is no such grant.
    MissingParameter,
    /// 1111.
    Success,
    /// 10012: a shop's account.
    Kdb,
    /// 1006: the account was never opened.
    NotOpened,
    /// 1034: credit.man could not be reached.
    Unreachable,
    /// 1110: the account is deregistered for good.
    Closed,
    /// 1117: the account is deregistered for a time.
    TemporarilyClosed,
}

impl Code {
    /// Every code of a query, in the order of the specification.
    pub const OF_QUERY: [Self; 8] = [
        Self::SystemException,
        Self::MissingParameter,
        Self::Success,
        Self::Kdb,
        Self::NotOpened,
        Self::Unreachable,
        Self::Closed,
        Self::TemporarilyClosed,
    ];
    /// Every code of a cancel.
    pub const OF_CANCEL: [Self; 3] = [Self::SystemException, Self::MissingParameter, Self::Success];

    /// The text on the wire, compared exactly.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SystemException => "0000",
            Self::MissingParameter => "1001",
            Self::Success => "1111",
            Self::Kdb => "10012",
            Self::NotOpened => "1006",
            Self::Unreachable => "1034",
            Self::Closed => "1110",
            Self::TemporarilyClosed => "1117",
        }
    }

    /// What it means, for the people who run credit.man.
    #[must_use]
    pub fn info(self) -> &'static str {
        match self {
            Self::SystemException => "system exception",
            Self::MissingParameter => "missing parameter",
            Self::Success => "success",
            Self::Kdb => "开店宝 Baitiao user",
            Self::NotOpened => "account not opened",
            Self::Unreachable => "RPC call failed",
            Self::Closed => "account deregistered / closed",
            Self::TemporarilyClosed => "account temporarily deregistered",
        }
    }

    /// Whether it is ours to look into: the system failed, not the caller.
    #[must_use]
    pub fn is_our_fault(self) -> bool {
        match self {
            Self::SystemException | Self::Unreachable => true,
            Self::MissingParameter
            | Self::Success
            | Self::Kdb
            | Self::NotOpened
            | Self::Closed
            | Self::TemporarilyClosed => false,
        }
    }

    /// Whether it is the one success.
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Success
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn only_1111_is_a_success() {
        for code in Code::OF_QUERY {
            assert_eq!(code.is_success(), code.as_str() == "1111");
        }
    }

    #[test]
    fn a_code_has_its_digits_and_says_what_it_means_and_whose_fault_it_is() {
        let told = Code::OF_QUERY.map(|code| (code.as_str(), code.info(), code.is_our_fault()));
        let expected = [
            ("0000", "system exception", true),
            ("1001", "missing parameter", false),
            ("1111", "success", false),
            ("10012", "开店宝 Baitiao user", false),
            ("1006", "account not opened", false),
            ("1034", "RPC call failed", true),
            ("1110", "account deregistered / closed", false),
            ("1117", "account temporarily deregistered", false),
        ];
        assert_eq!(told, expected);
    }
}
