//! What the operations work with, and how it is configured and opened.

use platform::Clock;
use platform::aws::{Aws, AwsSettings};
use platform::config::{Environment, Variable};
use platform::outbox::{Outbox, OutboxSettings};
use platform::partner::PartnerClient;
use platform::random::Random;
use platform::seal::SealingKeys;
use platform::secrets::Secrets;
use platform::start::StartError;

use crate::ant::{Ant, AntSecret, AntSettings};
use crate::store::{LeaseStore, Sealing, Tables};
use crate::wire::OverrideCallers;

const ANT_SECRET_PARAMETER: Variable = Variable {
    name: "ANT_SECRET_PARAMETER",
    meaning: "The SSM parameter with the gateway's keys and Ant's public key.",
    default: None,
};
const SEALING_SECRET_PARAMETER: Variable = Variable {
    name: "SEALING_SECRET_PARAMETER",
    meaning: "The SSM parameter with the keys that identity data is sealed with.",
    default: None,
};
const OVERRIDE_CALLERS: Variable = Variable {
    name: "OVERRIDE_CALLERS",
    meaning: "Who may override a precondition: IAM users and roles.",
    default: None,
};

/// What the operations work with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The orders.
    pub store: LeaseStore,
    /// Ant's gateway.
    pub ant: Ant,
    /// Tells of what happened.
    pub outbox: Outbox,
    /// Who may override a precondition.
    pub overrides: OverrideCallers,
}

/// The configuration that all functions of the context have.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    tables: Tables,
    outbox: OutboxSettings,
    ant: AntSettings,
    ant_secret: String,
    sealing_secret: String,
    overrides: Option<OverrideCallers>,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let tables = Tables::read(environment);
        let outbox = OutboxSettings::read(environment);
        let ant = AntSettings::read(environment);
        let ant_secret = environment.read(ANT_SECRET_PARAMETER);
        let sealing_secret = environment.read(SEALING_SECRET_PARAMETER);
        let overrides = environment.read_optional(OVERRIDE_CALLERS);
        Some(Self {
            aws: aws?,
            tables: tables?,
            outbox: outbox?,
            ant: ant?,
            ant_secret: ant_secret?,
            sealing_secret: sealing_secret?,
            overrides: overrides?,
        })
    }
}

impl Settings {
    /// Reads the secrets, builds the clients, and opens the connection to DynamoDB.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn open(self) -> Result<Deps, StartError> {
        Ok(self.open_with_aws().await?.0)
    }

    /// The same, with what other clients are built from.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn open_with_aws(self) -> Result<(Deps, Aws), StartError> {
        let aws = Aws::connect(self.aws.clone());
        let (clock, random) = (Clock::system(), Random::system());
        let names = [self.ant_secret.as_str(), self.sealing_secret.as_str()];
        let secrets = Secrets::load(aws.ssm(), clock, random.clone(), &names).await?;
        let client = PartnerClient::connect(self.ant.connect_timeout, self.ant.limits());
        let deps = self.deps(&aws, &secrets, client, random)?;
        deps.store.warm().await;
        Ok((deps, aws))
    }

    /// What the operations work with, over these.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn deps(
        self,
        aws: &Aws,
        secrets: &Secrets,
        client: PartnerClient,
        random: Random,
    ) -> Result<Deps, StartError> {
        let secret = secrets.secret::<AntSecret>(&self.ant_secret)?;
        let keys = secrets.secret::<SealingKeys>(&self.sealing_secret)?;
        let sealing = Sealing { keys, random: random.clone() };
        Ok(Deps {
            store: LeaseStore::new(aws.dynamodb(), self.tables, sealing),
            ant: Ant::new(self.ant, client, secret, random),
            outbox: self.outbox.connect(aws),
            overrides: self.overrides.unwrap_or_default(),
        })
    }
}
