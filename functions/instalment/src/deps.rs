//! What get-status and renew-contract work with, and how it is configured and opened.

use platform::aws::{Aws, AwsSettings};
use platform::config::Environment;
use platform::partner::PartnerClient;
use platform::session::SessionVerifier;

use crate::mkk::{Mkk, MkkSettings};
use crate::store::ContractStore;

/// What the operations work with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The contracts.
    pub store: ContractStore,
    /// The lender.
    pub mkk: Mkk,
}

/// The configuration that both functions have.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    table: String,
    sessions: SessionVerifier,
    mkk: MkkSettings,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let table = ContractStore::read_table(environment);
        let sessions = SessionVerifier::read(environment);
        let mkk = MkkSettings::read(environment);
        Some(Self { aws: aws?, table: table?, sessions: sessions?, mkk: mkk? })
    }

    /// Builds the clients, opens the connection to DynamoDB, and hands over what verifies sessions.
    pub async fn open(self) -> (Deps, SessionVerifier) {
        let store = ContractStore::new(Aws::connect(self.aws).dynamodb(), self.table);
        store.warm().await;
        let client = PartnerClient::connect(self.mkk.connect_timeout, self.mkk.limits());
        (Deps { store, mkk: Mkk::new(self.mkk.url, client) }, self.sessions)
    }
}
