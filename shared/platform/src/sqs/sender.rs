use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};

use super::CORRELATION_ATTRIBUTE;
use super::delay::whole_seconds;
use crate::Scope;

/// What SQS takes in one call.
const BATCH: usize = 10;

/// Sends messages that stand for no change of state: work items, wake-ups. What a change of state causes goes through
/// the outbox.
#[derive(Clone, Debug)]
pub struct QueueSender {
    /// The client.
    pub client: Client,
    /// The queue's address.
    pub url: String,
}

/// Not every message was sent; those that were may come twice when all are sent again.
#[derive(Debug, thiserror::Error)]
#[error("SendMessageBatch: {0}")]
pub struct SendError(String);

impl SendError {
    /// The queue took longer than whoever sends had time for.
    pub(crate) fn timed_out() -> Self {
        Self("timed out".to_owned())
    }
}

impl QueueSender {
    /// Sends every body as a message, with the scope's correlation id.
    ///
    /// # Errors
    /// One of them, at least, was not sent.
    pub async fn send(&self, scope: &Scope, bodies: &[String]) -> Result<(), SendError> {
        let bodies: Vec<_> = bodies.iter().map(|body| (body.clone(), Duration::ZERO)).collect();
        self.send_later(scope, &bodies).await
    }

    /// The same, each message held back for its whole seconds, a part of one being a whole.
    ///
    /// # Errors
    /// One of them, at least, was not sent.
    pub async fn send_later(&self, scope: &Scope, bodies: &[(String, Duration)]) -> Result<(), SendError> {
        for batch in bodies.chunks(BATCH) {
            self.send_batch(scope, batch).await?;
        }
        Ok(())
    }

    async fn send_batch(&self, scope: &Scope, bodies: &[(String, Duration)]) -> Result<(), SendError> {
        let entries: Result<Vec<_>, _> =
            bodies.iter().enumerate().map(|(number, body)| entry(scope, number, body)).collect();
        let sent = self
            .client
            .send_message_batch()
            .queue_url(&self.url)
            .set_entries(Some(entries?))
            .send()
            .await
            .map_err(|error| SendError(DisplayErrorContext(error).to_string()))?;
        match sent.failed() {
            [] => Ok(()),
            [first, ..] => {
                Err(SendError(format!("{} failed, the first: {}", sent.failed().len(), first.code())))
            }
        }
    }
}

fn entry(
    scope: &Scope,
    number: usize,
    (body, delay): &(String, Duration),
) -> Result<SendMessageBatchRequestEntry, SendError> {
    let incomplete = |error: aws_sdk_sqs::error::BuildError| SendError(error.to_string());
    // Without a delay the queue's own counts, which is none.
    let delay = Some(whole_seconds(*delay)).filter(|seconds| *seconds > 0);
    SendMessageBatchRequestEntry::builder()
        .set_delay_seconds(delay)
        .id(number.to_string())
        .message_body(body)
        .message_attributes(CORRELATION_ATTRIBUTE, text(scope.correlation_id()).map_err(incomplete)?)
        .build()
        .map_err(incomplete)
}

/// A text attribute of a message.
pub(crate) fn text(value: &str) -> Result<MessageAttributeValue, aws_sdk_sqs::error::BuildError> {
    MessageAttributeValue::builder().data_type("String").string_value(value).build()
}
