use platform::config::Environment;
use platform::outbox::Outbox;
use platform::start::StartError;

use super::Deps;
use crate::core_command::CORE_COMMANDS_QUEUE_URL;
use crate::deps::Base;
use crate::order_settings::SEALING_SECRET_PARAMETER;
use crate::store::{
    CardStore, ConfirmLogs, CustomerStore, LoanSettings, LoanStore, OrderStore, OrderTables, Registers,
    Sealing,
};

/// What every function is configured with that completes confirmations.
#[derive(Clone, Debug)]
pub struct Own {
    orders: OrderTables,
    loans: LoanSettings,
    customers: String,
    cards: String,
    logs: String,
    registers: String,
    outbox: String,
    core_commands: String,
    sealing_secret: String,
}

impl Own {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let orders = OrderTables::read(environment);
        let loans = LoanSettings::read(environment);
        let customers = CustomerStore::read_table(environment);
        let cards = CardStore::read_table(environment);
        let logs = ConfirmLogs::read_table(environment);
        let registers = Registers::read_table(environment);
        let outbox = Outbox::read_table(environment);
        let core_commands = environment.read(CORE_COMMANDS_QUEUE_URL);
        let sealing_secret = environment.read(SEALING_SECRET_PARAMETER);
        Some(Self {
            orders: orders?,
            loans: loans?,
            customers: customers?,
            cards: cards?,
            logs: logs?,
            registers: registers?,
            outbox: outbox?,
            core_commands: core_commands?,
            sealing_secret: sealing_secret?,
        })
    }

    /// The parameter that they need beside the channels'.
    #[must_use]
    pub fn parameters(&self) -> [&str; 1] {
        [&self.sealing_secret]
    }

    /// What completing works with, over what was opened.
    ///
    /// # Errors
    /// A secret is not what it should be.
    pub fn deps(&self, base: &Base) -> Result<Deps, StartError> {
        let keys = base.secrets.secret(&self.sealing_secret)?;
        let dynamodb = || base.aws.dynamodb();
        Ok(Deps {
            store: OrderStore::new(dynamodb(), self.orders.clone()),
            loans: LoanStore::new(dynamodb(), self.loans.clone()),
            customers: CustomerStore::new(dynamodb(), self.customers.clone()),
            cards: CardStore::new(dynamodb(), self.cards.clone()),
            logs: ConfirmLogs::new(dynamodb(), self.logs.clone()),
            registers: Registers::new(dynamodb(), self.registers.clone()),
            sealing: Sealing { keys, random: base.random.clone() },
            outbox: Outbox::new(dynamodb(), self.outbox.clone()).with_queues(base.aws.sqs()),
            core_commands: self.core_commands.clone(),
        })
    }
}
