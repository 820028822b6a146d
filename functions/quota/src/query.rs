//! Which temporary quota a pin has (§2.1, §5): the use case behind both wires.

use domain::quota::{
    Account, AccountCheck, AccountType, Amount, Code, Listed, Page, Pin, by_recency, check_account,
};
use futures_util::future::join;
use platform::Scope;
use platform::dynamodb::{DynamoDbError, ErrorKind};

use crate::deps::Deps;

/// A page of a pin's grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TempCredits {
    /// The page that was asked for.
    pub page: Page,
    /// Its grants, the latest first.
    pub grants: Vec<Listed>,
    /// How many grants there are on all pages.
    pub total_count: usize,
    /// The account's temporary quota in all, which is not the sum of the list (Q1).
    pub temp_total: Amount,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The pin has no account, or one that was never opened.
    #[error("not opened")]
    NotOpened(AccountType),
    /// The account is deregistered.
    #[error("closed")]
    Closed(AccountType),
    /// The account is deregistered for a time.
    #[error("temporarily closed")]
    TemporarilyClosed(AccountType),
    /// A shop's account.
    #[error("a shop's account")]
    Kdb,
    /// The account or the grants could not be read.
    #[error(transparent)]
    Database(#[from] DynamoDbError),
}

impl Error {
    /// Its code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NotOpened(_) => Code::NotOpened,
            Self::Closed(_) => Code::Closed,
            Self::TemporarilyClosed(_) => Code::TemporarilyClosed,
            Self::Kdb => Code::Kdb,
            Self::Database(error) => match error.kind {
                ErrorKind::Unanswered => Code::Unreachable,
                ErrorKind::Contended | ErrorKind::Refused | ErrorKind::Unreadable => Code::SystemException,
            },
        }
    }

    /// The account's type, as far as it is known.
    #[must_use]
    pub fn account_type(&self) -> AccountType {
        match self {
            Self::NotOpened(kind) | Self::Closed(kind) | Self::TemporarilyClosed(kind) => *kind,
            Self::Kdb => AccountType::Kdb,
            Self::Database(_) => AccountType::Normal,
        }
    }
}

/// Answers a page of the pin's grants. The account and the grants are read in parallel; the account is judged first.
///
/// # Errors
/// The account does not allow it, or the database failed.
pub async fn handle(deps: &Deps, scope: &Scope, pin: &Pin, page: Page) -> Result<TempCredits, Error> {
    let now = scope.now();
    let account = deps.store.account(scope, pin);
    let effective = deps.store.effective(scope, pin, deps.rules.effective_after);
    let (account, effective) = join(account, effective).await;
    let account = account?;
    let temp_total = admitted(account.as_ref())?;
    let listed = effective?.into_iter().filter_map(|grant| Listed::of(grant, now, deps.rules));
    let mut grants: Vec<_> = listed.collect();
    grants.sort_by(by_recency);
    Ok(TempCredits { page, grants: page.of(&grants).to_vec(), total_count: grants.len(), temp_total })
}

fn admitted(account: Option<&Account>) -> Result<Amount, Error> {
    let kind = account.map_or(AccountType::Normal, |account| account.kind);
    match check_account(account) {
        AccountCheck::Passed(temp_total) => Ok(temp_total),
        AccountCheck::NotOpened => Err(Error::NotOpened(kind)),
        AccountCheck::Closed => Err(Error::Closed(kind)),
        AccountCheck::TemporarilyClosed => Err(Error::TemporarilyClosed(kind)),
        AccountCheck::Kdb => Err(Error::Kdb),
    }
}
