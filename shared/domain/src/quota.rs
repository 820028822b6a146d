//! Temporary quota of Baitiao: who sees which grants, what may be cancelled, when a grant runs out (spec: quota).

mod account;
mod amount;
mod business_type;
mod code;
mod event;
mod expiry;
mod grant;
mod ids;
mod listing;
mod page;
mod range;
mod texts;

pub use account::{Account, AccountCheck, AccountState, AccountType, check_account};
pub use amount::{Amount, AmountError};
pub use business_type::BusinessType;
pub use code::Code;
pub use event::{AccountChange, GrantSource, NewGrant};
pub use expiry::{SHANGHAI, expiry};
pub use grant::{Grant, GrantStatus};
pub use ids::{ApplyNo, GrantId, GrantIdError, Pin};
pub use listing::{CancelJudgement, ListRules, Listed, by_recency, is_listed, judge_cancel};
pub use page::{Page, PageError};
pub use range::CancelRange;
pub use texts::{Operation, Texts, Wording};
