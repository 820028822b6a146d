//! This context's DynamoDB access: the tables `quota_accounts`, `credit_apply` and `apply_numbers`, with each access
//! pattern and its cost in docs/contexts/quota.md.

mod accounts;
mod book;
mod change_account;
mod due;
mod effective;
mod find;
mod row;
mod status;
mod take_off;

use aws_sdk_dynamodb::Client;
use platform::config::{Environment, Variable};

pub use book::{Booked, BookingStore};
pub use change_account::AccountChanged;
pub use due::{Due, DuePage, SHARDS, UnreadableDue};
pub use status::StatusTexts;
pub use take_off::{Subtraction, TakenOff};

const QUOTA_ACCOUNTS_TABLE: Variable =
    Variable { name: "QUOTA_ACCOUNTS_TABLE", meaning: "The table of Baitiao accounts.", default: None };
const CREDIT_APPLY_TABLE: Variable =
    Variable { name: "CREDIT_APPLY_TABLE", meaning: "The table of grants, credit_apply.", default: None };

/// The accounts and the grants of all pins.
#[derive(Clone, Debug)]
pub struct QuotaStore {
    client: Client,
    tables: Tables,
    statuses: StatusTexts,
}

/// The names of the tables that every function of the context uses.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The table of accounts.
    pub accounts: String,
    /// The table of grants.
    pub grants: String,
}

impl QuotaStore {
    /// The store in `tables`, with these texts in the column `status`.
    #[must_use]
    pub fn new(client: Client, tables: Tables, statuses: StatusTexts) -> Self {
        Self { client, tables, statuses }
    }
}

impl Tables {
    /// Reads the tables' names.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let accounts = environment.read(QUOTA_ACCOUNTS_TABLE);
        let grants = environment.read(CREDIT_APPLY_TABLE);
        Some(Self { accounts: accounts?, grants: grants? })
    }
}
