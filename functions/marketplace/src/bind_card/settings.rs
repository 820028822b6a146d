use futures_util::future::join;
use platform::config::Environment;
use platform::outbox::Outbox;
use platform::partner::Connectors;
use platform::start::StartError;

use super::BindCard;
use crate::bank::{BankSettings, CardBinding};
use crate::core_command::CORE_COMMANDS_QUEUE_URL;
use crate::deps::{self, Base};
use crate::digest::DIGEST_SECRET_PARAMETER;
use crate::endpoint::Exposed;
use crate::store::{CardStore, LoanSettings, LoanStore, OrderStore, OrderTables, Registers};
use crate::xw::{Xw, XwSettings};

/// The configuration of bind-card.
#[derive(Debug)]
pub struct Settings {
    /// What every function of the context has.
    pub base: deps::Settings,
    /// What it has beside.
    pub own: Own,
    /// Who binds cards.
    pub bank: BankSettings,
    /// The depository.
    pub xw: XwSettings,
}

/// What bind-card alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    orders: OrderTables,
    loans: LoanSettings,
    cards: String,
    registers: String,
    digest_secret: String,
    outbox: String,
    core_commands: String,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = deps::Settings::read(environment);
        let orders = OrderTables::read(environment);
        let loans = LoanSettings::read(environment);
        let cards = CardStore::read_table(environment);
        let registers = Registers::read_table(environment);
        let digest_secret = environment.read(DIGEST_SECRET_PARAMETER);
        let outbox = Outbox::read_table(environment);
        let core_commands = environment.read(CORE_COMMANDS_QUEUE_URL);
        let bank = BankSettings::read(environment);
        let xw = XwSettings::read(environment);
        let own = Own {
            orders: orders?,
            loans: loans?,
            cards: cards?,
            registers: registers?,
            digest_secret: digest_secret?,
            outbox: outbox?,
            core_commands: core_commands?,
        };
        Some(Self { base: base?, own, bank: bank?, xw: xw? })
    }
}

impl Own {
    /// The parameter that it needs beside the channels'.
    #[must_use]
    pub fn parameters(&self) -> [&str; 1] {
        [&self.digest_secret]
    }

    /// The operation over what was opened, asking these.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn operation(&self, base: &Base, bank: CardBinding, xw: Xw) -> Result<BindCard, StartError> {
        let dynamodb = || base.aws.dynamodb();
        Ok(BindCard {
            store: OrderStore::new(dynamodb(), self.orders.clone()),
            loans: LoanStore::new(dynamodb(), self.loans.clone()),
            cards: CardStore::new(dynamodb(), self.cards.clone()),
            registers: Registers::new(dynamodb(), self.registers.clone()),
            digests: base.secrets.secret(&self.digest_secret)?,
            bank,
            xw,
            outbox: Outbox::new(dynamodb(), self.outbox.clone()).with_queues(base.aws.sqs()),
            core_commands: self.core_commands.clone(),
        })
    }
}

impl BindCard {
    /// Builds the endpoint and opens its connections.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Exposed<Self>, StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let connectors = Connectors::default();
        let (bank, xw) = (settings.bank.connect(&connectors), settings.xw.connect(&connectors));
        let operation = settings.own.operation(&base, bank, xw)?;
        operation.warm().await;
        Ok(Exposed::new(base.channels, operation))
    }

    /// Opens the connections during init, as many as it reads over at once.
    pub async fn warm(&self) {
        // Boxed: it is large, and run once.
        Box::pin(join(self.store.warm(), self.cards.warm())).await;
    }
}
