use super::Amount;

/// The state of a Baitiao account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// In use.
    Open,
    /// Deregistered for good.
    Closed,
    /// Deregistered for a time.
    TemporarilyClosed,
    /// Never opened.
    NotOpened,
}

impl AccountState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Closed, Self::TemporarilyClosed, Self::NotOpened];

    /// The text in messages and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::TemporarilyClosed => "temporarily_closed",
            Self::NotOpened => "not_opened",
        }
    }

    /// Reads a state; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// The type of a Baitiao account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountType {
    /// A person's.
    Normal,
    /// A shop's (开店宝): its temporary quota is not managed here.
    Kdb,
}

impl AccountType {
    /// Every type.
    pub const ALL: [Self; 2] = [Self::Normal, Self::Kdb];

    /// The text in messages, in the store and on credit.man's wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Kdb => "KDB",
        }
    }

    /// Reads a type; `None` for a text that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A pin's account, as far as the rules look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its state.
    pub state: AccountState,
    /// Its type.
    pub kind: AccountType,
    /// Its temporary quota in all: what the account says, not the sum of the grants (Q1).
    pub temp_total: Amount,
}

/// What a query of the account's grants meets, each refusal with its own code (Q2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountCheck {
    /// The grants may be shown; the account's total with them.
    Passed(Amount),
    /// 1006.
    NotOpened,
    /// 1110.
    Closed,
    /// 1117.
    TemporarilyClosed,
    /// 10012.
    Kdb,
}

/// Checks an account in the order 1006, 1110, 1117, 10012. A pin without an account never opened one.
#[must_use]
pub fn check_account(account: Option<&Account>) -> AccountCheck {
    let Some(account) = account else { return AccountCheck::NotOpened };
    match (account.state, account.kind) {
        (AccountState::NotOpened, _) => AccountCheck::NotOpened,
        (AccountState::Closed, _) => AccountCheck::Closed,
        (AccountState::TemporarilyClosed, _) => AccountCheck::TemporarilyClosed,
        (AccountState::Open, AccountType::Kdb) => AccountCheck::Kdb,
        (AccountState::Open, AccountType::Normal) => AccountCheck::Passed(account.temp_total),
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, AccountCheck, AccountState, AccountType, check_account};
    use crate::quota::Amount;

    #[test]
    fn states_and_types_have_their_texts_and_no_other_text_is_one() {
        let states = AccountState::ALL;
        assert_eq!(states.map(AccountState::as_str), ["open", "closed", "temporarily_closed", "not_opened"]);
        assert_eq!(states.map(|state| AccountState::parse(state.as_str())), states.map(Some));
        let types = AccountType::ALL;
        assert_eq!(types.map(AccountType::as_str), ["NORMAL", "KDB"]);
        assert_eq!(types.map(|kind| AccountType::parse(kind.as_str())), types.map(Some));
        assert_eq!((AccountState::parse("OPEN"), AccountType::parse("normal")), (None, None));
    }

    #[test]
    fn the_state_is_checked_before_the_type_and_a_missing_account_was_never_opened() {
        let check = |state, kind| check_account(Some(&Account { state, kind, temp_total: Amount::ZERO }));
        for kind in [AccountType::Normal, AccountType::Kdb] {
            assert_eq!(check(AccountState::NotOpened, kind), AccountCheck::NotOpened);
            assert_eq!(check(AccountState::Closed, kind), AccountCheck::Closed);
            assert_eq!(check(AccountState::TemporarilyClosed, kind), AccountCheck::TemporarilyClosed);
        }
        assert_eq!(check(AccountState::Open, AccountType::Kdb), AccountCheck::Kdb);
        assert_eq!(check(AccountState::Open, AccountType::Normal), AccountCheck::Passed(Amount::ZERO));
        assert_eq!(check_account(None), AccountCheck::NotOpened);
    }
}
