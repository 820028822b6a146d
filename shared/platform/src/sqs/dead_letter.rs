use aws_lambda_events::sqs::{SqsMessage, SqsMessageAttribute};
use aws_sdk_sqs::config::Config;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::error::{BuildError, DisplayErrorContext};
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::MessageAttributeValue;

use super::Queue;
use super::sender::text;

/// SQS takes ten attributes with a message; two of them are ours.
const ATTRIBUTES_KEPT: usize = 8;
const REASON: &str = "dead_letter_reason";
const SOURCE_MESSAGE_ID: &str = "source_message_id";

/// Sends the message to the dead-letter queue: its body unchanged, its own attributes, the reason, and its
/// id, by which a copy that a crash between this and the message's deletion would make is known.
pub(super) async fn send(queue: &Queue, message: &SqsMessage, reason: &str) -> Result<(), String> {
    let incomplete = |error: BuildError| error.to_string();
    let mut call = queue
        .client
        .send_message()
        .queue_url(&queue.urls.dead_letters)
        .message_body(message.body.as_deref().unwrap_or_default())
        .message_attributes(REASON, text(reason).map_err(incomplete)?)
        .message_attributes(
            SOURCE_MESSAGE_ID,
            text(message.message_id.as_deref().unwrap_or("-")).map_err(incomplete)?,
        );
    let mut names: Vec<_> = message
        .message_attributes
        .keys()
        .filter(|name| ![REASON, SOURCE_MESSAGE_ID].contains(&name.as_str()))
        .collect();
    names.sort_unstable();
    for name in names.into_iter().take(ATTRIBUTES_KEPT) {
        if let Some(attribute) = message.message_attributes.get(name).and_then(copied) {
            call = call.message_attributes(name, attribute);
        }
    }
    // One attempt: after a time-out a second could make a second copy. The message comes again anyway.
    let once = Config::builder().retry_config(RetryConfig::disabled());
    let sent = call.customize().config_override(once).send().await;
    sent.map(|_| ()).map_err(|error| DisplayErrorContext(error).to_string())
}

fn copied(attribute: &SqsMessageAttribute) -> Option<MessageAttributeValue> {
    MessageAttributeValue::builder()
        .data_type(attribute.data_type.as_deref()?)
        .set_string_value(attribute.string_value.clone())
        .set_binary_value(attribute.binary_value.as_ref().map(|bytes| Blob::new(bytes.0.clone())))
        .build()
        .ok()
}
