use jiff::Timestamp;

use super::{AccountState, AccountType, Amount, ApplyNo, Grant, Pin};

/// What the account service says about a pin's account (§10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountChange {
    /// Whose account.
    pub pin: Pin,
    /// The message's id.
    pub event_id: String,
    /// The account's state.
    pub state: AccountState,
    /// Its type.
    pub kind: AccountType,
    /// The temporary quota in all, where the message corrects it (§11, Totals).
    pub temp_total: Option<Amount>,
    /// When it became so.
    pub occurred_at: Timestamp,
}

/// A temporary quota that was granted (§10), by a business or from a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// Who got it.
    pub pin: Pin,
    /// The application's number.
    pub apply_no: ApplyNo,
    /// The grant itself, effective.
    pub grant: Grant,
    /// The business's name.
    pub business_name: String,
    /// Where it came from.
    pub source: GrantSource,
}

/// Where a grant came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantSource {
    /// A business asked for it (5.4).
    Business,
    /// It stood on a list (5.5).
    List,
}

impl GrantSource {
    /// The text in messages and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Business => "BUSINESS",
            Self::List => "AUTOTASK",
        }
    }

    /// Reads a source; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Business, Self::List].into_iter().find(|source| source.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::GrantSource;

    #[test]
    fn a_grant_comes_from_a_business_or_from_a_list() {
        assert_eq!((GrantSource::Business.as_str(), GrantSource::List.as_str()), ("BUSINESS", "AUTOTASK"));
        assert_eq!(GrantSource::parse("BUSINESS"), Some(GrantSource::Business));
        assert_eq!(GrantSource::parse("AUTOTASK"), Some(GrantSource::List));
        assert_eq!(GrantSource::parse("business"), None);
    }
}
