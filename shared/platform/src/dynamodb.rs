//! DynamoDB helpers (design §4): conditional writes that know their own stamp, transactions with closed
//! cancellation reasons, typed rows, errors with code and request id, and the units that each call cost.

mod due;
mod error;
mod read;
mod row;
mod transaction;
mod units;
mod write;

pub use due::{DueQuery, ItemPage, due};
pub(crate) use error::deepest;
pub use error::{DynamoDbError, ErrorKind};
pub use read::{get, query};
pub use row::{Item, Row, RowError, number, text};
pub use transaction::{Transacted, Transaction, Verdict};
pub use units::Units;
pub use write::{Updated, Written, put, update, update_returning};

/// The attribute that every conditional write sets to its stamp (`platform::Scope::stamp`).
pub const STAMP: &str = "request_stamp";
/// The attribute that tells a row's schema version.
pub const SCHEMA_VERSION: &str = "schema_version";
