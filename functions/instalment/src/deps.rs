//! What get-status and renew-contract work with, and how it is configured and opened.

use platform::aws::{Aws, AwsSettings};
use platform::config::Environment;
use platform::outbox::{Outbox, OutboxSettings};
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
    /// Tells of what happened.
    pub outbox: Outbox,
}

/// The configuration that both functions have.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    table: String,
    outbox: OutboxSettings,
    sessions: SessionVerifier,
    mkk: MkkSettings,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let table = ContractStore::read_table(environment);
        let outbox = OutboxSettings::read(environment);
        let sessions = SessionVerifier::read(environment);
        let mkk = MkkSettings::read(environment);
        Some(Self { aws: aws?, table: table?, outbox: outbox?, sessions: sessions?, mkk: mkk? })
    }

    /// Builds the clients, opens the connection to DynamoDB, and hands over what verifies sessions.
    pub async fn open(self) -> (Deps, SessionVerifier) {
        let aws = Aws::connect(self.aws);
        let store = ContractStore::new(aws.dynamodb(), self.table);
        store.warm().await;
        let client = PartnerClient::connect(self.mkk.connect_timeout, self.mkk.limits());
        let mkk = Mkk::new(self.mkk.url, client);
        (Deps { store, mkk, outbox: self.outbox.connect(&aws) }, self.sessions)
    }
}
