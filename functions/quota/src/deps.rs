//! What the use cases work with, and how it is configured and opened.

use domain::quota::ListRules;
use jiff::Timestamp;
use platform::aws::{Aws, AwsSettings};
use platform::config::{Environment, Variable};

use crate::store::{QuotaStore, StatusTexts, Tables};

const LIST_EFFECTIVE_AFTER: Variable = Variable {
    name: "LIST_EFFECTIVE_AFTER",
    meaning: "Grants that became effective then, by the offset written here, or earlier are neither shown nor cancelled.",
    default: Some("2019-04-01T00:00:00+08:00"),
};
const LIST_UPDATED_AFTER: Variable = Variable {
    name: "LIST_UPDATED_AFTER",
    meaning: "Grants of types 2201 and 2202 that last changed then, by the offset written here, or earlier are neither \
              shown nor cancelled.",
    default: Some("2019-03-26T00:00:00+08:00"),
};

/// What the use cases work with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The accounts and grants.
    pub store: QuotaStore,
    /// The dates of the list predicate.
    pub rules: ListRules,
}

/// The configuration that the functions of both wires have.
#[derive(Debug)]
pub struct Settings {
    store: StoreSettings,
    rules: ListRules,
}

/// The configuration of whatever has the store.
#[derive(Debug)]
pub struct StoreSettings {
    aws: AwsSettings,
    tables: Tables,
    statuses: StatusTexts,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let store = StoreSettings::read(environment);
        let effective_after: Option<Timestamp> = environment.read(LIST_EFFECTIVE_AFTER);
        let list_updated_after: Option<Timestamp> = environment.read(LIST_UPDATED_AFTER);
        let rules = ListRules { effective_after: effective_after?, list_updated_after: list_updated_after? };
        Some(Self { store: store?, rules })
    }

    /// Builds the clients.
    #[must_use]
    pub fn connect(self) -> (Deps, Aws) {
        let (store, aws) = self.store.connect();
        (Deps { store, rules: self.rules }, aws)
    }
}

impl StoreSettings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let tables = Tables::read(environment);
        let statuses = StatusTexts::read(environment);
        Some(Self { aws: aws?, tables: tables?, statuses: statuses? })
    }

    /// Builds the clients.
    #[must_use]
    pub fn connect(self) -> (QuotaStore, Aws) {
        let aws = Aws::connect(self.aws);
        (QuotaStore::new(aws.dynamodb(), self.tables, self.statuses), aws)
    }
}
