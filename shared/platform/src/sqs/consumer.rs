use std::time::Duration;

use aws_lambda_events::sqs::SqsMessage;
use jiff::Timestamp;

use super::Done;
use crate::Scope;
use crate::config::{Environment, Variable};
use crate::metrics::Source;

const QUEUE_URL: Variable =
    Variable { name: "QUEUE_URL", meaning: "The queue whose messages the function takes.", default: None };
const DEAD_LETTER_QUEUE_URL: Variable = Variable {
    name: "DEAD_LETTER_QUEUE_URL",
    meaning: "Where messages go that can never succeed.",
    default: None,
};

/// The addresses of a consumer's queue and its dead-letter queue.
#[derive(Clone, Debug)]
pub struct QueueUrls {
    /// The queue whose messages the function takes.
    pub source: String,
    /// Where messages go that can never succeed.
    pub dead_letters: String,
}

/// A consumer's queue, as the entry point uses it.
#[derive(Clone, Debug)]
pub struct Queue {
    /// The client for both addresses.
    pub client: aws_sdk_sqs::Client,
    /// The addresses.
    pub urls: QueueUrls,
}

impl QueueUrls {
    /// Reads both addresses.
    pub fn read(environment: &mut Environment) -> Option<Self> {
        let (source, dead_letters) = (environment.read(QUEUE_URL), environment.read(DEAD_LETTER_QUEUE_URL));
        Some(Self { source: source?, dead_letters: dead_letters? })
    }
}

/// One message, with what its handling needs to know of it.
#[derive(Debug)]
pub struct Record<'a> {
    /// The body's text.
    pub body: &'a str,
    /// How long ago it was sent: what a message that waits for another is judged by.
    pub age: Duration,
}

/// An operation that is reached over a queue.
pub trait Consumer {
    /// Why a message can never succeed: a closed set, written as `snake_case`.
    type Reason: Into<&'static str>;
    /// The function it is.
    const SOURCE: Source;

    /// Handles one message; it may come more than once.
    ///
    /// # Errors
    /// Whether the message may succeed later.
    fn consume(
        &self,
        scope: &Scope,
        record: Record<'_>,
    ) -> impl Future<Output = Result<Done, Failed<Self::Reason>>>;
}

/// A message that is not handled.
#[derive(Debug, PartialEq, Eq)]
pub enum Failed<R> {
    /// It may succeed later; why it did not now, for the log.
    Retry(String),
    /// It waits for another message; for how long before it looks again.
    Waits(Duration),
    /// It can never succeed.
    Dead(R),
}

/// How long ago the message was sent; nothing of one that does not say.
pub(super) fn age(message: &SqsMessage, now: Timestamp) -> Duration {
    let sent = message.attributes.get("SentTimestamp").and_then(|sent| sent.parse().ok());
    let sent = sent.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok());
    sent.and_then(|sent| Duration::try_from(now.duration_since(sent)).ok()).unwrap_or_default()
}

/// How often the message was received, this time included.
pub(super) fn receives(message: &SqsMessage) -> u32 {
    message.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1)
}
