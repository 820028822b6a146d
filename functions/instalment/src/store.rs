//! This context's DynamoDB access: the tables `contracts`, `contract_numbers` and `contract_event_ids`, with
//! each access pattern and its cost in docs/contexts/instalment.md.

mod close;
mod contracts;
mod open_renewal;
mod record_event;
mod row;

use aws_sdk_dynamodb::Client;
use platform::config::{Environment, Variable};

pub use close::Closed;
pub use open_renewal::Opened;
pub use record_event::{Identity, Recorded};

const CONTRACTS_TABLE: Variable =
    Variable { name: "CONTRACTS_TABLE", meaning: "The table of contracts.", default: None };
const CONTRACT_NUMBERS_TABLE: Variable = Variable {
    name: "CONTRACT_NUMBERS_TABLE",
    meaning: "The table that says which client a contract number belongs to.",
    default: None,
};
const CONTRACT_EVENT_IDS_TABLE: Variable = Variable {
    name: "CONTRACT_EVENT_IDS_TABLE",
    meaning: "The table of the event ids that were handled.",
    default: None,
};

/// The contracts of all clients.
#[derive(Clone, Debug)]
pub struct ContractStore {
    client: Client,
    table: String,
}

/// What a contract event writes to beside the contracts.
#[derive(Clone, Debug)]
pub struct EventStore {
    contracts: ContractStore,
    tables: EventTables,
}

/// The names of the tables that contract-events uses.
#[derive(Clone, Debug)]
pub struct EventTables {
    /// The table of contracts.
    pub contracts: String,
    /// Which client a number belongs to.
    pub numbers: String,
    /// The ids of the events that were handled.
    pub event_ids: String,
}

impl ContractStore {
    /// The store in `table`.
    #[must_use]
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// Reads the table's name.
    pub fn read_table(environment: &mut Environment) -> Option<String> {
        environment.read(CONTRACTS_TABLE)
    }
}

impl EventStore {
    /// The store in `tables`.
    #[must_use]
    pub fn new(client: Client, tables: EventTables) -> Self {
        Self { contracts: ContractStore::new(client, tables.contracts.clone()), tables }
    }

    /// The contracts themselves.
    #[must_use]
    pub fn contracts(&self) -> &ContractStore {
        &self.contracts
    }
}

impl EventTables {
    /// Reads the tables' names.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let contracts = ContractStore::read_table(environment);
        let numbers = environment.read(CONTRACT_NUMBERS_TABLE);
        let event_ids = environment.read(CONTRACT_EVENT_IDS_TABLE);
        Some(Self { contracts: contracts?, numbers: numbers?, event_ids: event_ids? })
    }
}
