//! Temporary quota of Baitiao: who sees which grants, what may be cancelled, when a grant runs out (spec: quota).

mod account;
mod amount;
mod business_type;
mod expiry;
mod grant;
mod listing;
mod page;
mod range;

pub use account::{Account, AccountCheck, AccountState, AccountType, check_account};
pub use amount::{Amount, AmountError};
pub use business_type::BusinessType;
pub use expiry::{SHANGHAI, expiry, expiry_date};
pub use grant::{Grant, GrantStatus};
pub use listing::{CancelJudgement, ListRules, by_recency, is_listed, judge_cancel};
pub use page::{Page, PageError};
pub use range::CancelRange;
