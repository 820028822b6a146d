//! This context's DynamoDB access: one file a table, with each access pattern and its cost in
//! docs/contexts/marketplace.md.

mod applied;
mod approval;
mod beside;
mod cards;
mod commit;
mod confirm_log;
mod conversion;
mod core_messages;
mod customer_row;
mod customers;
mod data;
mod history;
mod loan_commit;
mod loan_plan;
mod loan_row;
mod loans;
mod order_row;
mod orders;
mod pull_log;
mod raw_data;
mod refusals;
mod register_apply;
mod users;
mod work;

pub use applied::Applied;
pub use beside::Beside;
pub use cards::{CardStore, DefaultCards, StoredCard, UserCards};
pub use commit::{Commit, Committed, Pulls};
pub use confirm_log::{ConfirmLog, ConfirmLogs, ConfirmedFrom, LogWrite, StoredConfirmLog};
pub use core_messages::{CoreMessage, CoreMessages, Taken};
pub use customer_row::{Facts, Refusal, StoredCustomer};
pub use customers::{CustomerStore, Known};
pub use data::DataKind;
pub use history::Entry;
pub use loan_commit::{LoanCommit, LoanEntry};
pub use loan_row::StoredLoan;
pub use loans::{LoanSettings, LoanStore};
pub use order_row::{Approval, OrderContent, PersonDigests, StoredOrder};
pub use orders::{OrderStore, OrderTables};
pub use pull_log::{DuePage, StoredPullLog};
pub use raw_data::{NoRawData, RawData, RawDataError, RawObject};
pub use refusals::{NewRefusal, RefusedBy};
pub use register_apply::{RegisterKey, RegisterPage, RegisterWrite, Registers, StoredRegister};
pub use users::{Person, SealedPersonError, Sealing};
pub use work::{SHARDS, Work, WorkPage};
