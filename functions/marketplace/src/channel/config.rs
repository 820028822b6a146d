use domain::marketplace::{AdmissionRules, BankCodes, Product};

/// A channel's configuration.
#[derive(Debug)]
pub struct ChannelConfig {
    /// What is lent.
    pub product: Product,
    /// Whether it is lent at all: otherwise pushes are answered 2003.
    pub product_is_on: bool,
    /// Who may borrow.
    pub admission: AdmissionRules,
    /// What the channel calls the banks.
    pub bank_codes: BankCodes,
    /// How a contract is written.
    pub contract_shape: ContractShape,
    /// The contracts that are shown (item 3).
    pub contracts: Vec<Contract>,
    /// The off switch: HTTP calls are answered `busy`, pulls and callbacks wait.
    pub is_disabled: bool,
}

/// How an element of the contract list is written (§3, 1.14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContractShape {
    /// `{title: url}`
    TitleUrl,
    /// `{"key": title, "value": url}`
    KeyValue,
}

/// A contract that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub url: String,
}
