//! depository-events as a Lambda.

use platform::Scope;
use platform::config::Environment;
use platform::metrics::Source;
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record};
use platform::start::StartError;

use super::{Deps, Reason, handle, read};
use crate::CONTEXT;
use crate::confirmation::Own;
use crate::deps;

/// The configuration of depository-events.
#[derive(Debug)]
pub struct Settings {
    /// What every function of the context has.
    pub base: deps::Settings,
    /// What completing confirmations needs.
    pub own: Own,
    /// Where events come from, and where those go that can never be taken.
    pub queue: QueueUrls,
}

impl Settings {
    /// Reads the variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let base = deps::Settings::read(environment);
        let own = Own::read(environment);
        let queue = QueueUrls::read(environment);
        Some(Self { base: base?, own: own?, queue: queue? })
    }
}

/// The consumer.
#[derive(Debug)]
pub struct DepositoryEvents(pub Deps);

impl DepositoryEvents {
    /// Builds the consumer and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// A secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<(Self, Queue), StartError> {
        let base = settings.base.open(&settings.own.parameters()).await?;
        let confirmation = settings.own.deps(&base)?;
        confirmation.registers.warm().await;
        let queue = Queue { client: base.aws.sqs(), urls: settings.queue };
        Ok((Self(Deps { channels: base.channels, confirmation }), queue))
    }
}

impl Consumer for DepositoryEvents {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "depository-events" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let event = read(record.body).map_err(Failed::Dead)?;
        match handle(&self.0, scope, &event).await {
            Ok(outcome) => Ok(Done(outcome.as_str())),
            Err(failure) => Err(Failed::Retry(failure.to_string())),
        }
    }
}
