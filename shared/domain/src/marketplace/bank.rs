use std::collections::BTreeMap;

/// Defines the banks, with our code and the bank's name.
macro_rules! banks {
    ($($bank:ident $code:literal $name:literal,)*) => {
        /// A bank whose cards can be bound (§3, 1.15), named by our code for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the names stand in `name`")]
        pub enum Bank {
            $($bank,)*
        }

        impl Bank {
            /// Every bank, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$bank,)*];

            /// Our code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$bank => $code,)*
                }
            }

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$bank => $name,)*
                }
            }
        }
    };
}

banks! {
    Abc "ABC" "中国农业银行",
    Bcom "BCOM" "交通银行",
    Icbc "ICBC" "中国工商银行",
    Psbc "PSBC" "中国邮政储蓄银行",
    Gdb "GDB" "广发银行",
    Pab "PAB" "平安银行",
    Cmb "CMB" "招商银行",
    Boc "BOC" "中国银行",
    Ccb "CCB" "中国建设银行",
    Ceb "CEB" "中国光大银行",
    Cib "CIB" "兴业银行",
    Citic "CITIC" "中信银行",
    Hxb "HXB" "华夏银行",
    Spdb "SPDB" "浦发银行",
    Bob "BOB" "北京银行",
    Bosc "BOSC" "上海银行",
    Cmbc "CMBC" "中国民生银行",
}

impl Bank {
    /// Reads our code; `None` for a bank that we do not know.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|bank| bank.code() == code)
    }
}

/// What a channel calls the banks: its own codes where they differ from ours (§3, 1.15; §10, Wire details).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankCodes {
    differing: BTreeMap<Bank, String>,
}

/// Why codes cannot be a channel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one code for two banks")]
pub struct AmbiguousBankCode;

/// Rongshu's: Guangfa is CGB, the Bank of Communications BCM.
impl Default for BankCodes {
    fn default() -> Self {
        Self { differing: BTreeMap::from([(Bank::Gdb, "CGB".to_owned()), (Bank::Bcom, "BCM".to_owned())]) }
    }
}

impl BankCodes {
    /// A channel's codes, where they differ.
    ///
    /// # Errors
    /// A code would mean two banks.
    pub fn new(differing: BTreeMap<Bank, String>) -> Result<Self, AmbiguousBankCode> {
        let codes = Self { differing };
        let is_read_back = |bank: &Bank| codes.of_wire(codes.to_wire(*bank)) == Some(*bank);
        if Bank::ALL.iter().all(is_read_back) { Ok(codes) } else { Err(AmbiguousBankCode) }
    }

    /// The channel's code for a bank.
    #[must_use]
    pub fn to_wire(&self, bank: Bank) -> &str {
        self.differing.get(&bank).map_or(bank.code(), String::as_str)
    }

    /// The bank that the channel means; `None` for a code that it does not have.
    #[must_use]
    pub fn of_wire(&self, code: &str) -> Option<Bank> {
        Bank::ALL.iter().copied().find(|bank| self.to_wire(*bank) == code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{AmbiguousBankCode, Bank, BankCodes};

    const OURS: &str = "ABC BCOM ICBC PSBC GDB PAB CMB BOC CCB CEB CIB CITIC HXB SPDB BOB BOSC CMBC";
    const RONGSHU: &str = "ABC BCM ICBC PSBC CGB PAB CMB BOC CCB CEB CIB CITIC HXB SPDB BOB BOSC CMBC";

    #[test]
    fn there_are_seventeen_banks_and_two_have_another_code_at_rongshu() {
        let codes = BankCodes::default();
        assert_eq!(Bank::ALL.len(), 17);
        for ((bank, ours), wire) in Bank::ALL.iter().zip(OURS.split(' ')).zip(RONGSHU.split(' ')) {
            assert_eq!((bank.code(), Bank::of(ours)), (ours, Some(*bank)));
            assert_eq!((codes.to_wire(*bank), codes.of_wire(wire)), (wire, Some(*bank)));
        }
    }

    #[test]
    fn a_code_that_a_side_does_not_have_is_no_bank() {
        for code in ["GDB", "BCOM", "abc", "", "XYZ"] {
            assert_eq!(BankCodes::default().of_wire(code), None, "{code}");
        }
        assert_eq!((Bank::of("CGB"), Bank::of("BCM")), (None, None));
    }

    #[test]
    fn a_channel_may_have_codes_of_its_own_but_none_for_two_banks() {
        let plain = BankCodes::new(BTreeMap::new());
        assert_eq!(plain.map(|codes| codes.of_wire("GDB")), Ok(Some(Bank::Gdb)));
        let clash = BankCodes::new(BTreeMap::from([(Bank::Gdb, "ABC".to_owned())]));
        assert_eq!(clash, Err(AmbiguousBankCode));
        let swapped = BTreeMap::from([(Bank::Gdb, "ABC".to_owned()), (Bank::Abc, "GDB".to_owned())]);
        assert_eq!(BankCodes::new(swapped).map(|codes| codes.of_wire("ABC")), Ok(Some(Bank::Gdb)));
    }

    #[test]
    fn every_bank_has_a_name() {
        assert!(Bank::ALL.iter().all(|bank| bank.name().ends_with("银行")));
    }
}
