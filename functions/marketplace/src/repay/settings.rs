use platform::config::Environment;
use platform::outbox::Outbox;
use platform::start::StartError;

use super::Repay;
use crate::core_command::CORE_COMMANDS_QUEUE_URL;
use crate::deps::{self, Base};
use crate::endpoint::Exposed;
use crate::loan_settings::LoanReads;

/// The configuration of repay.
pub type Settings = deps::Configuration<Own>;

/// What repay alone is configured with.
#[derive(Clone, Debug)]
pub struct Own {
    loans: LoanReads,
    outbox: String,
    core_commands: String,
}

impl deps::Own for Own {
    fn read(environment: &mut Environment) -> Option<Self> {
        let loans = LoanReads::read(environment);
        let outbox = Outbox::read_table(environment);
        let core_commands = environment.read(CORE_COMMANDS_QUEUE_URL);
        Some(Self { loans: loans?, outbox: outbox?, core_commands: core_commands? })
    }
}

impl Own {
    /// The operation over what was opened.
    #[must_use]
    pub fn operation(&self, base: &Base) -> Repay {
        Repay {
            loans: self.loans.loans(base),
            history: self.loans.history().to_owned(),
            outbox: Outbox::new(base.aws.dynamodb(), self.outbox.clone()).with_queues(base.aws.sqs()),
            core_commands: self.core_commands.clone(),
        }
    }
}

impl Repay {
    /// Builds the endpoint and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// A channel's parameter is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<Exposed<Self>, StartError> {
        let base = settings.base.open(&[]).await?;
        let operation = settings.own.operation(&base);
        operation.loans.loans.warm().await;
        Ok(Exposed::new(base.channels, operation))
    }
}
