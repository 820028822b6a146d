//! credit-events as a Lambda.

use domain::quota::NewGrant;
use platform::Scope;
use platform::config::Environment;
use platform::metrics::{Count, Source};
use platform::sqs::{Consumer, Done, Failed, Queue, QueueUrls, Record};
use tracing::warn;

use super::{Message, Outcome, Reason, handle, read};
use crate::deps::StoreSettings;
use crate::store::BookingStore;
use crate::{CONTEXT, pin_fingerprint};

const CONTRADICTED: Count = Count::of("grant_contradicted");

/// The function's configuration.
#[derive(Debug)]
pub struct Settings {
    store: StoreSettings,
    apply_numbers: String,
    queue: QueueUrls,
}

/// The consumer.
#[derive(Debug)]
pub struct CreditEvents {
    /// The accounts and grants.
    pub store: BookingStore,
}

impl Settings {
    /// Reads the function's variables.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let store = StoreSettings::read(environment);
        let apply_numbers = BookingStore::read_table(environment);
        let queue = QueueUrls::read(environment);
        Some(Self { store: store?, apply_numbers: apply_numbers?, queue: queue? })
    }
}

impl CreditEvents {
    /// Builds the consumer and opens its connection to DynamoDB.
    pub async fn start(settings: Settings) -> (Self, Queue) {
        let (quota, aws) = settings.store.connect();
        quota.warm().await;
        let store = BookingStore::new(quota, settings.apply_numbers);
        (Self { store }, Queue { client: aws.sqs(), urls: settings.queue })
    }
}

impl Consumer for CreditEvents {
    type Reason = Reason;
    const SOURCE: Source = Source { context: CONTEXT, function: "credit-events" };

    async fn consume(&self, scope: &Scope, record: Record<'_>) -> Result<Done, Failed<Reason>> {
        let message = read(record.body).map_err(Failed::Dead)?;
        match handle(&self.store, scope, &message).await {
            Ok(Outcome::Changed) => Ok(Done("changed")),
            Ok(Outcome::Booked) => Ok(Done("booked")),
            Ok(Outcome::Repeated) => Ok(Done("repeated")),
            Ok(Outcome::Late) => Ok(Done("late")),
            Ok(Outcome::Contradicted) => {
                contradicted(scope, &message);
                Ok(Done("contradicted"))
            }
            Err(error) => Err(Failed::Retry(error.to_string())),
        }
    }
}

fn contradicted(scope: &Scope, message: &Message) {
    scope.count(CONTRADICTED);
    if let Message::Granted(NewGrant { pin, apply_no, grant, .. }) = message {
        warn!(
            apply_no = apply_no.as_str(),
            business_type = grant.id.business_type().as_str(),
            business_id = grant.id.business_id(),
            pin_fingerprint = pin_fingerprint(pin.as_str()),
            "a grant was booked before with other content; this one is dropped"
        );
    }
}
