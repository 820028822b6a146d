//! client-events as a Lambda.

use platform::Scope;
use platform::aws::{Aws, AwsSettings};
use platform::config::Environment;
use platform::metrics::Source;
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record};

use super::{Outcome, Projection, Reason, handle, read};
use crate::CONTEXT;
use crate::store::{BackIdStore, ClientStore};

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    clients: String,
    back_ids: String,
    queue: QueueUrls,
}

/// The consumer.
#[derive(Debug)]
pub struct ClientEvents {
    /// What messages are applied to.
    pub store: Projection,
}

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let clients = ClientStore::read_table(environment);
        let back_ids = BackIdStore::read_table(environment);
        let queue = QueueUrls::read(environment);
        Some(Self { aws: aws?, clients: clients?, back_ids: back_ids?, queue: queue? })
    }
}

impl ClientEvents {
    /// Builds the consumer and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> (Self, Queue) {
        let aws = Aws::connect(settings.aws);
        let clients = ClientStore::new(aws.dynamodb(), settings.clients);
        clients.warm().await;
        let store = Projection { clients, back_ids: BackIdStore::new(aws.dynamodb(), settings.back_ids) };
        (Self { store }, Queue { client: aws.sqs(), urls: settings.queue })
    }
}

impl Consumer for ClientEvents {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "client-events" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let message = read(record.body).map_err(Failed::Dead)?;
        match handle(&self.store, scope, &message).await {
            Ok(Outcome::Applied) => Ok(Done("applied")),
            Ok(Outcome::NotNewer) => Ok(Done("not_newer")),
            Ok(Outcome::Ignored) => Ok(Done("ignored")),
            Err(error) => Err(Failed::Retry(error.to_string())),
        }
    }
}
