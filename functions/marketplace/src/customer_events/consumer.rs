//! customer-events as a Lambda.

use platform::aws::{Aws, AwsSettings};
use platform::config::Environment;
use platform::metrics::Source;
use platform::random::Random;
use platform::secrets::{Secret, Secrets};
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record};
use platform::start::StartError;
use platform::{Clock, Scope};

use super::{Outcome, Reason, handle, read};
use crate::CONTEXT;
use crate::digest::{DIGEST_SECRET_PARAMETER, DigestKey};
use crate::store::CustomerStore;

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    aws: AwsSettings,
    customers: String,
    digest_secret: String,
    queue: QueueUrls,
}

/// The consumer.
#[derive(Debug)]
pub struct CustomerEvents {
    /// What is known of people.
    pub customers: CustomerStore,
    /// What they are found by.
    pub digest_key: Secret<DigestKey>,
}

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let aws = AwsSettings::read(environment);
        let customers = CustomerStore::read_table(environment);
        let digest_secret = environment.read(DIGEST_SECRET_PARAMETER);
        let queue = QueueUrls::read(environment);
        Some(Self { aws: aws?, customers: customers?, digest_secret: digest_secret?, queue: queue? })
    }
}

impl CustomerEvents {
    /// Builds the consumer and opens its connection to DynamoDB.
    ///
    /// # Errors
    /// The secret is missing, or not what it should be.
    pub async fn start(settings: Settings) -> Result<(Self, Queue), StartError> {
        let aws = Aws::connect(settings.aws);
        let names = [settings.digest_secret.as_str()];
        let secrets = Secrets::load(aws.ssm(), Clock::system(), Random::system(), &names).await?;
        let customers = CustomerStore::new(aws.dynamodb(), settings.customers);
        customers.warm_for_events().await;
        let digest_key = secrets.secret(&settings.digest_secret)?;
        Ok((Self { customers, digest_key }, Queue { client: aws.sqs(), urls: settings.queue }))
    }
}

impl Consumer for CustomerEvents {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "customer-events" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let event = read(record.body).map_err(Failed::Dead)?;
        match handle(&self.customers, &self.digest_key.current(), scope, &event).await {
            Ok(Outcome::Applied) => Ok(Done("applied")),
            Ok(Outcome::NotNewer) => Ok(Done("not_newer")),
            Err(error) => Err(Failed::Retry(error.to_string())),
        }
    }
}
