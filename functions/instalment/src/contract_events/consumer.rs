//! contract-events as a Lambda.

use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::config::Environment;
use platform::metrics::Source;
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record};

use super::{Error, Outcome, Reason, handle, read};
use crate::CONTEXT;
use crate::store::{EventStore, EventTables};

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    tables: EventTables,
    queue: QueueUrls,
}

/// The consumer.
#[derive(Debug)]
pub struct ContractEvents {
    /// The contracts.
    pub store: EventStore,
}

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let tables = EventTables::read(environment);
        let queue = QueueUrls::read(environment);
        Some(Self { aws: aws?, tables: tables?, queue: queue? })
    }
}

impl ContractEvents {
    /// Builds the consumer and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> (Self, Queue) {
        let aws = Aws::connect(settings.aws);
        let store = EventStore::new(aws.dynamodb(), settings.tables);
        store.contracts().warm().await;
        (Self { store }, Queue { client: aws.sqs(), urls: settings.queue })
    }
}

impl Consumer for ContractEvents {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "contract-events" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let message = read(record.body).map_err(Failed::Dead)?;
        match handle(&self.store, scope, &message).await {
            Ok(Outcome::Applied) => Ok(Done("applied")),
            Ok(Outcome::Repeated) => Ok(Done("repeated")),
            Ok(Outcome::Late) => Ok(Done("late")),
            Ok(Outcome::StaysClosed) => Ok(Done("stays_closed")),
            Err(Error::Refused(reason)) => Err(Failed::Dead(reason)),
            Err(error @ (Error::Raced | Error::Database(_))) => Err(Failed::Retry(error.to_string())),
        }
    }
}
